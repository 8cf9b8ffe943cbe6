#ifdef LENS_TORCH

#include "Handles.h"

#include <torch/csrc/autograd/custom_function.h>

using lens::guarded;
using lens::making;
using lens::optional;
using lens::sizes;

int32_t lens_convolution(const lens_tensor *x, const lens_tensor *weight, const lens_tensor *bias, int64_t stride,
                         int64_t padding_height, int64_t padding_width, lens_tensor **result) {
  return making(result, [&] {
    return at::conv2d(x->value, weight->value, optional(bias), {stride, stride}, {padding_height, padding_width});
  });
}

namespace {

/// Columns from either side beyond the other. at::pad does the same, but its gradient fills and adds whole maps several times.
struct PeriodicPadding : torch::autograd::Function<PeriodicPadding> {
  static at::Tensor forward(torch::autograd::AutogradContext *context, const at::Tensor &x, int64_t columns) {
    context->saved_data["columns"] = columns;
    const int64_t width = x.size(3);
    return at::cat({x.narrow(3, width - columns, columns), x, x.narrow(3, 0, columns)}, 3);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext *context,
                                                 torch::autograd::variable_list gradients) {
    const at::Tensor &padded = gradients[0];
    const int64_t columns = context->saved_data["columns"].toInt(), width = padded.size(3) - 2 * columns;
    at::Tensor gradient = padded.narrow(3, columns, width).clone(at::MemoryFormat::Contiguous);
    gradient.narrow(3, width - columns, columns).add_(padded.narrow(3, 0, columns));
    gradient.narrow(3, 0, columns).add_(padded.narrow(3, columns + width, columns));
    return {gradient, at::Tensor()};
  }
};

}  // namespace

int32_t lens_pad_periodically(const lens_tensor *x, int64_t columns, lens_tensor **result) {
  return making(result, [&] { return PeriodicPadding::apply(x->value, columns); });
}

int32_t lens_resample(const lens_tensor *x, const lens_tensor *places, lens_tensor **result) {
  return making(result, [&] {
    const at::Tensor &p = places->value;
    const int64_t bilinear = 0, border = 1;
    // All images as channels of one: where a value lies between pixels is then found once.
    const at::Tensor &images = x->value;
    const at::Tensor channels = images.reshape({1, images.size(0) * images.size(1), images.size(2), images.size(3)});
    return at::grid_sampler(channels, p.unsqueeze(0), bilinear, border, false)
        .reshape({images.size(0), images.size(1), p.size(0), p.size(1)});
  });
}

int32_t lens_transposed_convolution(const lens_tensor *x, const lens_tensor *weight, const lens_tensor *bias,
                                    int64_t stride, int64_t padding, int64_t output_padding_height,
                                    int64_t output_padding_width, lens_tensor **result) {
  return making(result, [&] {
    return at::conv_transpose2d(x->value, weight->value, optional(bias), {stride, stride}, {padding, padding},
                                {output_padding_height, output_padding_width});
  });
}

int32_t lens_pixel_shuffle(const lens_tensor *x, int64_t factor, lens_tensor **result) {
  return making(result, [&] { return at::pixel_shuffle(x->value, factor); });
}

int32_t lens_linear(const lens_tensor *x, const lens_tensor *weight, const lens_tensor *bias, lens_tensor **result) {
  return making(result, [&] { return at::linear(x->value, weight->value, optional(bias)); });
}

int32_t lens_batch_normalization(const lens_tensor *x, const lens_tensor *weight, const lens_tensor *bias,
                                 lens_tensor *running_mean, lens_tensor *running_variance, bool training,
                                 double momentum, double epsilon, lens_tensor **result) {
  return making(result, [&] {
    return at::batch_norm(x->value, optional(weight), optional(bias), optional(running_mean),
                          optional(running_variance), training, momentum, epsilon, false);
  });
}

int32_t lens_maximum_pool(const lens_tensor *x, int64_t size, int64_t stride, int64_t padding, lens_tensor **result) {
  return making(result, [&] {
    return at::max_pool2d(x->value, {size, size}, {stride, stride}, {padding, padding});
  });
}

int32_t lens_adaptive_mean_pool(const lens_tensor *x, int64_t height, int64_t width, lens_tensor **result) {
  return making(result, [&] { return at::adaptive_avg_pool2d(x->value, {height, width}); });
}

int32_t lens_mean_loss(lens_loss loss, const lens_tensor *prediction, const lens_tensor *target,
                       lens_tensor **result) {
  return making(result, [&]() -> at::Tensor {
    const at::Tensor &p = prediction->value, &t = target->value;
    switch (loss) {
      case LENS_SQUARED_ERROR:
        TORCH_CHECK(p.sizes() == t.sizes(), "predictions of shape ", p.sizes(), " for targets of shape ", t.sizes());
        return at::mse_loss(p, t);
      case LENS_CROSS_ENTROPY: return at::cross_entropy_loss(p, t);
      case LENS_BINARY_CROSS_ENTROPY: return at::binary_cross_entropy_with_logits(p, t);
    }
    TORCH_CHECK(false, "unknown loss ", static_cast<int>(loss));
  });
}

// MARK: Gradients

int32_t lens_gradients_enable(bool enable, bool *before) {
  return guarded([&] {
    *before = at::GradMode::is_enabled();
    at::GradMode::set_enabled(enable);
  });
}

int32_t lens_tensor_require_gradient(lens_tensor *tensor, bool require) {
  return guarded([&] { tensor->value.requires_grad_(require); });
}

int32_t lens_tensor_requires_gradient(const lens_tensor *tensor, bool *result) {
  return guarded([&] { *result = tensor->value.requires_grad(); });
}

int32_t lens_tensor_backward(const lens_tensor *loss) {
  return guarded([&] { loss->value.backward(); });
}

int32_t lens_tensor_gradient(const lens_tensor *tensor, lens_tensor **result) {
  return guarded([&] {
    const at::Tensor gradient = tensor->value.grad();
    *result = gradient.defined() ? lens::owned(gradient.detach()) : nullptr;
  });
}

int32_t lens_tensor_clear_gradient(lens_tensor *tensor) {
  return guarded([&] { tensor->value.mutable_grad() = at::Tensor(); });
}

int32_t lens_tensor_detach(const lens_tensor *tensor, lens_tensor **result) {
  return making(result, [&] { return tensor->value.detach(); });
}

// MARK: Random numbers

int32_t lens_generator_create(uint64_t seed, lens_generator **result) {
  return guarded([&] { *result = new lens_generator{at::make_generator<at::CPUGeneratorImpl>(seed)}; });
}

void lens_generator_free(lens_generator *generator) { delete generator; }

int32_t lens_generator_normal(lens_generator *generator, const int64_t *shape, int32_t rank, const char *device,
                              lens_tensor **result) {
  return making(result, [&] {
    return at::empty(sizes(shape, rank), at::kFloat).normal_(0, 1, generator->value).to(at::Device(std::string(device)));
  });
}

int32_t lens_generator_uniform(lens_generator *generator, const int64_t *shape, int32_t rank, const char *device,
                               lens_tensor **result) {
  return making(result, [&] {
    return at::empty(sizes(shape, rank), at::kFloat).uniform_(0, 1, generator->value).to(at::Device(std::string(device)));
  });
}

int32_t lens_generator_bernoulli(lens_generator *generator, const lens_tensor *probabilities, lens_tensor **result) {
  return making(result, [&] {
    const at::Tensor &p = probabilities->value;
    return at::bernoulli(p.detach().to(at::kCPU), generator->value).to(p.device());
  });
}

#endif

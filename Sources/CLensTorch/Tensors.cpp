#ifdef LENS_TORCH

#include "Handles.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/csrc/api/include/torch/version.h>

#include <cstring>

using lens::guarded;
using lens::making;
using lens::sizes;

namespace lens {
thread_local std::string message;
std::atomic<int64_t> live_count{0};
}  // namespace lens

const char *lens_torch_message(void) { return lens::message.c_str(); }
bool lens_torch_is_available(void) { return true; }
const char *lens_torch_version(void) { return TORCH_VERSION; }
int64_t lens_tensor_live_count(void) { return lens::live_count; }

void lens_tensor_free(lens_tensor *tensor) {
  if (!tensor) return;
  delete tensor;
  --lens::live_count;
}

// MARK: Making and reading

template <typename Value>
static at::Tensor copied(const Value *values, at::IntArrayRef shape, at::ScalarType type, const char *device) {
  at::Tensor tensor = at::empty(shape, at::TensorOptions().dtype(type));
  std::memcpy(tensor.data_ptr(), values, tensor.nbytes());
  return tensor.to(at::Device(std::string(device)));
}

int32_t lens_tensor_from_floats(const float *values, const int64_t *shape, int32_t rank, const char *device,
                                lens_tensor **result) {
  return making(result, [&] { return copied(values, sizes(shape, rank), at::kFloat, device); });
}

int32_t lens_tensor_from_integers(const int64_t *values, const int64_t *shape, int32_t rank, const char *device,
                                  lens_tensor **result) {
  return making(result, [&] { return copied(values, sizes(shape, rank), at::kLong, device); });
}

int32_t lens_tensor_shape(const lens_tensor *tensor, int64_t *shape, int32_t *rank) {
  return guarded([&] {
    TORCH_CHECK(tensor->value.dim() <= 8, "a tensor of ", tensor->value.dim(), " dimensions");
    *rank = static_cast<int32_t>(tensor->value.dim());
    for (int32_t i = 0; i < *rank; ++i) shape[i] = tensor->value.size(i);
  });
}

template <typename Value>
static void copy_out(const at::Tensor &tensor, at::ScalarType type, Value *values, int64_t count) {
  TORCH_CHECK(tensor.numel() == count, tensor.numel(), " values in the tensor, room for ", count);
  TORCH_CHECK(tensor.scalar_type() == type, "the tensor holds ", tensor.scalar_type(), ", asked for ", type);
  at::Tensor flat = tensor.detach().to(at::kCPU).contiguous();
  std::memcpy(values, flat.data_ptr(), flat.nbytes());
}

int32_t lens_tensor_copy_floats(const lens_tensor *tensor, float *values, int64_t count) {
  return guarded([&] { copy_out(tensor->value, at::kFloat, values, count); });
}

int32_t lens_tensor_copy_integers(const lens_tensor *tensor, int64_t *values, int64_t count) {
  return guarded([&] { copy_out(tensor->value, at::kLong, values, count); });
}

int32_t lens_tensor_to_device(const lens_tensor *tensor, const char *device, lens_tensor **result) {
  return making(result, [&] { return tensor->value.to(at::Device(std::string(device))); });
}

int32_t lens_tensor_assign(lens_tensor *tensor, const lens_tensor *values) {
  return guarded([&] {
    TORCH_CHECK(tensor->value.sizes() == values->value.sizes(), "values of shape ", values->value.sizes(),
                " for a tensor of shape ", tensor->value.sizes());
    at::NoGradGuard hidden;
    tensor->value.copy_(values->value);
  });
}

// MARK: Arithmetic

int32_t lens_tensor_unary(lens_unary operation, const lens_tensor *x, lens_tensor **result) {
  return making(result, [&]() -> at::Tensor {
    const at::Tensor &v = x->value;
    switch (operation) {
      case LENS_RELU: return at::relu(v);
      case LENS_TANH: return at::tanh(v);
      case LENS_SIGMOID: return at::sigmoid(v);
      case LENS_SOFTPLUS: return at::softplus(v);
      case LENS_EXP: return at::exp(v);
      case LENS_SQUARE: return at::square(v);
      case LENS_SQUARE_ROOT: return at::sqrt(v);
      case LENS_LOG_SOFTMAX: return at::log_softmax(v, -1);
    }
    TORCH_CHECK(false, "unknown operation ", static_cast<int>(operation));
  });
}

int32_t lens_tensor_binary(lens_binary operation, const lens_tensor *a, const lens_tensor *b, lens_tensor **result) {
  return making(result, [&]() -> at::Tensor {
    switch (operation) {
      case LENS_ADD: return a->value + b->value;
      case LENS_SUBTRACT: return a->value - b->value;
      case LENS_MULTIPLY: return a->value * b->value;
      case LENS_DIVIDE: return a->value / b->value;
      case LENS_MATRIX_PRODUCT: return at::matmul(a->value, b->value);
    }
    TORCH_CHECK(false, "unknown operation ", static_cast<int>(operation));
  });
}

int32_t lens_tensor_affine(const lens_tensor *x, double scale, double offset, lens_tensor **result) {
  return making(result, [&] { return x->value * scale + offset; });
}

int32_t lens_tensor_reduce(lens_reduction operation, const lens_tensor *x, const int64_t *dimensions, int32_t rank,
                           lens_tensor **result) {
  return making(result, [&] {
    if (operation == LENS_MAXIMUM) return x->value.amax(sizes(dimensions, rank));
    const bool is_sum = operation == LENS_SUM;
    if (rank == 0) return is_sum ? x->value.sum() : x->value.mean();
    return is_sum ? x->value.sum(sizes(dimensions, rank)) : x->value.mean(sizes(dimensions, rank));
  });
}

int32_t lens_tensor_largest_index(const lens_tensor *x, int64_t dimension, lens_tensor **result) {
  return making(result, [&] { return x->value.argmax(dimension); });
}

// MARK: Shapes

int32_t lens_tensor_reshape(const lens_tensor *x, const int64_t *shape, int32_t rank, lens_tensor **result) {
  return making(result, [&] { return x->value.reshape(sizes(shape, rank)); });
}

int32_t lens_tensor_permute(const lens_tensor *x, const int64_t *order, int32_t rank, lens_tensor **result) {
  return making(result, [&] { return x->value.permute(sizes(order, rank)); });
}

int32_t lens_tensor_slice(const lens_tensor *x, int64_t dimension, int64_t start, int64_t end, lens_tensor **result) {
  return making(result, [&] { return x->value.slice(dimension, start, end); });
}

int32_t lens_tensor_select(const lens_tensor *x, const int64_t *rows, int32_t count, lens_tensor **result) {
  return making(result, [&] {
    at::Tensor index = at::empty({count}, at::TensorOptions().dtype(at::kLong));
    std::memcpy(index.data_ptr(), rows, index.nbytes());
    return x->value.index_select(0, index.to(x->value.device()));
  });
}

int32_t lens_tensor_flip(const lens_tensor *x, int64_t dimension, lens_tensor **result) {
  return making(result, [&] { return x->value.flip(dimension); });
}

int32_t lens_tensor_concatenate(const lens_tensor *const *tensors, int32_t count, int64_t dimension,
                                lens_tensor **result) {
  return making(result, [&] {
    std::vector<at::Tensor> values;
    for (int32_t i = 0; i < count; ++i) values.push_back(tensors[i]->value);
    return at::cat(values, dimension);
  });
}

// MARK: Threads and devices

int32_t lens_torch_set_threads(int32_t count) {
  return guarded([&] { at::set_num_threads(count); });
}

int32_t lens_torch_repeat_exactly(void) {
  return guarded([&] { at::globalContext().setDeterministicCuDNN(true); });
}

int32_t lens_torch_has_device(const char *device, bool *result) {
  return guarded([&] {
    const at::Device parsed{std::string(device)};
    *result = parsed.is_cpu() ||
              (parsed.is_cuda() && at::hasCUDA() && parsed.index() < static_cast<int64_t>(at::getNumGPUs()));
  });
}

#endif

#ifdef LENS_TORCH

#include "Handles.h"

#include <cmath>

using lens::guarded;

/// Visits the parameters that have a gradient, with weight decay added to it.
template <typename Body>
static int32_t stepping(lens_tensor *const *parameters, int32_t count, double weight_decay, Body body) {
  return guarded([&] {
    at::NoGradGuard hidden;
    for (int32_t i = 0; i < count; ++i) {
      at::Tensor parameter = parameters[i]->value;
      at::Tensor gradient = parameter.grad();
      if (!gradient.defined()) continue;
      if (weight_decay != 0) gradient = gradient.add(parameter, weight_decay);
      body(i, parameter, gradient);
    }
  });
}

// Kingma & Ba (2015), algorithm 1, with the weight decay of the gradient as PyTorch's Adam has it.
int32_t lens_adam_step(lens_tensor *const *parameters, lens_tensor *const *means, lens_tensor *const *squares,
                       int32_t count, int64_t step, double rate, double beta1, double beta2, double epsilon,
                       double weight_decay) {
  const double correction1 = 1 - std::pow(beta1, static_cast<double>(step));
  const double correction2 = std::sqrt(1 - std::pow(beta2, static_cast<double>(step)));
  return stepping(parameters, count, weight_decay, [&](int32_t i, at::Tensor &parameter, at::Tensor &gradient) {
    at::Tensor &mean = means[i]->value, &square = squares[i]->value;
    mean.mul_(beta1).add_(gradient, 1 - beta1);
    square.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
    at::Tensor denominator = square.sqrt().div_(correction2).add_(epsilon);
    parameter.addcdiv_(mean, denominator, -rate / correction1);
  });
}

// Hinton's RMSprop, without momentum.
int32_t lens_root_mean_square_step(lens_tensor *const *parameters, lens_tensor *const *squares, int32_t count,
                                   double rate, double alpha, double epsilon, double weight_decay) {
  return stepping(parameters, count, weight_decay, [&](int32_t i, at::Tensor &parameter, at::Tensor &gradient) {
    at::Tensor &square = squares[i]->value;
    square.mul_(alpha).addcmul_(gradient, gradient, 1 - alpha);
    parameter.addcdiv_(gradient, square.sqrt().add_(epsilon), -rate);
  });
}

int32_t lens_gradient_descent_step(lens_tensor *const *parameters, lens_tensor *const *momenta, int32_t count,
                                   int64_t step, double rate, double momentum, double weight_decay) {
  return stepping(parameters, count, weight_decay, [&](int32_t i, at::Tensor &parameter, at::Tensor &gradient) {
    if (momentum == 0) {
      parameter.add_(gradient, -rate);
      return;
    }
    at::Tensor &velocity = momenta[i]->value;
    // The first step takes the gradient itself, as PyTorch's SGD does.
    velocity.mul_(step == 1 ? 0 : momentum).add_(gradient);
    parameter.add_(velocity, -rate);
  });
}

#endif

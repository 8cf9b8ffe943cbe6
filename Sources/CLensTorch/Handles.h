// What stands behind the handles, and the wall that no exception passes.
#pragma once

#include "CLensTorch.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <atomic>
#include <string>
#include <vector>

struct lens_tensor {
  at::Tensor value;
};

struct lens_generator {
  at::Generator value;
};

namespace lens {

extern thread_local std::string message;
extern std::atomic<int64_t> live_count;

inline int32_t failed(const char *what) {
  // libtorch appends a backtrace; the first line says what is wrong.
  std::string text = what;
  message = text.substr(0, text.find("\nException raised"));
  return 1;
}

template <typename Body>
int32_t guarded(Body body) {
  try {
    body();
    return 0;
  } catch (const std::exception &error) {
    return failed(error.what());
  } catch (...) {
    return failed("an unknown failure");
  }
}

inline lens_tensor *owned(at::Tensor value) {
  auto *tensor = new lens_tensor{std::move(value)};
  ++live_count;
  return tensor;
}

/// Runs a computation and hands its result out.
template <typename Body>
int32_t making(lens_tensor **result, Body body) {
  return guarded([&] { *result = owned(body()); });
}

inline at::IntArrayRef sizes(const int64_t *values, int32_t rank) {
  return at::IntArrayRef(values, static_cast<size_t>(rank));
}

inline c10::optional<at::Tensor> optional(const lens_tensor *tensor) {
  return tensor ? c10::optional<at::Tensor>(tensor->value) : c10::nullopt;
}

}  // namespace lens

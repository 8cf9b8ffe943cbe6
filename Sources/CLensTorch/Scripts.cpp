#ifdef LENS_TORCH

#include "Handles.h"

#include <torch/script.h>

using lens::guarded;
using lens::making;

struct lens_script {
  torch::jit::Module module;
  struct Entry {
    std::string name;
    at::Tensor value;
    bool trainable;
  };
  std::vector<Entry> entries;
};

int32_t lens_script_load(const char *path, const char *device, lens_script **result) {
  return guarded([&] {
    auto script = std::make_unique<lens_script>();
    script->module = torch::jit::load(path, at::Device(std::string(device)));
    for (const auto &parameter : script->module.named_parameters()) {
      script->entries.push_back({parameter.name, parameter.value, true});
    }
    for (const auto &buffer : script->module.named_buffers()) {
      if (buffer.value.is_floating_point()) script->entries.push_back({buffer.name, buffer.value, false});
    }
    *result = script.release();
  });
}

void lens_script_free(lens_script *script) { delete script; }

int32_t lens_script_tensor_count(const lens_script *script, int32_t *count) {
  return guarded([&] { *count = static_cast<int32_t>(script->entries.size()); });
}

int32_t lens_script_tensor(const lens_script *script, int32_t number, const char **name, bool *trainable,
                           lens_tensor **result) {
  return making(result, [&] {
    const auto &entry = script->entries.at(static_cast<size_t>(number));
    *name = entry.name.c_str();
    *trainable = entry.trainable;
    return entry.value;
  });
}

int32_t lens_script_forward(lens_script *script, const lens_tensor *x, bool training, lens_tensor **result) {
  return making(result, [&] {
    script->module.train(training);
    const c10::IValue value = script->module.forward({x->value});
    TORCH_CHECK(value.isTensor(), "the module gives a ", value.tagKind(), ", must give a tensor");
    return value.toTensor();
  });
}

int32_t lens_script_save(const lens_script *script, const char *path) {
  return guarded([&] { script->module.save(path); });
}

int32_t lens_torch_seed(uint64_t seed) {
  return guarded([&] { at::manual_seed(seed); });
}

#endif

#ifndef LENS_TORCH

// Every function once more, as a failure: what a build without libtorch has.
#include <stdint.h>
static int32_t lens_without_torch(void) { return 1; }

#define LENS_TORCH_FUNCTION(name, ...) \
  int32_t name(__VA_ARGS__) { return lens_without_torch(); }
#include "CLensTorch.h"

const char *lens_torch_message(void) { return "this build has no libtorch: build with the package trait Torch"; }
bool lens_torch_is_available(void) { return false; }
const char *lens_torch_version(void) { return ""; }
int64_t lens_tensor_live_count(void) { return 0; }
void lens_tensor_free(lens_tensor *tensor) { (void)tensor; }
void lens_generator_free(lens_generator *generator) { (void)generator; }
void lens_script_free(lens_script *script) { (void)script; }

#endif

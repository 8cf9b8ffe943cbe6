// The part of libtorch that the classifier needs, in C.
//
// Every function returns 0, or 1 after a failure; lens_torch_message then says what went wrong, on the thread where it
// happened. No C++ exception leaves this library. A tensor that a function hands out belongs to the caller, who frees it.
#ifndef CLENSTORCH_H
#define CLENSTORCH_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Stub.c defines all of them once more as failures, for builds without libtorch.
#ifndef LENS_TORCH_FUNCTION
#define LENS_TORCH_FUNCTION(name, ...) int32_t name(__VA_ARGS__);
#endif

#ifndef LENS_TORCH_TYPES
#define LENS_TORCH_TYPES
typedef struct lens_tensor lens_tensor;
typedef struct lens_generator lens_generator;
typedef struct lens_script lens_script;

typedef enum {
  LENS_RELU, LENS_TANH, LENS_SIGMOID, LENS_SOFTPLUS, LENS_EXP, LENS_SQUARE, LENS_SQUARE_ROOT, LENS_LOG_SOFTMAX
} lens_unary;

typedef enum { LENS_ADD, LENS_SUBTRACT, LENS_MULTIPLY, LENS_DIVIDE, LENS_MATRIX_PRODUCT } lens_binary;

typedef enum { LENS_SUM, LENS_MEAN, LENS_MAXIMUM } lens_reduction;

// Of predictions and targets; class labels are 64-bit integers.
typedef enum { LENS_SQUARED_ERROR, LENS_CROSS_ENTROPY, LENS_BINARY_CROSS_ENTROPY } lens_loss;

// What the last failure on this thread was; empty if there was none.
const char *lens_torch_message(void);
// Whether this build has libtorch, and its version ("" without it).
bool lens_torch_is_available(void);
const char *lens_torch_version(void);
// Tensors that have been handed out and not yet freed.
int64_t lens_tensor_live_count(void);
// Null is allowed.
void lens_tensor_free(lens_tensor *tensor);
void lens_generator_free(lens_generator *generator);
void lens_script_free(lens_script *script);
#endif

// Making tensors and reading them. Shapes have at most 8 dimensions.
LENS_TORCH_FUNCTION(lens_tensor_from_floats, const float *values, const int64_t *shape, int32_t rank,
                    const char *device, lens_tensor **result)
LENS_TORCH_FUNCTION(lens_tensor_from_integers, const int64_t *values, const int64_t *shape, int32_t rank,
                    const char *device, lens_tensor **result)
LENS_TORCH_FUNCTION(lens_tensor_shape, const lens_tensor *tensor, int64_t *shape, int32_t *rank)
LENS_TORCH_FUNCTION(lens_tensor_copy_floats, const lens_tensor *tensor, float *values, int64_t count)
LENS_TORCH_FUNCTION(lens_tensor_copy_integers, const lens_tensor *tensor, int64_t *values, int64_t count)
LENS_TORCH_FUNCTION(lens_tensor_to_device, const lens_tensor *tensor, const char *device, lens_tensor **result)
// Overwrites the values of a tensor of the same shape, out of sight of the gradients.
LENS_TORCH_FUNCTION(lens_tensor_assign, lens_tensor *tensor, const lens_tensor *values)

// Arithmetic, with broadcasting. LENS_LOG_SOFTMAX is over the last dimension.
LENS_TORCH_FUNCTION(lens_tensor_unary, lens_unary operation, const lens_tensor *x, lens_tensor **result)
LENS_TORCH_FUNCTION(lens_tensor_binary, lens_binary operation, const lens_tensor *a, const lens_tensor *b,
                    lens_tensor **result)
// scale x + offset
LENS_TORCH_FUNCTION(lens_tensor_affine, const lens_tensor *x, double scale, double offset, lens_tensor **result)
// rank 0: over all dimensions.
LENS_TORCH_FUNCTION(lens_tensor_reduce, lens_reduction operation, const lens_tensor *x, const int64_t *dimensions,
                    int32_t rank, lens_tensor **result)
LENS_TORCH_FUNCTION(lens_tensor_largest_index, const lens_tensor *x, int64_t dimension, lens_tensor **result)

// Shapes.
LENS_TORCH_FUNCTION(lens_tensor_reshape, const lens_tensor *x, const int64_t *shape, int32_t rank,
                    lens_tensor **result)
LENS_TORCH_FUNCTION(lens_tensor_permute, const lens_tensor *x, const int64_t *order, int32_t rank,
                    lens_tensor **result)
LENS_TORCH_FUNCTION(lens_tensor_slice, const lens_tensor *x, int64_t dimension, int64_t start, int64_t end,
                    lens_tensor **result)
// Some of the first dimension's rows, in any order.
LENS_TORCH_FUNCTION(lens_tensor_select, const lens_tensor *x, const int64_t *rows, int32_t count, lens_tensor **result)
LENS_TORCH_FUNCTION(lens_tensor_flip, const lens_tensor *x, int64_t dimension, lens_tensor **result)
LENS_TORCH_FUNCTION(lens_tensor_concatenate, const lens_tensor *const *tensors, int32_t count, int64_t dimension,
                    lens_tensor **result)

// Layers. Images are [batch, channel, height, width]; a null bias is none.
LENS_TORCH_FUNCTION(lens_convolution, const lens_tensor *x, const lens_tensor *weight, const lens_tensor *bias,
                    int64_t stride, int64_t padding_height, int64_t padding_width, lens_tensor **result)
LENS_TORCH_FUNCTION(lens_transposed_convolution, const lens_tensor *x, const lens_tensor *weight,
                    const lens_tensor *bias, int64_t stride, int64_t padding, int64_t output_padding_height,
                    int64_t output_padding_width, lens_tensor **result)
// Columns that enter at either side are those of the other.
LENS_TORCH_FUNCTION(lens_pad_periodically, const lens_tensor *x, int64_t columns, lens_tensor **result)
// Bilinear, at places (x, y) [height, width, 2] where -1 and 1 are the edges, beyond which the border goes on.
LENS_TORCH_FUNCTION(lens_resample, const lens_tensor *x, const lens_tensor *places, lens_tensor **result)
// [batch, channels n^2, height, width] becomes [batch, channels, n height, n width].
LENS_TORCH_FUNCTION(lens_pixel_shuffle, const lens_tensor *x, int64_t factor, lens_tensor **result)
LENS_TORCH_FUNCTION(lens_linear, const lens_tensor *x, const lens_tensor *weight, const lens_tensor *bias,
                    lens_tensor **result)
// Training uses the batch's statistics and moves the running ones towards them.
LENS_TORCH_FUNCTION(lens_batch_normalization, const lens_tensor *x, const lens_tensor *weight,
                    const lens_tensor *bias, lens_tensor *running_mean, lens_tensor *running_variance, bool training,
                    double momentum, double epsilon, lens_tensor **result)
LENS_TORCH_FUNCTION(lens_maximum_pool, const lens_tensor *x, int64_t size, int64_t stride, int64_t padding,
                    lens_tensor **result)
LENS_TORCH_FUNCTION(lens_adaptive_mean_pool, const lens_tensor *x, int64_t height, int64_t width,
                    lens_tensor **result)
LENS_TORCH_FUNCTION(lens_mean_loss, lens_loss loss, const lens_tensor *prediction, const lens_tensor *target,
                    lens_tensor **result)

// Gradients. The switch is the calling thread's.
LENS_TORCH_FUNCTION(lens_gradients_enable, bool enable, bool *before)
LENS_TORCH_FUNCTION(lens_tensor_require_gradient, lens_tensor *tensor, bool require)
LENS_TORCH_FUNCTION(lens_tensor_requires_gradient, const lens_tensor *tensor, bool *result)
LENS_TORCH_FUNCTION(lens_tensor_backward, const lens_tensor *loss)
// Null if the tensor has none yet.
LENS_TORCH_FUNCTION(lens_tensor_gradient, const lens_tensor *tensor, lens_tensor **result)
LENS_TORCH_FUNCTION(lens_tensor_clear_gradient, lens_tensor *tensor)
LENS_TORCH_FUNCTION(lens_tensor_detach, const lens_tensor *tensor, lens_tensor **result)

// One step of an optimizer on parameters with gradients; those without are left alone. States are tensors of the
// parameters' shapes that start as zeros. `step` counts from 1. Weight decay is part of the gradient unless it is decoupled.
LENS_TORCH_FUNCTION(lens_adam_step, lens_tensor *const *parameters, lens_tensor *const *means,
                    lens_tensor *const *squares, int32_t count, int64_t step, double rate, double beta1, double beta2,
                    double epsilon, double weight_decay, bool decoupled)
LENS_TORCH_FUNCTION(lens_root_mean_square_step, lens_tensor *const *parameters, lens_tensor *const *squares,
                    int32_t count, double rate, double alpha, double epsilon, double weight_decay)
LENS_TORCH_FUNCTION(lens_gradient_descent_step, lens_tensor *const *parameters, lens_tensor *const *momenta,
                    int32_t count, int64_t step, double rate, double momentum, double weight_decay)

// Random numbers, drawn on the processor so that they do not depend on the device.
LENS_TORCH_FUNCTION(lens_generator_create, uint64_t seed, lens_generator **result)
LENS_TORCH_FUNCTION(lens_generator_normal, lens_generator *generator, const int64_t *shape, int32_t rank,
                    const char *device, lens_tensor **result)
LENS_TORCH_FUNCTION(lens_generator_uniform, lens_generator *generator, const int64_t *shape, int32_t rank,
                    const char *device, lens_tensor **result)
// 1 with the probability that stands in the same place, else 0.
LENS_TORCH_FUNCTION(lens_generator_bernoulli, lens_generator *generator, const lens_tensor *probabilities,
                    lens_tensor **result)

// TorchScript modules: code from a file, which runs with all the rights of this process.
LENS_TORCH_FUNCTION(lens_script_load, const char *path, const char *device, lens_script **result)
// Parameters and floating-point buffers, which live as long as their module.
LENS_TORCH_FUNCTION(lens_script_tensor_count, const lens_script *script, int32_t *count)
LENS_TORCH_FUNCTION(lens_script_tensor, const lens_script *script, int32_t number, const char **name, bool *trainable,
                    lens_tensor **result)
// Draws from libtorch's own generator (dropout, for instance), which lens_torch_seed sets.
LENS_TORCH_FUNCTION(lens_script_forward, lens_script *script, const lens_tensor *x, bool training,
                    lens_tensor **result)
LENS_TORCH_FUNCTION(lens_script_save, const lens_script *script, const char *path)
LENS_TORCH_FUNCTION(lens_torch_seed, uint64_t seed)

LENS_TORCH_FUNCTION(lens_torch_set_threads, int32_t count)
// Convolutions on a graphics card then give the same numbers every time.
LENS_TORCH_FUNCTION(lens_torch_repeat_exactly, void)
LENS_TORCH_FUNCTION(lens_torch_has_device, const char *device, bool *result)

#ifdef __cplusplus
}
#endif

#endif

// Square roots that LLVM can vectorise, and the instruction set that this build was made for.
//
// Swift's `.squareRoot()` in a loop becomes one libm call per lane on Linux; the builtin below becomes
// one vector instruction. Both round correctly, so the results are the same bits.
#ifndef CLENSMATH_H
#define CLENSMATH_H

static inline __attribute__((always_inline)) float lens_sqrtf(float x) {
  return __builtin_elementwise_sqrt(x);
}

static inline __attribute__((always_inline)) double lens_sqrt(double x) {
  return __builtin_elementwise_sqrt(x);
}

/// The widest instruction set that the compiler was allowed to use.
const char *lens_build_instruction_set(void);

/// Whether the processor that runs this has that instruction set: 1 yes, 0 no.
int lens_processor_supports_build(void);

#endif

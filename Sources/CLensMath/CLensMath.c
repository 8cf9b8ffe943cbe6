#include "CLensMath.h"

const char *lens_build_instruction_set(void) {
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
  return "x86-64-v4 (AVX-512)";
#elif defined(__AVX2__) && defined(__FMA__)
  return "x86-64-v3 (AVX2, FMA)";
#elif defined(__x86_64__)
  return "x86-64 (SSE2)";
#elif defined(__aarch64__)
  return "aarch64 (NEON)";
#else
  return "unknown";
#endif
}

int lens_processor_supports_build(void) {
#if defined(__x86_64__)
  // Every extension that -march=native may have switched on and that the compiler can ask the processor for.
#define LENS_REQUIRE(feature) \
  if (!__builtin_cpu_supports(feature)) return 0
#if defined(__SSE4_2__)
  LENS_REQUIRE("sse4.2");
#endif
#if defined(__POPCNT__)
  LENS_REQUIRE("popcnt");
#endif
#if defined(__AVX__)
  LENS_REQUIRE("avx");
#endif
#if defined(__AVX2__)
  LENS_REQUIRE("avx2");
#endif
#if defined(__FMA__)
  LENS_REQUIRE("fma");
#endif
#if defined(__BMI__)
  LENS_REQUIRE("bmi");
#endif
#if defined(__BMI2__)
  LENS_REQUIRE("bmi2");
#endif
#if defined(__AVX512F__)
  LENS_REQUIRE("avx512f");
#endif
#if defined(__AVX512CD__)
  LENS_REQUIRE("avx512cd");
#endif
#if defined(__AVX512BW__)
  LENS_REQUIRE("avx512bw");
#endif
#if defined(__AVX512DQ__)
  LENS_REQUIRE("avx512dq");
#endif
#if defined(__AVX512VL__)
  LENS_REQUIRE("avx512vl");
#endif
#if defined(__AVX512VBMI__)
  LENS_REQUIRE("avx512vbmi");
#endif
#if defined(__AVX512VBMI2__)
  LENS_REQUIRE("avx512vbmi2");
#endif
#if defined(__AVX512VNNI__)
  LENS_REQUIRE("avx512vnni");
#endif
#undef LENS_REQUIRE
#endif
  return 1;
}

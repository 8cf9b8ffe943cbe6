#include <fftw3.h>

// Swift cannot import the array of unknown length.
static inline const char *lens_fftw_version(void) { return fftw_version; }

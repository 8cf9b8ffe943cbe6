#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_roots.h>
#include <gsl/gsl_sf_bessel.h>
#include <gsl/gsl_version.h>

// Swift sees these globals as shared mutable state; they are constants.
static inline const gsl_root_fsolver_type *lens_gsl_brent(void) { return gsl_root_fsolver_brent; }
static inline const char *lens_gsl_version(void) { return gsl_version; }

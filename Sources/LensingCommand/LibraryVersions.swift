import LensNumerics
import SwiftLensing

/// Versions of everything whose arithmetic or format is in the output.
func libraryVersions() -> [String: String] {
  [
    "swift_lensing": swiftLensingVersion, "fftw": fftwVersion, "gsl": gslVersionText,
    "cfitsio": cfitsioVersion, "libpng": libpngVersion,
  ]
}

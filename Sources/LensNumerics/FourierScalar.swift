import CFFTW

/// The FFTW entry points of one precision.
public protocol FourierScalar {
  associatedtype FFTWComplex
  static func planForward(
    rows: Int, columns: Int, _ real: UnsafeMutablePointer<Self>,
    _ complex: UnsafeMutablePointer<FFTWComplex>
  ) -> OpaquePointer?
  static func planBackward(
    rows: Int, columns: Int, _ complex: UnsafeMutablePointer<FFTWComplex>,
    _ real: UnsafeMutablePointer<Self>
  ) -> OpaquePointer?
  static func execute(
    forward plan: OpaquePointer, _ real: UnsafeMutablePointer<Self>,
    _ complex: UnsafeMutablePointer<FFTWComplex>)
  static func execute(
    backward plan: OpaquePointer, _ complex: UnsafeMutablePointer<FFTWComplex>,
    _ real: UnsafeMutablePointer<Self>)
  static func destroy(plan: OpaquePointer)
  static func allocateForFourier(bytes: Int) -> UnsafeMutableRawPointer?
  static func freeForFourier(_ memory: UnsafeMutableRawPointer)
}

// ESTIMATE, never MEASURE: measuring picks another algorithm, and other last bits, from run to run.
private let planFlags = UInt32(FFTW_ESTIMATE)

extension Float: FourierScalar {
  public static func planForward(
    rows: Int, columns: Int, _ real: UnsafeMutablePointer<Float>,
    _ complex: UnsafeMutablePointer<fftwf_complex>
  ) -> OpaquePointer? {
    fftwf_plan_dft_r2c_2d(Int32(rows), Int32(columns), real, complex, planFlags)
  }

  public static func planBackward(
    rows: Int, columns: Int, _ complex: UnsafeMutablePointer<fftwf_complex>,
    _ real: UnsafeMutablePointer<Float>
  ) -> OpaquePointer? {
    fftwf_plan_dft_c2r_2d(Int32(rows), Int32(columns), complex, real, planFlags)
  }

  public static func execute(
    forward plan: OpaquePointer, _ real: UnsafeMutablePointer<Float>,
    _ complex: UnsafeMutablePointer<fftwf_complex>
  ) { fftwf_execute_dft_r2c(plan, real, complex) }

  public static func execute(
    backward plan: OpaquePointer, _ complex: UnsafeMutablePointer<fftwf_complex>,
    _ real: UnsafeMutablePointer<Float>
  ) { fftwf_execute_dft_c2r(plan, complex, real) }

  public static func destroy(plan: OpaquePointer) { fftwf_destroy_plan(plan) }

  public static func allocateForFourier(bytes: Int) -> UnsafeMutableRawPointer? { fftwf_malloc(bytes) }

  public static func freeForFourier(_ memory: UnsafeMutableRawPointer) { fftwf_free(memory) }
}

extension Double: FourierScalar {
  public static func planForward(
    rows: Int, columns: Int, _ real: UnsafeMutablePointer<Double>,
    _ complex: UnsafeMutablePointer<fftw_complex>
  ) -> OpaquePointer? {
    fftw_plan_dft_r2c_2d(Int32(rows), Int32(columns), real, complex, planFlags)
  }

  public static func planBackward(
    rows: Int, columns: Int, _ complex: UnsafeMutablePointer<fftw_complex>,
    _ real: UnsafeMutablePointer<Double>
  ) -> OpaquePointer? {
    fftw_plan_dft_c2r_2d(Int32(rows), Int32(columns), complex, real, planFlags)
  }

  public static func execute(
    forward plan: OpaquePointer, _ real: UnsafeMutablePointer<Double>,
    _ complex: UnsafeMutablePointer<fftw_complex>
  ) { fftw_execute_dft_r2c(plan, real, complex) }

  public static func execute(
    backward plan: OpaquePointer, _ complex: UnsafeMutablePointer<fftw_complex>,
    _ real: UnsafeMutablePointer<Double>
  ) { fftw_execute_dft_c2r(plan, complex, real) }

  public static func destroy(plan: OpaquePointer) { fftw_destroy_plan(plan) }

  public static func allocateForFourier(bytes: Int) -> UnsafeMutableRawPointer? { fftw_malloc(bytes) }

  public static func freeForFourier(_ memory: UnsafeMutableRawPointer) { fftw_free(memory) }
}

/// The version string of the FFTW library that is linked.
public var fftwVersion: String { String(cString: lens_fftw_version()) }

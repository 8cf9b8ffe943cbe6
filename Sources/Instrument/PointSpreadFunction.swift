import LensCore
import LensNumerics

/// A point spread function sampled at a pixel scale: a kernel of sum 1.
public struct PointSpreadFunction: Sendable {
  public let kernel: Image<Double>
  /// The factor along each axis where the kernel is a product.
  public let separableFactor: [Double]?

  /// Pixels along x and y from the kernel's middle to its end: so far light is carried.
  public var reach: (x: Int, y: Int) { (kernel.width / 2, kernel.height / 2) }

  /// Samples at the pixel centres and normalises the sum to 1: what the cut leaves out is shared by all that is in.
  ///
  /// - Parameters:
  ///   - scale: Arcsec per kernel pixel.
  ///   - readImage: Reads the kernel of a `file` point spread function.
  /// - Returns: nil for `none`.
  /// - Throws: `SpecError` for a kernel of even sides or of more than `largestKernelSide` pixels, a sum that is not
  ///   positive, or pixels that are negative or not finite.
  public static func sample(
    _ spec: PointSpreadFunctionSpec, scale: Double, readImage: (KernelFilePSFSpec) throws -> Image<Double>
  ) throws -> PointSpreadFunction? {
    switch spec.parameters {
    case let kind as any PointSpreadFunctionKind: try sample(kind, scale: scale)
    case let file as KernelFilePSFSpec: try PointSpreadFunction(kernel: readImage(file), path: file.path)
    default: nil
    }
  }

  private static func sample(
    _ kind: some PointSpreadFunctionKind, scale: Double
  ) throws -> PointSpreadFunction {
    let side = try kind.kernelPixels ?? defaultSide(kind, scale: scale)
    let offsets = (0..<side).map { PointSpreadFunction.offset($0, side: side) * scale }
    let pixels = offsets.flatMap { y in
      offsets.map { x in kind.profile(Double.squareRoot(x * x + y * y)) }
    }
    let sum = pixels.reduce(0, +)
    let factor = offsets.map { kind.profile(abs($0)) }
    let factorSum = factor.reduce(0, +)
    return PointSpreadFunction(
      kernel: Image(width: side, height: side, pixels: pixels.map { $0 / sum }),
      separableFactor: kind.isSeparable ? factor.map { $0 / factorSum } : nil)
  }

  /// The kernel's extent is its own, whatever the image: no pixel may depend on the size of the field.
  private static func defaultSide(_ kind: some PointSpreadFunctionKind, scale: Double) throws -> Int {
    // Compared as a Double: a huge width must not overflow a whole number.
    let side = 2 * (kind.defaultRadius / scale).rounded(.up) + 1
    guard side <= Double(largestKernelSide) else {
      throw SpecError(
        keyPath: "instrument.psf.\(type(of: kind).kind)",
        value: "a kernel that reaches \(specNumber(kind.defaultRadius)) arcsec, \(side) pixels wide",
        requirement:
          "must be at most \(largestKernelSide) pixels wide: give kernel_pixels, a smaller width or "
          + "larger pixels")
    }
    return Int(side)
  }

  private static func offset(_ index: Int, side: Int) -> Double { Double(index - side / 2) }

  private init(kernel: Image<Double>, separableFactor: [Double]?) {
    self.kernel = kernel
    self.separableFactor = separableFactor
  }

  /// A kernel as it was read, normalised. It must not take light from a pixel: an expected rate below zero has no noise.
  private init(kernel: Image<Double>, path: String) throws {
    func fail(_ value: String, _ requirement: String) -> SpecError {
      SpecError(keyPath: "instrument.psf.file.path", value: "\(path) with \(value)", requirement: requirement)
    }
    guard kernel.width % 2 == 1, kernel.height % 2 == 1 else {
      throw fail(
        "\(kernel.width) x \(kernel.height) pixels", "both sides must be odd, so that it has a centre")
    }
    func pixel(_ position: Int) -> String {
      "\(kernel.pixels[position]) in pixel (\(position % kernel.width), \(position / kernel.width))"
    }
    if let bad = kernel.pixels.firstIndex(where: { !$0.isFinite }) {
      throw fail(pixel(bad), "every pixel must be a finite number")
    }
    if let bad = kernel.pixels.indices.min(by: { kernel.pixels[$0] < kernel.pixels[$1] }),
      kernel.pixels[bad] < -KernelFilePSFSpec.negligible * max(0, kernel.peak)
    {
      throw fail(
        pixel(bad), "no pixel may be below \(-KernelFilePSFSpec.negligible) of the largest, \(kernel.peak)")
    }
    let clipped = kernel.map { max(0, $0) }
    let sum = clipped.pixels.reduce(0, +)
    guard sum.isFinite, sum > 0 else { throw fail("the sum \(sum)", "the sum must be finite and positive") }
    self.init(kernel: clipped.map { $0 / sum }, separableFactor: nil)
  }
}

extension KernelFilePSFSpec {
  /// Negative pixels down to this fraction of the largest count as zero: the rounding of a Fourier transform in single
  /// precision, about 1e-7 of the peak, with room.
  static let negligible = 1e-6
}

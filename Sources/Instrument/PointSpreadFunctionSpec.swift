import LensCore
import LensNumerics

/// One kind of point spread function: how the instrument blurs a point of light.
public protocol PointSpreadFunctionKind: SpecKind {
  /// Side of the kernel in pixels, odd; nil lets `defaultRadius` decide.
  var kernelPixels: Int? { get }
  /// Radius in arcsec beyond which the kernel is cut off by default; docs/conventions.md states the light beyond.
  var defaultRadius: Double { get }
  /// Brightness, of any normalisation, at a distance in arcsec from the centre.
  func profile(_ radius: Double) -> Double
  /// Whether the kernel is the product of a function of x and a function of y.
  var isSeparable: Bool { get }
}

/// A Gaussian point spread function.
public struct GaussianPSFSpec: PointSpreadFunctionKind, Equatable {
  public static let kind = "gaussian"

  /// Full width at half maximum, arcsec.
  public var fullWidthHalfMaximum = 0.1
  public var kernelPixels: Int?

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("fwhm", &fullWidthHalfMaximum, .above(0, upTo: 1e3, unit: "arcsec"))
    visitKernelPixels(visitor, &kernelPixels)
  }

  /// FWHM / (2 sqrt(2 ln 2)).
  var sigma: Double { fullWidthHalfMaximum / 2.354_820_045_030_949_3 }
  public var defaultRadius: Double { 4 * sigma }
  public var isSeparable: Bool { true }
  public func profile(_ radius: Double) -> Double {
    Double.exp(-0.5 * (radius / sigma) * (radius / sigma))
  }
}

/// A Moffat point spread function, (1 + (r / a)^2)^(-beta).
///
/// Reference: Moffat (1969), A&A 3, 455, eq. 7.
public struct MoffatPSFSpec: PointSpreadFunctionKind, Equatable {
  public static let kind = "moffat"

  /// Full width at half maximum, arcsec.
  public var fullWidthHalfMaximum = 0.1
  public var beta = 3.5
  public var kernelPixels: Int?

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("fwhm", &fullWidthHalfMaximum, .above(0, upTo: 1e3, unit: "arcsec"))
    visitor.number("beta", &beta, .above(1, upTo: 100))
    visitKernelPixels(visitor, &kernelPixels)
  }

  public var defaultRadius: Double { 5 * fullWidthHalfMaximum }
  public var isSeparable: Bool { false }
  public func profile(_ radius: Double) -> Double {
    let scale = fullWidthHalfMaximum / (2 * Double.squareRoot(Double.power(2, 1 / beta) - 1))
    return Double.power(1 + (radius / scale) * (radius / scale), -beta)
  }
}

/// The diffraction pattern of a circular aperture, (2 J1(v) / v)^2 with v = pi D sin(r) / lambda.
///
/// Reference: Born & Wolf (1999), Principles of Optics, 7th edition, section 8.5.2, eq. 14.
public struct AiryPSFSpec: PointSpreadFunctionKind, Equatable {
  public static let kind = "airy"

  /// Nanometres.
  public var wavelength = 800.0
  /// Metres.
  public var apertureDiameter = 2.4
  public var kernelPixels: Int?

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("wavelength", &wavelength, .above(0, upTo: 1e9, unit: "nm"))
    visitor.number("aperture_diameter", &apertureDiameter, .above(0, upTo: 1e5, unit: "m"))
    visitKernelPixels(visitor, &kernelPixels)
  }

  /// lambda / D in arcsec.
  var resolution: Double { wavelength * 1e-9 / apertureDiameter * Units.arcsecPerRadian }
  public var defaultRadius: Double { 8 * resolution }
  public var isSeparable: Bool { false }
  public func profile(_ radius: Double) -> Double {
    let v = Double.pi * radius / resolution
    let amplitude = v < 1e-6 ? 1 : 2 * besselJ1(v) / v
    return amplitude * amplitude
  }
}

/// A kernel from a FITS or .npy file, sampled at the pixel scale (or sub-pixel scale) that it is used at.
public struct KernelFilePSFSpec: SpecKind, Equatable {
  public static let kind = "file"

  public var path = ""
  /// Of a FITS file with several images: the number of the one that is meant (the primary header is 0) or its EXTNAME.
  public var fitsExtension: String?

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.text("path", &path)
    visitor.check(!path.isEmpty, "path", given: "nothing", "must name a FITS or .npy file")
    visitor.text("extension", &fitsExtension)
  }
}

/// No blurring.
public struct NoPSFSpec: SpecKind, Equatable {
  public static let kind = "none"
  public init() {}
  public mutating func visit(_ visitor: SpecVisitor) {}
}

/// The point spread function of an instrument, for instance `gaussian: {fwhm: 0.1}`.
public struct PointSpreadFunctionSpec: SpecConvertible {
  /// The table of contents: every kind of point spread function.
  public static let kinds: [any SpecKind.Type] = [
    NoPSFSpec.self, GaussianPSFSpec.self, MoffatPSFSpec.self, AiryPSFSpec.self, KernelFilePSFSpec.self,
  ]

  public private(set) var parameters: any SpecKind

  public init(_ parameters: some SpecKind) { self.parameters = parameters }

  public static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> PointSpreadFunctionSpec? {
    visitor.readTagged(value, among: kinds).map { PointSpreadFunctionSpec($0) }
  }

  public func written() -> SpecValue { SpecVisitor.writeTagged(parameters) }

  public mutating func fill(_ visitor: SpecVisitor) { parameters = visitor.filled(parameters) }
}

/// Pixels along a side of the largest kernel.
let largestKernelSide = 4095

private func visitKernelPixels(_ visitor: SpecVisitor, _ kernelPixels: inout Int?) {
  visitor.integer("kernel_pixels", &kernelPixels, 1...largestKernelSide)
  if let pixels = kernelPixels {
    visitor.check(pixels % 2 == 1, "kernel_pixels", given: "\(pixels)", "must be odd")
  }
}

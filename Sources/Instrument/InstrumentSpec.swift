import LensCore
import LensNumerics

/// What the numbers of a light profile's brightness mean.
public enum BrightnessUnit: String, CaseIterable, Sendable {
  /// Electrons per second in one pixel, whatever its size.
  case perPixel = "per_pixel"
  /// Electrons per second per square arcsec.
  case perSquareArcsec = "per_square_arcsec"
}

/// At which sampling the point spread function is applied.
package enum BlurSampling: String, CaseIterable, Sendable {
  case pixel
  case subpixel
}

/// What lies outside the image when the point spread function is applied.
public enum ImageBorder: String, CaseIterable, Sendable {
  /// The scene goes on: it is rendered as far as the kernel reaches, and cut off after the blur.
  case rendered
  /// Dark sky: images lose light at their border, as published sets of other tools do.
  case dark
}

/// The camera: its pixels, its bands, their blur and their noise.
public struct InstrumentSpec: SpecFields {
  /// Pixels along x and y.
  public var width = 150
  public var height = 150
  /// Arcsec per pixel.
  public var pixelScale = 0.05
  public var brightnessUnit = BrightnessUnit.perSquareArcsec
  public var pointSpreadFunction = PointSpreadFunctionSpec(GaussianPSFSpec())
  package var blurSampling = BlurSampling.pixel
  public var border = ImageBorder.rendered
  /// Electrons per second per pixel.
  public var sky = 0.1
  /// False leaves the mean sky in the images, as some published sets do.
  public var isSkySubtracted = true
  /// Standard deviation in electrons per pixel.
  public var readNoise = 0.0
  /// Seconds; replaced where a signal-to-noise ratio is asked for.
  public var exposureTime = 1000.0
  /// False leaves the image free of noise.
  public var noise = true
  /// By name, in the order of the frames; none for a camera that makes one image of a sky.
  public var bands: Components<BandSpec> = []

  public init() {}

  static let skyRange = SpecRange(0...1e12, unit: "electron/s")
  static let readNoiseRange = SpecRange(0...1e6)
  static let exposureRange = SpecRange(1e-9...1e9, unit: "s")

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.integer("width", &width, 1...8192)
    visitor.integer("height", &height, 1...8192)
    visitor.check(
      width * height <= 1 << 24, "width", given: "\(width) x \(height)", "at most 2^24 pixels are allowed")
    visitor.number("pixel_scale", &pixelScale, SpecRange(1e-6...1e3))
    visitor.choice("brightness_unit", &brightnessUnit)
    visitor.convertible("psf", &pointSpreadFunction)
    visitor.choice("psf_sampling", &blurSampling)
    visitor.choice("border", &border)
    visitor.number("sky", &sky, Self.skyRange)
    visitor.flag("sky_subtracted", &isSkySubtracted)
    visitor.number("read_noise", &readNoise, Self.readNoiseRange)
    visitor.number("exposure_time", &exposureTime, Self.exposureRange)
    visitor.flag("noise", &noise)
    visitor.components("bands", &bands, ifAny: true)
    if visitor.isReading { checkBands(visitor) }
  }

  private func checkBands(_ visitor: SpecVisitor) {
    visitor.check(
      Set(bands.names.map { $0.lowercased() }).count == bands.count, "bands",
      given: bands.names.joined(separator: ", "),
      "must differ in more than capitals, which FITS does not tell apart")
    visitor.check(
      bands.count <= Self.mostBands, "bands", given: "\(bands.count) bands",
      "must be at most \(Self.mostBands)")
    visitor.check(
      width * height * bandCount <= Self.mostRenderedPixels, "bands",
      given: "\(bandCount) bands of \(width) x \(height)", "at most 2^26 pixels are allowed in all of them")
  }

  /// Pixels, or sub-pixels where the blur is applied to them, that are rendered together.
  public static let mostRenderedPixels = 1 << 26

  /// Refuses images whose sub-pixels would not fit into memory when the blur is applied to them.
  public func checkSize(subpixels: Int, _ visitor: SpecVisitor) {
    let side = blurSampling == .subpixel ? subpixels : 1
    visitor.check(
      width * height * side * side * bandCount <= Self.mostRenderedPixels, "accuracy.subpixels",
      given: "\(subpixels)",
      "psf_sampling: subpixel allows at most 2^26 sub-pixels in an image with all its bands")
  }

  /// What images hold beside source and lens light: the sky's electrons per second per pixel, unless they are subtracted.
  public var skyInImages: Double { isSkySubtracted ? 0 : sky }

  /// Brightness to electrons per second per pixel.
  public var brightnessFactor: Double {
    brightnessUnit == .perPixel ? 1 : pixelScale * pixelScale
  }
}

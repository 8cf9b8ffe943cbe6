import Foundation
import Instrument
import LensCore
import LensTestSupport
import Testing

struct PointSpreadFunctionTests {
  /// A few hundred roundings of a sum and of the exponential function.
  private static let ofPeak = 1e-12

  private func kernel(
    _ kind: some SpecKind, scale: Double,
    readImage: (KernelFilePSFSpec) throws -> Image<Double> = {
      throw FileError(path: $0.path, reason: "not asked for")
    }
  ) throws -> PointSpreadFunction? {
    try PointSpreadFunction.sample(
      PointSpreadFunctionSpec(kind), scale: scale, readImage: readImage)
  }

  private func spec(_ entry: [String: Any]) throws -> any SpecKind {
    let pixels = entry["num_pix"] as? Int ?? (entry["shape"] as? [Int])?.first
    let width = try #require(entry["fwhm"] as? Double)
    if entry["kind"] as? String == "moffat" {
      var moffat = MoffatPSFSpec()
      (moffat.fullWidthHalfMaximum, moffat.kernelPixels) = (width, pixels)
      moffat.beta = try #require(entry["beta"] as? Double)
      return moffat
    }
    var gaussian = GaussianPSFSpec()
    (gaussian.fullWidthHalfMaximum, gaussian.kernelPixels) = (width, pixels)
    return gaussian
  }

  @Test func `kernels are those of lenstronomy`() throws {
    let entries = try #require(try ReferenceData.json("psf/index.json")["kernels"] as? [[String: Any]])
    var worst = WorstError("kernels against lenstronomy, of the peak")
    for entry in entries {
      let file = try #require(entry["file"] as? String)
      let expected = try ReferenceData.images(file)[0]
      let scale = try #require(entry["delta_pix"] as? Double)
      let sampled = try #require(try kernel(spec(entry), scale: scale)).kernel
      try #require(sampled.width == expected.width && sampled.height == expected.height, "\(file)")
      for (a, b) in zip(sampled.pixels, expected.pixels) { worst.note((a - b) / expected.peak, at: file) }
    }
    worst.expect(atMost: Self.ofPeak)
    #expect(entries.count == 9)
  }

  @Test func `kernels are odd, symmetric, centred and sum to 1`() throws {
    let kinds: [any SpecKind] = [GaussianPSFSpec(), MoffatPSFSpec(), AiryPSFSpec()]
    var (sums, symmetry) = (WorstError("sums of kernels"), WorstError("symmetry of kernels, of the peak"))
    for kind in kinds {
      for scale in [0.01, 0.05, 0.2] {
        let function = try #require(try kernel(kind, scale: scale))
        let image = function.kernel
        #expect(image.width % 2 == 1 && image.width == image.height)
        #expect(image[x: image.width / 2, y: image.height / 2] == image.peak)
        sums.note(image.pixels.reduce(0, +) - 1, at: "\(kind)")
        for (a, b) in zip(image.pixels, image.pixels.reversed()) { symmetry.note((a - b) / image.peak) }
        guard let factor = function.separableFactor else { continue }
        sums.note(factor.reduce(0, +) - 1, at: "factor of \(kind)")
        for (index, pixel) in image.pixels.enumerated() {
          let product = factor[index % image.width] * factor[index / image.width]
          symmetry.note((pixel - product) / image.peak, at: "product")
        }
      }
    }
    sums.expect(atMost: Self.ofPeak)
    symmetry.expect(atMost: Self.ofPeak)
  }

  @Test func `the width at half maximum is what was asked for`() {
    var (gaussian, moffat) = (GaussianPSFSpec(), MoffatPSFSpec())
    for width in [0.05, 0.16, 2] {
      (gaussian.fullWidthHalfMaximum, moffat.fullWidthHalfMaximum) = (width, width)
      #expect(abs(gaussian.profile(width / 2) / gaussian.profile(0) - 0.5) < Self.ofPeak)
      for beta in [1.5, 3.5, 50] {
        moffat.beta = beta
        #expect(abs(moffat.profile(width / 2) / moffat.profile(0) - 0.5) < Self.ofPeak)
      }
    }
  }

  @Test func `the Airy pattern has its dark rings where they belong`() {
    var airy = AiryPSFSpec()
    (airy.wavelength, airy.apertureDiameter) = (550, 2.4)
    let resolution = 550e-9 / 2.4 * 180 * 3600 / Double.pi
    #expect(airy.profile(0) == 1 && abs(airy.profile(1e-12) - 1) < Self.ofPeak)
    // The zeros of J1 over pi: 1.22, 2.23 and 3.24 lambda / D (Born & Wolf, table 8.2).
    for zero in [1.219_669_891_266_504_5, 2.233_130_594_381_528_6, 3.238_315_484_166_236_2] {
      // The zero is rounded to 1e-15, and the amplitude falls through it with a slope below 1.
      #expect(airy.profile(zero * resolution) < 1e-28)
      #expect(
        airy.profile((zero - 0.1) * resolution) > 1e-6 && airy.profile((zero + 0.1) * resolution) > 1e-6)
    }
    // The first bright ring: 0.0175 of the peak at 1.635 lambda / D (the same table).
    #expect(abs(airy.profile(1.635 * resolution) - 0.0175) < 5e-5)
    #expect(abs(airy.profile(0.514_496_9 * resolution) - 0.5) < 1e-6)
  }

  @Test func `the default kernel reaches as far as it says`() throws {
    var gaussian = GaussianPSFSpec()
    gaussian.fullWidthHalfMaximum = 0.235_482_004_503_094_93
    #expect(try kernel(gaussian, scale: 0.05)?.kernel.width == 2 * 8 + 1)
    gaussian.kernelPixels = 1
    #expect(try kernel(gaussian, scale: 0.05)?.kernel.pixels == [1])
    #expect(try kernel(NoPSFSpec(), scale: 0.05) == nil)
  }

  @Test func `a kernel from a file is normalised, and refused when it is none`() throws {
    var file = KernelFilePSFSpec()
    file.path = "kernel.npy"
    func read(_ image: Image<Double>) throws -> PointSpreadFunction? {
      try kernel(file, scale: 0.05) { given in
        #expect(given == file)
        return image
      }
    }
    let normal = try read(Image(width: 3, height: 1, pixels: [1, 6, 1]))
    #expect(normal?.kernel.pixels == [0.125, 0.75, 0.125] && normal?.separableFactor == nil)
    let bad = [
      Image(width: 2, height: 3, repeating: 1.0), Image(width: 3, height: 2, repeating: 1),
      Image(width: 3, height: 3, repeating: 0), Image(width: 3, height: 1, pixels: [1, -2, 0]),
      Image(width: 3, height: 1, pixels: [1, .nan, 1]),
      Image(width: 3, height: 1, pixels: [1, .infinity, 1]),
    ]
    for image in bad {
      let error = #expect(throws: SpecError.self) { _ = try read(image) }
      #expect(error?.keyPath == "instrument.psf.file.path" && error?.value.contains("kernel.npy") == true)
    }
    #expect(throws: FileError.self) { _ = try kernel(file, scale: 0.05) }
  }

  /// Negative pixels would make the expected rate of dark parts negative.
  @Test func `a kernel with negative pixels is refused with the lowest, but for the rounding of a transform`()
    throws
  {
    var file = KernelFilePSFSpec()
    file.path = "kernel.npy"
    for (lowest, isAllowed) in [
      (-1e-2, false), (-1.1e-6, false), (-0.9e-6, true), (-1e-12, true), (-1e-300, true), (0, true),
    ] {
      // The peak is 4, of which the rule is a fraction.
      let pixels = [0.1, 0, 0, 1, 4, 4 * lowest, 0, 1, 4 * lowest / 2]
      let image = Image(width: 3, height: 3, pixels: pixels)
      guard isAllowed else {
        let error = #expect(throws: SpecError.self) { _ = try kernel(file, scale: 0.05) { _ in image } }
        #expect(
          error?.value.contains("\(4 * lowest) in pixel (2, 1)") == true, "\(String(describing: error))")
        continue
      }
      let found = try #require(try kernel(file, scale: 0.05) { _ in image }).kernel
      #expect(found.pixels.allSatisfy { $0 >= 0 } && found.pixels[5] == 0)
      #expect(abs(found.pixels.reduce(0, +) - 1) < Self.ofPeak)
    }
    for value in [Double.nan, .infinity, -.infinity] {
      let image = Image(width: 3, height: 1, pixels: [1, 1, value])
      let error = #expect(throws: SpecError.self) { _ = try kernel(file, scale: 0.05) { _ in image } }
      #expect(error?.value.contains("\(value) in pixel (2, 0)") == true)
    }
  }
}

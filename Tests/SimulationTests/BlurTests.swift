import Instrument
import LensCore
import LensNumerics
import LensTestSupport
import Testing

struct BlurTests {
  private func function(
    _ kind: some SpecKind, scale: Double = 0.05, kernel: Image<Double>? = nil
  ) throws -> PointSpreadFunction? {
    try PointSpreadFunction.sample(PointSpreadFunctionSpec(kind), scale: scale) { path in
      try #require(kernel, "\(path)")
    }
  }

  /// The same kernel by way of a transform, which is how kernels from files are applied.
  private func fromFile(_ kernel: Image<Double>) throws -> PointSpreadFunction? {
    var file = KernelFilePSFSpec()
    file.path = "given"
    return try function(file, kernel: kernel)
  }

  private func blurred<Scalar: LensScalar>(
    _ image: Image<Scalar>, _ function: PointSpreadFunction?
  ) throws -> Image<Scalar> {
    let blur = try Blur<Scalar>(function, width: image.width, height: image.height)
    var result = image
    blur.apply(to: &result, workspace: try blur.makeWorkspace())
    return result
  }

  private func noise<Scalar: LensScalar>(_ width: Int, _ height: Int) -> Image<Scalar> {
    let stream = RandomKey(seed: 8, sample: 0).stream("image")
    return Image(
      width: width, height: height, pixels: (0..<width * height).map { Scalar(stream.uniform(UInt32($0))) })
  }

  @Test func `convolutions are those of lenstronomy`() throws {
    let entries = try #require(try ReferenceData.json("psf/index.json")["convolutions"] as? [[String: Any]])
    var worst = WorstError("convolutions against lenstronomy, of the peak")
    for entry in entries where ["fft", "fft_static", "grid"].contains(entry["type"] as? String) {
      let names = try ["input", "kernel", "file"].map { try #require(entry[$0] as? String) }
      let images = try names.map { try ReferenceData.images($0)[0] }
      let result = try blurred(images[0], fromFile(images[1]))
      for (a, b) in zip(result.pixels, images[2].pixels) {
        worst.note((a - b) / images[2].peak, at: names[2])
      }
    }
    // Both transform in Double; 1e-12 leaves room for the two different ways of summing.
    worst.expect(atMost: 1e-12)
    #expect(worst.count == 6 * 64 * 64)
  }

  @Test func `blurring at sub-pixels and averaging is lenstronomy's supersampled convolution`() throws {
    let input = try ReferenceData.images("psf/conv_input_super2_128.npy")[0]
    let kernel = try ReferenceData.images("psf/gauss_super2_n21_pix0.025_sigma0.1.npy")[0]
    let expected = try ReferenceData.images("psf/conv_super2_out_64.npy")[0]
    let fine = try blurred(input, fromFile(kernel))
    var worst = WorstError("supersampled convolution against lenstronomy, of the peak")
    for y in 0..<64 {
      for x in 0..<64 {
        let lower = fine[x: 2 * x, y: 2 * y] + fine[x: 2 * x + 1, y: 2 * y]
        let upper = fine[x: 2 * x, y: 2 * y + 1] + fine[x: 2 * x + 1, y: 2 * y + 1]
        worst.note(((lower + upper) / 4 - expected[x: x, y: y]) / expected.peak, at: "\(x), \(y)")
      }
    }
    worst.expect(atMost: 1e-12)
  }

  @Test(arguments: [(1, 1), (5, 9), (64, 64), (75, 40)])
  func `row by row and by transform is the same`(width: Int, height: Int) throws {
    func check<Scalar: LensScalar>(_ type: Scalar.Type, atMost bound: Double) throws {
      var gaussian = GaussianPSFSpec()
      gaussian.fullWidthHalfMaximum = 0.3
      let separable = try #require(try function(gaussian))
      #expect(separable.separableFactor != nil)
      let image: Image<Scalar> = noise(width, height)
      let (rows, transform) = (try blurred(image, separable), try blurred(image, fromFile(separable.kernel)))
      var worst = WorstError("separable against Fourier, \(type), \(width) x \(height), of the peak")
      for (a, b) in zip(rows.pixels, transform.pixels) { worst.note(Double(a - b) / Double(rows.peak)) }
      worst.expect(atMost: bound)
    }
    // Rounding of some tens of sums and of a transform: 100 ulpOfOne and more for Float, as `AccuracySpec` allows.
    try check(Float.self, atMost: 1e-5)
    try check(Double.self, atMost: 1e-12)
  }

  @Test func `every method keeps the flux of a source inside the image`() throws {
    var image = Image(width: 101, height: 91, repeating: 0.0)
    image[x: 50, y: 45] = 2
    image[x: 40, y: 50] = 1
    var worst = WorstError("flux after the blur, relative")
    for kind in [GaussianPSFSpec(), MoffatPSFSpec(), NoPSFSpec()] as [any SpecKind] {
      worst.note(try blurred(image, function(kind)).pixels.reduce(0, +) / 3 - 1, at: "\(kind)")
    }
    worst.expect(atMost: 1e-12)
  }

  @Test func `no point spread function leaves the image as it is`() throws {
    let image: Image<Float> = noise(12, 7)
    #expect(try blurred(image, nil) == image)
  }

  @Test func `a workspace can be used again`() throws {
    var (first, other): (Image<Float>, Image<Float>) = (
      noise(30, 20), Image(width: 30, height: 20, repeating: 1e6)
    )
    var again = first
    for kind in [GaussianPSFSpec(), MoffatPSFSpec()] as [any SpecKind] {
      let blur = try Blur<Float>(try function(kind), width: 30, height: 20)
      let workspace = try blur.makeWorkspace()
      for _ in 0..<2 {
        blur.apply(to: &first, workspace: workspace)
        blur.apply(to: &other, workspace: workspace)
        blur.apply(to: &again, workspace: workspace)
        #expect(first == again)
      }
    }
  }
}

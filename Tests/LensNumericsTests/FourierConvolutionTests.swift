import LensCore
import LensNumerics
import LensTestSupport
import Testing

/// A transform of N numbers errs by about ulpOfOne sqrt(log2 N) of their root mean square (FFTW's accuracy page);
/// 16 ulpOfOne of the largest result leaves room for three transforms and a product.
private func tolerance<Scalar: LensScalar>(_ type: Scalar.Type) -> Double { 16 * Double(Scalar.ulpOfOne) }

struct FourierConvolutionTests {
  private static let sizes = [(1, 1), (8, 8), (7, 5), (16, 9), (11, 30), (64, 64), (150, 149)]
  private static let kernelSizes = [(1, 1), (3, 3), (5, 1), (4, 4), (2, 7), (31, 31), (71, 13)]

  private func noise<Scalar: LensScalar>(_ width: Int, _ height: Int, _ name: String) -> Image<Scalar> {
    let stream = RandomKey(seed: 3, sample: 0).stream(name)
    return Image(
      width: width, height: height, pixels: (0..<width * height).map { Scalar(stream.uniform(UInt32($0))) })
  }

  /// The definition: output (x, y) = sum of kernel (i, j) times input (x + cx - i, y + cy - j).
  private func direct(_ image: Image<Double>, _ kernel: Image<Double>) -> Image<Double> {
    var result = Image(width: image.width, height: image.height, repeating: 0.0)
    for y in 0..<image.height {
      for x in 0..<image.width {
        for j in 0..<kernel.height {
          for i in 0..<kernel.width {
            let (u, v) = (x + kernel.width / 2 - i, y + kernel.height / 2 - j)
            guard u >= 0, v >= 0, u < image.width, v < image.height else { continue }
            result[x: x, y: y] += kernel[x: i, y: j] * image[x: u, y: v]
          }
        }
      }
    }
    return result
  }

  private func convolved<Scalar: LensScalar>(
    _ image: Image<Scalar>, _ kernel: Image<Double>
  ) throws -> Image<Scalar> {
    let convolution = try FourierConvolution<Scalar>(width: image.width, height: image.height, kernel: kernel)
    var result = image
    convolution.convolve(&result, workspace: try convolution.makeWorkspace())
    return result
  }

  private func checkAgainstDirectSum<Scalar: LensScalar>(_ type: Scalar.Type) throws {
    var worst = WorstError("convolution against the direct sum, \(type), of the peak")
    for (width, height) in Self.sizes {
      for (kernelWidth, kernelHeight) in Self.kernelSizes
      // The direct sum takes too long otherwise.
      where width * height * kernelWidth * kernelHeight < 1_000_000 {
        let image: Image<Scalar> = noise(width, height, "image")
        let kernel: Image<Double> = noise(kernelWidth, kernelHeight, "kernel")
        let result = try convolved(image, kernel)
        let expected = direct(image.map { Double($0) }, kernel)
        let peak = expected.peak
        for (a, b) in zip(result.pixels, expected.pixels) {
          worst.note(
            (Double(a) - b) / peak, at: "\(width) x \(height), kernel \(kernelWidth) x \(kernelHeight)")
        }
      }
    }
    worst.expect(atMost: tolerance(type))
  }

  @Test func `the result is the direct sum`() throws {
    try checkAgainstDirectSum(Float.self)
    try checkAgainstDirectSum(Double.self)
  }

  @Test func `convolution is linear`() throws {
    let (a, b): (Image<Double>, Image<Double>) = (noise(40, 31, "a"), noise(40, 31, "b"))
    let kernel: Image<Double> = noise(9, 7, "kernel")
    let sum = Image(width: 40, height: 31, pixels: zip(a.pixels, b.pixels).map { 2 * $0 - 3 * $1 })
    let (ofA, ofB, ofSum) = (try convolved(a, kernel), try convolved(b, kernel), try convolved(sum, kernel))
    var worst = WorstError("linearity, of the peak")
    let peak = 2 * ofA.peak + 3 * ofB.peak
    for i in ofSum.pixels.indices {
      worst.note((ofSum.pixels[i] - 2 * ofA.pixels[i] + 3 * ofB.pixels[i]) / peak)
    }
    worst.expect(atMost: tolerance(Double.self))
  }

  @Test func `an impulse becomes the kernel around it and moves with it`() throws {
    let kernel: Image<Double> = noise(5, 7, "kernel")
    var worst = WorstError("impulse response")
    for (x, y) in [(0, 0), (10, 12), (19, 23), (3, 22)] {
      var image = Image(width: 20, height: 24, repeating: 0.0)
      image[x: x, y: y] = 1
      let result = try convolved(image, kernel)
      for v in 0..<24 {
        for u in 0..<20 {
          let (i, j) = (u - x + 2, v - y + 3)
          let isInside = i >= 0 && j >= 0 && i < 5 && j < 7
          worst.note(result[x: u, y: v] - (isInside ? kernel[x: i, y: j] : 0), at: "impulse \(x), \(y)")
        }
      }
    }
    worst.expect(atMost: tolerance(Double.self))
  }

  @Test func `nothing is left in a workspace from image to image`() throws {
    let kernel: Image<Double> = noise(9, 9, "kernel")
    let convolution = try FourierConvolution<Float>(width: 33, height: 20, kernel: kernel)
    let workspace = try convolution.makeWorkspace()
    let image: Image<Float> = noise(33, 20, "image")
    var (first, between, last) = (image, Image<Float>(width: 33, height: 20, repeating: 1e6), image)
    convolution.convolve(&first, workspace: workspace)
    convolution.convolve(&between, workspace: workspace)
    convolution.convolve(&last, workspace: workspace)
    #expect(first == last)
    #expect(first == (try convolved(image, kernel)), "another plan gives other bits")
  }

  @Test func `two threads that share a plan get identical results`() async throws {
    let convolution = try FourierConvolution<Float>(width: 100, height: 90, kernel: noise(21, 21, "kernel"))
    let images: [Image<Float>] = (0..<40).map { noise(100, 90, "image \($0)") }
    @Sendable func all() throws -> [Image<Float>] {
      let workspace = try convolution.makeWorkspace()
      return images.map { image in
        var image = image
        convolution.convolve(&image, workspace: workspace)
        return image
      }
    }
    let alone = try all()
    try await withThrowingTaskGroup(of: [Image<Float>].self) { group in
      for _ in 0..<2 { group.addTask { try all() } }
      // Plans come and go meanwhile, under the planner's lock.
      group.addTask { [kernel = self.noise(3, 3, "kernel") as Image<Double>] in
        for size in 10..<40 { _ = try FourierConvolution<Float>(width: size, height: size, kernel: kernel) }
        return alone
      }
      for try await result in group { #expect(result == alone) }
    }
  }
}

import LensCore
import LensNumerics

/// The noise of one exposure: Poisson for the photons of source, lens light and sky, Gaussian for read-out.
public struct DetectorNoise: Sendable {
  public let sky: Double
  public let readNoise: Double
  /// Seconds.
  public let exposureTime: Double

  public init(instrument: InstrumentSpec, exposureTime: Double) {
    sky = instrument.sky
    readNoise = instrument.readNoise
    self.exposureTime = exposureTime
  }

  /// Pixels that are drawn at a time; even, because normal numbers come in pairs.
  private static let blockSize = 1024

  /// One exposure: counts divided by the exposure time, with the mean sky subtracted.
  ///
  /// Pixel p's photons come from positions of its own in the stream `noise.photons` of the key, its read-out noise from
  /// block p / 2 of `noise.read_out`; so its noise depends on nothing but (seed, sample, p) and its own brightness.
  ///
  /// - Parameters:
  ///   - rate: Electrons per second per pixel of source and lens light.
  /// - Returns: Electrons per second per pixel.
  /// - Throws: `NumericalError.notFinite` if a rate is not finite.
  public func expose(_ rate: Image<Float>, key: RandomKey) throws -> Image<Float> {
    let photons = key.stream("noise.photons")
    let readOut = key.stream("noise.read_out")
    var image = rate
    var memory = [Double](repeating: 0, count: 4 * Self.blockSize)
    try memory.withUnsafeMutableBufferPointer { buffer in
      guard let block = NoiseBlock(buffer, size: Self.blockSize) else { return }
      for start in stride(from: 0, to: rate.pixels.count, by: Self.blockSize) {
        let pixels = start..<min(start + Self.blockSize, rate.pixels.count)
        try drawPhotons(rate.pixels[pixels], photons, block)
        if readNoise > 0 {
          fillNormals(
            block.normals, count: Self.blockSize, stream: readOut,
            firstBlock: UInt32(truncatingIfNeeded: start / 2), scratch: block.scratch)
        }
        for (i, pixel) in pixels.enumerated() {
          let electrons = readNoise > 0 ? block.counts[i] + readNoise * block.normals[i] : block.counts[i]
          image.pixels[pixel] = Float(electrons / exposureTime - sky)
        }
      }
    }
    return image
  }

  /// Poisson counts of a run of pixels.
  private func drawPhotons(_ rates: ArraySlice<Float>, _ stream: RandomStream, _ block: NoiseBlock) throws {
    let (means, counts) = (block.means, block.counts)
    let first = UInt32(truncatingIfNeeded: rates.startIndex) &* 256
    for (i, rate) in rates.enumerated() { means[i] = (Double(rate) + sky) * exposureTime }
    fillPoissonFirstAttempts(counts, means: means, count: rates.count, stream: stream, first: first)
    for i in 0..<rates.count where counts[i] < 0 {
      counts[i] = try poissonDraw(
        mean: means[i], stream: stream, first: first &+ 256 &* UInt32(truncatingIfNeeded: i))
    }
  }
}

/// The numbers of one block of pixels, as views of memory that the caller keeps.
private struct NoiseBlock {
  let means: Column<Double>
  let counts: Column<Double>
  let normals: Column<Double>
  let scratch: Column<Double>

  init?(_ buffer: UnsafeMutableBufferPointer<Double>, size: Int) {
    func column(_ number: Int) -> Column<Double>? {
      Column(viewing: UnsafeMutableBufferPointer(rebasing: buffer[(number * size)..<((number + 1) * size)]))
    }
    guard let means = column(0), let counts = column(1), let normals = column(2), let scratch = column(3)
    else {
      return nil
    }
    (self.means, self.counts, self.normals, self.scratch) = (means, counts, normals, scratch)
  }
}

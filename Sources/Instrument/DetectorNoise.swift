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
  /// Pixel p draws from positions of its own in the streams `noise.photons` and `noise.read_out` of the key, so
  /// its noise depends on nothing but (seed, sample, p) and the pixel's own brightness.
  ///
  /// - Parameters:
  ///   - rate: Electrons per second per pixel of source and lens light.
  /// - Returns: Electrons per second per pixel.
  /// - Throws: `NumericalError.notFinite` if a rate is not finite.
  public func expose(_ rate: Image<Float>, key: RandomKey) throws -> Image<Float> {
    let photons = key.stream("noise.photons")
    let readOut = key.stream("noise.read_out")
    var image = rate
    let tile = RayTile<Double>(count: Self.blockSize)
    for start in stride(from: 0, to: rate.pixels.count, by: Self.blockSize) {
      let block = start..<min(start + Self.blockSize, rate.pixels.count)
      try drawPhotons(rate.pixels[block], photons, tile)
      if readNoise > 0 {
        fillNormals(
          tile.scratch.a, count: Self.blockSize, stream: readOut,
          firstBlock: UInt32(truncatingIfNeeded: start / 2), scratch: tile.scratch.b)
      }
      let counts = tile.brightness
      for (i, pixel) in block.enumerated() {
        let electrons = readNoise > 0 ? counts[i] + readNoise * tile.scratch.a[i] : counts[i]
        image.pixels[pixel] = Float(electrons / exposureTime - sky)
      }
    }
    return image
  }

  /// Poisson counts of a run of pixels into `tile.brightness`.
  private func drawPhotons(_ rates: ArraySlice<Float>, _ stream: RandomStream, _ tile: RayTile<Double>) throws
  {
    let (means, counts) = (tile.potential, tile.brightness)
    let first = UInt32(truncatingIfNeeded: rates.startIndex) &* 256
    for (i, rate) in rates.enumerated() { means[i] = (Double(rate) + sky) * exposureTime }
    fillPoissonFirstAttempts(counts, means: means, count: rates.count, stream: stream, first: first)
    for i in 0..<rates.count where counts[i] < 0 {
      counts[i] = try poissonDraw(
        mean: means[i], stream: stream, first: first &+ 256 &* UInt32(truncatingIfNeeded: i))
    }
  }
}

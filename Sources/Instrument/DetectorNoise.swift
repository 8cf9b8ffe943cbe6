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
    var pixels: [Float] = []
    pixels.reserveCapacity(rate.pixels.count)
    for (index, value) in rate.pixels.enumerated() {
      let position = UInt32(truncatingIfNeeded: index)
      var counts = try poissonDraw(
        mean: (Double(value) + sky) * exposureTime, stream: photons, first: position &* 256)
      if readNoise > 0 { counts += readNoise * readOut.normal(position) }
      pixels.append(Float(counts / exposureTime - sky))
    }
    return Image(width: rate.width, height: rate.height, pixels: pixels)
  }
}

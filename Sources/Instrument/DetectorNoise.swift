import LensCore
import LensNumerics

/// The noise of one exposure: Poisson for the photons of source, lens light and sky, Gaussian for read-out.
package struct DetectorNoise: Sendable {
  package let sky: Double
  /// Of the sky, electrons per second per pixel.
  private let subtracted: Double
  package let readNoise: Double
  /// Seconds.
  package let exposureTime: Double
  /// Electrons in one pixel. The arithmetic in single precision is off by up to 3e-7 of the electrons, which here is
  /// 0.03 standard deviations of their noise; of more, noise would be lost.
  package static let mostElectrons: Float = 1e10

  /// What the names of its random streams end with.
  private let suffix: String

  /// - Parameters:
  ///   - instrument: Of one band.
  ///   - band: Its name, so that every band's noise is its own; nil for a camera without bands.
  package init(instrument: InstrumentSpec, exposureTime: Double, band: String? = nil) {
    suffix = band.map { ".\($0)" } ?? ""
    sky = instrument.sky
    subtracted = instrument.sky - instrument.skyInImages
    readNoise = instrument.readNoise
    self.exposureTime = exposureTime
  }

  /// One exposure: counts divided by the exposure time, with the mean sky subtracted unless the instrument keeps it.
  ///
  /// Pixels are drawn in blocks of `drawBlockSize`; pixel p's photons and read-out noise come from places of its own in
  /// the streams `noise.photons` and `noise.read_out` of the key, with the band's name behind a dot if it has one. So its noise depends on nothing but (seed, sample,
  /// p) and its own brightness.
  ///
  /// - Parameters:
  ///   - rate: Electrons per second per pixel of source and lens light.
  ///   - memory: Overwritten.
  /// - Returns: Electrons per second per pixel.
  /// - Throws: `NumericalError.notFinite` if a rate is not finite, `.noSolution` if a pixel would hold more than
  ///   `mostElectrons`.
  package func expose(_ rate: Image<Float>, key: RandomKey, memory: NoiseMemory = NoiseMemory()) throws
    -> Image<
      Float
    >
  {
    var image = rate
    let count = rate.pixels.count
    var isHeld = true
    let (photons, readOut) = (key.stream("noise.photons" + suffix), key.stream("noise.read_out" + suffix))
    image.pixels.withUnsafeMutableBufferPointer { pixels in
      guard let pixels = Column(viewing: pixels) else { return }
      for start in stride(from: 0, to: count, by: drawBlockSize) {
        let length = min(drawBlockSize, count - start)
        exposeBlock(pixels, start, length, photons, readOut, memory)
        isHeld = isHeld && !isAnyTooBright(memory.means)
      }
    }
    if let bad = firstNonFinite(rate.pixels) ?? firstNonFinite(image.pixels) {
      throw NumericalError.notFinite(
        quantity: "exposed image", context: "the rate \(rate.pixels[bad]) of pixel \(bad), \(exposureTime) s")
    }
    guard isHeld else { throw tooBright(rate) }
    return image
  }

  private func isAnyTooBright(_ means: Column<Float>) -> Bool {
    stride(from: 0, to: drawBlockSize, by: 16).contains {
      Float.isAnyOfSixteen(means, at: $0, above: Self.mostElectrons)
    }
  }

  private func tooBright(_ rate: Image<Float>) -> NumericalError {
    let electrons = (Double(rate.peak) + sky) * exposureTime
    return .noSolution(
      quantity: "exposed image",
      context:
        "the brightest pixel would hold \(electrons) electrons of light and sky after \(exposureTime) s, and "
        + "single precision holds the noise of at most \(specNumber(Double(Self.mostElectrons))): lower "
        + "instrument.exposure_time or the signal-to-noise ratio, or make source, lens and sky fainter")
  }

  private func exposeBlock(
    _ pixels: Column<Float>, _ start: Int, _ count: Int, _ photons: RandomStream, _ readOut: RandomStream,
    _ memory: NoiseMemory
  ) {
    let (time, sky, subtracted) = (Float(exposureTime), Float(sky), Float(subtracted))
    let readNoise = Float(readNoise)
    let (means, counts, normals) = (memory.means, memory.counts, memory.normals)
    for i in 0..<count { means[i] = (pixels[start &+ i] + sky) * time }
    for i in count..<drawBlockSize { means[i] = smallestExpandedMean }
    memory.words.fill(from: photons, firstBlock: UInt32(truncatingIfNeeded: start / 2))
    fillPoisson(
      counts, means: means, words: memory.words, radius: memory.radius, turns: memory.turns)
    if readNoise > 0 {
      fillNormals(
        normals, from: readOut, firstBlock: UInt32(truncatingIfNeeded: start / 4), words: memory.words,
        radius: memory.radius, turns: memory.turns)
      for i in 0..<count { counts[i] += readNoise * normals[i] }
    }
    for i in 0..<count { pixels[start &+ i] = counts[i] / time - subtracted }
  }
}

/// Memory for the numbers of one block of pixels; belongs to one thread.
package final class NoiseMemory {
  private let tile = RayTile<Float>(count: drawBlockSize)
  private let high = ColumnStorage<UInt32>(count: drawBlockSize, repeating: 0)
  private let low = ColumnStorage<UInt32>(count: drawBlockSize, repeating: 0)

  package init() {}

  var means: Column<Float> { tile.image.x }
  var counts: Column<Float> { tile.image.y }
  var normals: Column<Float> { tile.deflection.x }
  var radius: Column<Float> { tile.deflection.y }
  var turns: Column<Float> { tile.source.x }
  var words: RandomWords { RandomWords(high: high.column, low: low.column) }
}

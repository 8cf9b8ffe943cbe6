import Instrument
import LensCore

/// The exposures of one scene and what is known about them, a frame for each band of the camera.
public struct Observation: Sendable {
  /// Electrons per second per pixel, sky subtracted unless the instrument keeps it; with noise unless it has none.
  public let image: Frames<Float>
  /// Blurred lensed light of the source without noise, electrons per second per pixel.
  public let sourceLight: Frames<Float>
  /// Blurred light of the lens without noise, electrons per second per pixel.
  public let lensLight: Frames<Float>
  /// Seconds, one for each band.
  public let exposureTimes: [Double]
  /// One for each band.
  public let signalToNoise: [SignalToNoiseValues]

  /// Source and lens light without noise: what the photons were drawn from.
  public var noiseFree: Frames<Float> {
    var sum = sourceLight
    for pixel in sum.pixels.indices { sum.pixels[pixel] += lensLight.pixels[pixel] }
    return sum
  }
}

/// The light that falls on the pixels of a camera, and how long it is exposed.
struct LightOnCamera {
  private let scene: SceneSpec
  private let source: Frames<Float>
  private let lens: Frames<Float>
  /// One for each band.
  private let cameras: [InstrumentSpec]
  private let ratios: [SignalToNoise]

  /// - Parameter source, lens: Electrons per second per pixel, without noise.
  init(_ scene: SceneSpec, source: Frames<Float>, lens: Frames<Float>) {
    (self.scene, self.source, self.lens) = (scene, source, lens)
    cameras = scene.instrument.cameras
    ratios = cameras.enumerated().map {
      SignalToNoise(source: source[$0], lens: lens[$0], instrument: $1)
    }
  }

  /// Seconds, one for each band, and the ratios after them. Where a signal-to-noise ratio is asked for in one band, the others keep
  /// their proportion to it.
  ///
  /// - Throws: `NumericalError` if no exposure time gives the ratio.
  func exposures() throws -> (times: [Double], ratios: [SignalToNoiseValues]) {
    let given = cameras.map(\.exposureTime)
    guard let target = scene.signalToNoise else { return (given, values(after: given)) }
    let band = target.band.flatMap { scene.instrument.bands.names.firstIndex(of: $0) } ?? 0
    let time = try ratios[band].exposureTime(for: target.definition, value: target.value)
    let times = given.enumerated().map { $0 == band ? time : time * ($1 / given[band]) }
    try requirePossible(times, besides: band)
    let reached = values(after: times)
    try requireReached(target, reached[band])
    return (times, reached)
  }

  private func values(after times: [Double]) -> [SignalToNoiseValues] {
    zip(ratios, times).map { $0.values(exposureTime: $1) }
  }

  /// The proportions of exposures may ask for ones in other bands that no telescope makes.
  private func requirePossible(_ times: [Double], besides solved: Int) throws {
    for (band, time) in times.enumerated()
    where band != solved && !(1e-9...SignalToNoise.longestExposure).contains(time) {
      throw NumericalError.noSolution(
        quantity: "exposure time",
        context:
          "the band \(scene.instrument.bands.names[band]) would be exposed for "
          + "\(time) s in its proportion to the band of signal_to_noise, 1e-9 to \(specNumber(SignalToNoise.longestExposure)) s are "
          + "allowed: change the exposure_time of a band")
    }
  }

  /// Solved ratios are measured again: they are what was asked for but for rounding, or, of the total, which jumps, more.
  private func requireReached(_ target: SignalToNoiseTarget, _ values: SignalToNoiseValues) throws {
    let reached = values[target.definition] ?? .nan
    let isTooLarge = target.definition != .total && reached > target.value * (1 + 1e-6)
    guard reached >= target.value * (1 - 1e-6), !isTooLarge else {
      throw NumericalError.noSolution(
        quantity: "exposure time",
        context:
          "\(target.definition.rawValue) signal-to-noise \(specNumber(target.value)) was asked for, \(reached) "
          + "is what the time found gives")
    }
  }

  /// - Parameter key: Where the noise comes from.
  func expose(_ key: RandomKey, _ memory: NoiseMemory) throws -> Observation {
    let (times, reached) = try exposures()
    let images = try cameras.indices.map { try expose($0, for: times[$0], key, memory) }
    return Observation(
      image: Frames(images), sourceLight: source, lensLight: lens, exposureTimes: times,
      signalToNoise: reached)
  }

  private func expose(
    _ band: Int, for time: Double, _ key: RandomKey, _ memory: NoiseMemory
  ) throws -> Image<Float> {
    let camera = cameras[band]
    var total = source[band]
    add(lens[band], to: &total)
    let sky = Float(camera.skyInImages)
    if !camera.noise { return sky == 0 ? total : total.map { $0 + sky } }
    let bands = scene.instrument.bands.names
    let detector = DetectorNoise(
      instrument: camera, exposureTime: time, band: bands.isEmpty ? nil : bands[band])
    return try detector.expose(total, key: key, memory: memory)
  }
}

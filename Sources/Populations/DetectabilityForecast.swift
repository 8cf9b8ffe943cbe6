import Instrument
import LensCore
import LensNumerics
import Simulation

/// Forecasts how well the substructure of a population's samples can be seen: a Fisher forecast through the renderer.
///
/// With d the change of the expected image, V the variance of the noise of the image without substructure, and J the
/// derivatives of that image by the population's drawn parameters, `known` is |d| and `projected` the length of the part of d that is
/// perpendicular to the columns of J, all in units of the noise, V^-1/2. It is what a chi-square is raised by when the smooth model
/// is fitted again, as long as that is linear.
///
/// Reference: Tegmark, Taylor & Heavens (1997), ApJ 480, 22, section 2; Coe & Moustakas (2009) marginalize alike.
public struct DetectabilityForecast: Sendable {
  private let plan: PopulationPlan
  private let simulator: ImageSimulator

  /// By how many standard deviations of the noise an image is moved to take a derivative: far more than the sampling of rays
  /// errs, and little enough to be in proportion.
  private static let step = 4.0

  /// - Parameter plan: Also says how kernels are read.
  /// - Throws: `NumericalError` if the instrument cannot be prepared.
  public init(_ plan: PopulationPlan) throws {
    self.plan = plan
    var accuracy = plan.spec.accuracy
    accuracy.precision = .double
    simulator = try ImageSimulator(
      instrument: plan.spec.instrument, accuracy: accuracy, readImage: plan.readImage)
  }

  /// - Parameter sample: Of the same population.
  /// - Returns: Zeros for a sample without substructure.
  /// - Throws: `NumericalError` if a scene cannot be rendered.
  public func callAsFunction(_ sample: Sample) throws -> Detectability {
    if sample.drawn.isSmooth { return Detectability(known: 0, projected: 0) }
    let simulator = try simulator(of: sample)
    let workspace = try simulator.makeWorkspace()
    let (scene, free) = try plan.smoothScene(of: sample.drawn)
    let smooth = try simulator.expectedImage(of: scene, workspace: workspace).pixels.map { Double($0) }
    let weights = self.weights(smooth, scene.instrument, sample.observation.exposureTimes)
    func whitened(_ image: Frames<Float>) -> [Double] {
      var difference = smooth
      for pixel in difference.indices {
        difference[pixel] = (Double(image.pixels[pixel]) - smooth[pixel]) * weights[pixel]
      }
      return difference
    }
    let change = whitened(try simulator.expectedImage(of: sample.drawn.scene, workspace: workspace))
    var rest = Complement(of: change)
    // Camera and exposure are known.
    for parameter in free
    where !["signal_to_noise.", "instrument."].contains(where: parameter.name.hasPrefix) {
      let derivative = try derivative(parameter, of: sample.drawn.index) { value in
        let moved = try plan.smoothScene(of: sample.drawn, replacing: [parameter.name: value]).scene
        return whitened(try simulator.expectedImage(of: moved, workspace: workspace))
      }
      if let derivative { rest.remove(derivative) }
    }
    return Detectability(known: norm(change), projected: min(rest.length, norm(change)))
  }

  /// One for the sample's own blur, if it is drawn.
  private func simulator(of sample: Sample) throws -> ImageSimulator {
    if !plan.drawsBlur { return simulator }
    return try ImageSimulator(
      instrument: sample.drawn.scene.instrument, accuracy: simulator.accuracy, readImage: plan.readImage)
  }

  /// One over the standard deviation of the noise, band after band; 0 for pixels that have neither noise nor light.
  private func weights(
    _ rates: [Double], _ instrument: InstrumentSpec, _ exposureTimes: [Double]
  ) -> [Double] {
    let size = instrument.width * instrument.height
    return zip(instrument.cameras, exposureTimes).enumerated().flatMap { band, exposure in
      let (camera, time) = exposure
      return rates[(band * size)..<((band + 1) * size)].map { rate in
        let counts = (max(rate, 0) + camera.sky) * time + camera.readNoise * camera.readNoise
        return counts > 0 ? time / counts.squareRoot() : 0
      }
    }
  }

  /// In units that do not matter: only its direction does. Nil for a parameter without effect.
  ///
  /// - Parameter change: Of the image in units of the noise, for a value of the parameter.
  private func derivative(
    _ parameter: FreeParameter, of index: Int, _ change: (Double) throws -> [Double]
  ) throws -> [Double]? {
    // Beyond a parameter's limits there may be no lens; one of both sides there always is.
    func side(_ step: Double) -> [Double]? { try? change(parameter.value + step) }
    var step = 1e-4 * parameter.width
    for _ in 0..<2 {
      guard let trial = side(step) ?? side(-step) else {
        throw NumericalError.noSolution(
          quantity: "forecast",
          context: "of sample \(index) no lens can be rendered beside \(parameter.name) = \(parameter.value)")
      }
      let moved = norm(trial)
      if moved == 0 { return nil }
      step = min(step * Self.step / moved, parameter.width / 10)
    }
    switch (side(step), side(-step)) {
    case (let right?, let left?): return zip(right, left).map { $0 - $1 }
    case (nil, nil): return try change(parameter.value + step)
    case (let near?, nil): return side(2 * step).map { far in zip(near, far).map { 4 * $0 - $1 } } ?? near
    case (nil, let near?): return side(-2 * step).map { far in zip(near, far).map { 4 * $0 - $1 } } ?? near
    }
  }
}

private func dot(_ a: [Double], _ b: [Double]) -> Double {
  var sum = 0.0
  for place in a.indices { sum += a[place] * b[place] }
  return sum
}

private func norm(_ a: [Double]) -> Double { dot(a, a).squareRoot() }

/// What is left of a vector perpendicular to others.
private struct Complement {
  private var rest: [Double]
  private var basis: [[Double]] = []

  /// Below this part of its length a direction is told from the others by rounding alone.
  private static let smallestPart = 1e-6

  init(of vector: [Double]) { rest = vector }

  var length: Double { norm(rest) }

  /// Gram and Schmidt, twice, for what rounding leaves of the first time.
  mutating func remove(_ direction: [Double]) {
    var direction = direction
    let whole = norm(direction)
    for _ in 0..<2 { for other in basis { Self.subtract(other, from: &direction) } }
    let part = norm(direction)
    guard part > Self.smallestPart * whole, part.isFinite else { return }
    for place in direction.indices { direction[place] /= part }
    Self.subtract(direction, from: &rest)
    basis.append(direction)
  }

  private static func subtract(_ unit: [Double], from vector: inout [Double]) {
    let length = dot(unit, vector)
    for place in vector.indices { vector[place] -= length * unit[place] }
  }
}

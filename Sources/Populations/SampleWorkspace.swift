import Simulation

/// Memory that is reused from sample to sample; belongs to one thread.
///
/// It also remembers how long the last smooth scene of a matched tuple was exposed: the other samples of the tuple, which as
/// a rule follow, are exposed as long.
public final class SampleWorkspace {
  let simulator: ImageSimulator.Workspace
  private var lastExposure: (sky: Sky, seconds: [Double])?

  /// What a smooth scene follows from.
  struct Sky: Equatable {
    let plan: PopulationIdentity
    let number: UInt64
    let attempt: Int
  }

  init(_ simulator: ImageSimulator.Workspace) { self.simulator = simulator }

  /// - Parameter measure: Asked if another scene came last.
  func exposureTimes(of sky: Sky, _ measure: () throws -> [Double]) rethrows -> [Double] {
    if let lastExposure, lastExposure.sky == sky { return lastExposure.seconds }
    let seconds = try measure()
    note(exposureTimes: seconds, of: sky)
    return seconds
  }

  func note(exposureTimes seconds: [Double], of sky: Sky) { lastExposure = (sky, seconds) }
}

/// Equal only for plans of which one was made from the other by turning pairs on or off.
final class PopulationIdentity: Sendable, Equatable {
  static func == (first: PopulationIdentity, second: PopulationIdentity) -> Bool { first === second }
}

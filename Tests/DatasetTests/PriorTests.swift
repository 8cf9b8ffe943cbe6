import Dataset
import Foundation
import LensTestSupport
import Populations
import Testing

/// What is drawn follows the priors of the papers (see the sources named in Profiles/model-a.yaml).
struct PriorTests {
  /// Scenes per class.
  private static let count = 4000

  private static let models: [String: [String: Prior]] = {
    let turn = 2 * Double.pi
    let shared: [String: Prior] = [
      "host.x": .fixed(0), "host.y": .fixed(0), "host.axis_ratio": .uniform(0.5, 1),
      "host.position_angle": .uniform(0, .pi), "host.total_mass": .fixed(1e12), "host.core_radius": .fixed(0),
      "host.velocity_dispersion": .fixed(311.6687), "shear.strength": .uniform(0, 0.3),
      "shear.angle": .uniform(0, turn), "lens_light.intensity": .fixed(1.2),
      "lens_light.effective_radius": .fixed(0.5), "lens_light.sersic_index": .fixed(2.5),
      "source.intensity": .uniform(0.7, 0.9), "source.effective_radius": .uniform(0.25, 1),
      "source.sersic_index": .fixed(1.5), "source.axis_ratio": .uniform(0.7, 1),
      "source.position_angle": .uniform(0, .pi), "source.radius": .uniform(0, 1.2),
      "source.angle": .uniform(0, turn), "vortex.mass_fraction": .uniform(0.03, 0.055),
      "vortex.length": .uniform(0.5, 2), "vortex.angle": .uniform(0, .pi), "vortex.x": .normal(0, 0.5),
      "vortex.y": .normal(0, 0.5), "spherical.count": .poisson(25),
      "spherical.total_mass_fraction": .fixed(0.01),
    ]
    let a: [String: Prior] = [
      "redshift.lens": .fixed(0.5), "redshift.source": .fixed(1), "signal_to_noise.value": .fixed(20),
    ]
    let b: [String: Prior] = [
      "redshift.lens": .uniform(0.4, 0.6), "redshift.source": .uniform(0.8, 1.2),
      "signal_to_noise.value": .uniform(10, 30),
    ]
    return ["model-a": shared.merging(a) { $1 }, "model-b": shared.merging(b) { $1 }]
  }()

  private func plan(_ model: String, _ change: (inout PopulationSpec) -> Void = { _ in }) throws
    -> PopulationPlan
  {
    var spec = try smallPopulation(model)
    change(&spec)
    return try PopulationPlan(spec, seed: 20)
  }

  @Test(arguments: ["model-a", "model-b"])
  func `every drawn parameter follows its prior`(_ model: String) throws {
    let drawn = try drawnParameters(try plan(model), count: 3 * Self.count)
    let priors = try #require(Self.models[model])
    #expect(Set(drawn.keys.filter { !$0.hasPrefix("derived.") }) == Set(priors.keys))
    for (name, prior) in priors { prior.expect(drawn[name] ?? [], name) }
    // Vortex parameters belong to a third of the scenes.
    #expect(drawn["vortex.length"]?.count == Self.count && drawn["spherical.count"]?.count == Self.count)
  }

  @Test func `subhalos follow their mass function and fill the disc evenly`() throws {
    let plan = try plan("model-a") {
      $0.classes = [.spherical]
      $0.spherical.totalMassFraction = nil
    }
    let records = try (0..<400).flatMap { try plan.scene($0).substructure }
    Prior.power(-1.9, 1e6, 1e10).expect(records.map(\.mass), "subhalo mass")
    Prior.power(1, 0, 2).expect(records.map { hypot($0.x, $0.y) }, "subhalo radius")
    let angles = records.map { atan2($0.y, $0.x) }.map { $0 < 0 ? $0 + 2 * .pi : $0 }
    Prior.uniform(0, 2 * .pi).expect(angles, "subhalo angle")
  }

  @Test func `an image of the class spherical has at least one subhalo`() throws {
    let plan = try plan("model-a") {
      $0.classes = [.spherical]
      $0.spherical.count = .poisson(mean: 0.5)
    }
    let counts = try (0..<500).map { try plan.scene($0).substructure.count }
    #expect(counts.min() == 1 && (counts.max() ?? 0) > 1)
  }

  /// With N independent pairs a correlation times sqrt(N) is a standard normal; of 200 the largest stays below 4.5.
  @Test func `parameters are independent of each other and from sample to sample`() throws {
    let drawn = try drawnParameters(try plan("model-b") { $0.classes = [.vortex] }, count: Self.count)
    let priors = try #require(Self.models["model-b"])
    let floating = priors.filter {
      if case .fixed = $0.value { false } else { $0.key.hasPrefix("spherical") == false }
    }
    let names = floating.keys.sorted()
    #expect(names.count == 18)
    var worst = WorstError("correlation in units of its deviation")
    for (position, first) in names.enumerated() {
      let values = drawn[first] ?? []
      worst.note(correlation(values.dropLast(), values.dropFirst()), at: "\(first) with the next sample's")
      for second in names.dropFirst(position + 1) {
        worst.note(correlation(values[...], (drawn[second] ?? [])[...]), at: "\(first) with \(second)")
      }
    }
    worst.expect(atMost: 4.5)
  }

  @Test func `samples of the classes are told apart by nothing but substructure`() throws {
    // The same index has the same host and source, whichever class comes to it.
    let plans = try SubstructureClass.allCases.map { label in try plan("model-b") { $0.classes = [label] } }
    for index in 0..<50 {
      let hosts = try plans.map { try $0.scene(index).parameters.filter { isSmooth($0.name) } }
      #expect(hosts[0] == hosts[1] && hosts[0] == hosts[2] && hosts[0].count > 20)
    }
  }

  private func isSmooth(_ name: String) -> Bool {
    !["vortex.", "spherical.", "derived.substructure"].contains { name.hasPrefix($0) }
  }

  /// Pearson's r times sqrt(N).
  private func correlation(_ first: ArraySlice<Double>, _ second: ArraySlice<Double>) -> Double {
    let (a, b) = (moments(Array(first)), moments(Array(second)))
    let covariance =
      zip(first, second).reduce(0.0) { $0 + ($1.0 - a.mean) * ($1.1 - b.mean) } / Double(first.count)
    return covariance / (a.variance * b.variance).squareRoot() * Double(first.count).squareRoot()
  }
}

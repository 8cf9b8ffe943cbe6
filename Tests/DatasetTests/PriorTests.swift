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
      "\(ModelPaths.host).axis_ratio": .uniform(0.5, 1),
      "\(ModelPaths.host).position_angle": .uniform(0, .pi),
      "\(ModelPaths.shear).strength": .uniform(0, 0.3), "\(ModelPaths.shear).angle": .uniform(0, turn),
      "\(ModelPaths.lensLight).axis_ratio": .uniform(0.5, 1),
      "\(ModelPaths.lensLight).position_angle": .uniform(0, .pi),
      "\(ModelPaths.source).intensity": .uniform(0.7, 0.9),
      "\(ModelPaths.source).effective_radius": .uniform(0.25, 1),
      "\(ModelPaths.source).axis_ratio": .uniform(0.7, 1),
      "\(ModelPaths.source).position_angle": .uniform(0, .pi),
      "\(ModelPaths.source).center.radius": .uniform(0, 1.2),
      "\(ModelPaths.source).center.angle": .uniform(0, turn),
      "\(ModelPaths.vortex).mass_fraction": .uniform(0.03, 0.055),
      "\(ModelPaths.vortex).length": .uniform(0.5, 2),
      "\(ModelPaths.vortex).position_angle": .uniform(0, .pi),
      "\(ModelPaths.vortex).center.0": .normal(0, 0.5), "\(ModelPaths.vortex).center.1": .normal(0, 0.5),
      "\(ModelPaths.spherical).count": .poisson(25),
    ]
    let a: [String: Prior] = [:]
    let b: [String: Prior] = [
      "planes.lens.redshift": .uniform(0.4, 0.6), "planes.source.redshift": .uniform(0.8, 1.2),
      "signal_to_noise.value": .uniform(10, 30),
    ]
    return ["model-a": shared.merging(a) { $1 }, "model-b": shared.merging(b) { $1 }]
  }()

  private func plan(_ model: String, _ settings: [String] = []) throws -> PopulationPlan {
    try PopulationPlan(try smallPopulation(model, settings), seed: 20)
  }

  @Test(arguments: ["model-a", "model-b"])
  func `every drawn parameter follows its prior`(_ model: String) throws {
    let drawn = try drawnParameters(try plan(model), count: 3 * Self.count)
    let priors = try #require(Self.models[model])
    #expect(Set(drawn.keys.filter { !$0.hasPrefix("derived.") }) == Set(priors.keys))
    for (name, prior) in priors { prior.expect(drawn[name] ?? [], name) }
    // Vortex parameters belong to a third of the scenes.
    #expect(
      drawn["\(ModelPaths.vortex).length"]?.count == Self.count
        && drawn["\(ModelPaths.spherical).count"]?.count == Self.count)
  }

  @Test func `subhalos follow their mass function and fill the disc evenly`() throws {
    let plan = try plan(
      "model-a", ["classes=[spherical]", "\(ModelPaths.sphericalOfClass).total_mass_fraction=null"])
    let records = try (0..<400).flatMap { try plan.scene($0).substructure }
    Prior.power(-1.9, 1e6, 1e10).expect(records.map(\.mass), "subhalo mass")
    Prior.power(1, 0, 2).expect(records.map { hypot($0.x, $0.y) }, "subhalo radius")
    let angles = records.map { atan2($0.y, $0.x) }.map { $0 < 0 ? $0 + 2 * .pi : $0 }
    Prior.uniform(0, 2 * .pi).expect(angles, "subhalo angle")
  }

  /// With N independent pairs a correlation times sqrt(N) is a standard normal; of 200 the largest stays below 4.5.
  @Test func `parameters are independent of each other and from sample to sample`() throws {
    let drawn = try drawnParameters(try plan("model-b", ["classes=[vortex]"]), count: Self.count)
    let priors = try #require(Self.models["model-b"])
    let floating = priors.filter {
      // The lens light has the shape of the mass.
      !$0.key.hasPrefix(ModelPaths.spherical) && !$0.key.hasPrefix(ModelPaths.lensLight)
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
    let plans = try ["no_sub", "vortex", "spherical"].map { try plan("model-b", ["classes=[\($0)]"]) }
    for index in 0..<50 {
      let hosts = try plans.map { try $0.scene(index).parameters.filter { ModelPaths.isSmooth($0.name) } }
      #expect(hosts[0] == hosts[1] && hosts[0] == hosts[2] && hosts[0].count > 15)
    }
  }

  /// Pearson's r times sqrt(N).
  private func correlation(_ first: ArraySlice<Double>, _ second: ArraySlice<Double>) -> Double {
    let (a, b) = (moments(Array(first)), moments(Array(second)))
    let covariance =
      zip(first, second).reduce(0.0) { $0 + ($1.0 - a.mean) * ($1.1 - b.mean) } / Double(first.count)
    return covariance / (a.variance * b.variance).squareRoot() * Double(first.count).squareRoot()
  }
}

import Dataset
import FileFormats
import LensCore
import LensTestSupport
import Populations
import Testing

/// What two runs share, and what they do not.
struct SeedTests {
  /// The noise of some samples: image less what it was drawn from.
  private func noise(_ plan: PopulationPlan, _ count: Int = 12) throws -> [[Double]] {
    let workspace = try plan.makeWorkspace()
    return try (0..<count).map { index in
      let observation = try plan.sample(index, workspace: workspace).observation
      return observation.image.pixels.indices.map {
        Double(observation.image.pixels[$0]) - Double(observation.sourceLight.pixels[$0])
          - Double(observation.lensLight.pixels[$0])
      }
    }
  }

  /// The largest size of a correlation of two samples with the same number.
  private func correlation(_ first: [[Double]], _ second: [[Double]]) -> Double {
    zip(first, second).map { a, b in
      let (meanA, meanB) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
      let products = zip(a, b).map { ($0 - meanA) * ($1 - meanB) }.reduce(0, +)
      let squares = [(a, meanA), (b, meanB)].map { values, mean in
        values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
      }
      return abs(products / (squares[0] * squares[1]).squareRoot())
    }.max() ?? 0
  }

  /// Five standard deviations for 480 independent pixels.
  private static let chance = 5 / 480.squareRoot()

  /// The 64-bit hashes of the reference code of FNV-1a (RFC 9923, appendix).
  @Test(arguments: [
    ("", 0xcbf2_9ce4_8422_2325 as UInt64), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8),
  ])
  func `the seed of a name is its hash`(name: String, hash: UInt64) {
    #expect(RandomKey.seed(named: name) == hash % (1 << 53))
  }

  @Test func `populations of different names share no noise by default`() throws {
    let specs = try [
      smallPopulation("model-a"), smallPopulation("model-b"), smallPopulation("model-a", ["name=copy"]),
      smallPopulation("model-a", ["name=model-c"]), smallPopulation("model-a", ["name=g-band"]),
    ]
    let noises = try specs.map { try noise(PopulationPlan($0)) }
    for first in noises.indices {
      for second in 0..<first {
        #expect(correlation(noises[first], noises[second]) < Self.chance, "\(first), \(second)")
      }
    }
    // The same seed is the same sky and noise: common random numbers.
    let shared = try [specs[0], specs[2]].map { try noise(PopulationPlan($0, seed: 1)) }
    #expect(shared[0] == shared[1])
  }

  @Test func `a noise seed exposes the same skies again`() throws {
    let spec = try smallPopulation("model-b")
    let plans = try [nil, 1, 2].map { try PopulationPlan(spec, seed: 5, noiseSeed: $0) }
    for index in 0..<12 {
      let drawn = try plans.map { try $0.sample(index, workspace: try $0.makeWorkspace()) }
      #expect(Set(drawn.map(\.observation.sourceLight.pixels)).count == 1)
      #expect(drawn[1].drawn.parameters == drawn[0].drawn.parameters)
      #expect(drawn[1].observation.exposureTimes[0] == drawn[0].observation.exposureTimes[0])
    }
    let noises = try plans.map { try noise($0) }
    #expect(correlation(noises[0], noises[1]) < Self.chance)
    #expect(correlation(noises[1], noises[2]) < Self.chance)
    #expect(try noise(PopulationPlan(spec, seed: 5, noiseSeed: 5)) == noises[0])
  }

  @Test func `a noise seed is part of what a dataset is`() throws {
    try withScratchFolder { folder in
      let spec = try smallPopulation("model-a")
      func generator(_ noiseSeed: UInt64?, _ range: Range<Int>, _ name: String) throws -> DatasetGenerator {
        try DatasetGenerator(
          try PopulationPlan(spec, seed: 2, noiseSeed: noiseSeed), samples: range, threads: 1,
          output: "\(folder)/\(name)")
      }
      func run(_ generator: DatasetGenerator, stop: Bool = false) throws -> Manifest {
        try generator.run(
          .resume, versions: [:], instructionSet: "", shouldStop: { stop }, progress: { _ in })
      }
      #expect(try run(try generator(7, 0..<30, "a")).noiseSeed == 7)
      #expect(try run(try generator(nil, 0..<30, "plain")).noiseSeed == nil)
      let verification = try DatasetVerification("\(folder)/a")
      #expect(try verification.faultsOfImages(verification.samples(9), threads: 1).isEmpty)
      #expect(throws: GenerationStopped.self) { try run(try generator(7, 0..<300, "b"), stop: true) }
      for other in [nil, 8] as [UInt64?] {
        let told = "noise seed is 7 there and \(other ?? 2) here"
        reason(told) { _ = try run(try generator(other, 0..<30, "a")) }
        reason(told) { _ = try run(try generator(other, 0..<300, "b")) }
        _ = try run(try generator(other, 30..<60, "rest\(other ?? 0)"))
        reason("another noise seed") {
          _ = try DatasetMerge(["\(folder)/a", "\(folder)/rest\(other ?? 0)"], output: "\(folder)/m")
        }
        let plan = try PopulationPlan(spec, seed: 2, noiseSeed: other)
        reason(told) {
          _ = try DatasetExtension(
            plan, countPerClass: 20, contents: DatasetContents(), threads: 1, output: "\(folder)/a")
        }
      }
      _ = try run(try generator(7, 30..<60, "rest7"))
      let merged = try DatasetMerge(["\(folder)/a", "\(folder)/rest7"], output: "\(folder)/m").run(.refuse) {
        _ in
      }
      #expect(merged.noiseSeed == 7 && merged.sampleCount == 60)
    }
  }
}

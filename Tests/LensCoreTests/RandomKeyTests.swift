import Foundation
import LensCore
import LensTestSupport
import Testing

struct RandomKeyTests {
  /// A test with a fixed seed either always passes or never does; this is how unlikely the seed may be.
  private static let leastProbability = 1e-3
  private static let draws = 20_000

  private struct KnownAnswer {
    let counter: SIMD4<UInt32>
    let key: SIMD2<UInt32>
    let answer: SIMD4<UInt32>
  }

  /// Random123 1.14, tests/kat_vectors, philox4x32 with 10 rounds.
  private static let knownAnswers = [
    KnownAnswer(
      counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0),
      answer: SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
    KnownAnswer(
      counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max),
      answer: SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
    KnownAnswer(
      counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      key: SIMD2(0xa409_3822, 0x299f_31d0),
      answer: SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)),
  ]

  @Test func `Philox gives the known answers`() {
    for known in Self.knownAnswers {
      #expect(philox4x32(counter: known.counter, key: known.key) == known.answer)
    }
  }

  @Test func `a block depends on all of seed, sample, stream and position`() {
    let stream = RandomKey(seed: 0x0123_4567_89ab_cdef, sample: 0xfedc_ba98_7654_3210).stream("a")
    let expected = philox4x32(
      counter: SIMD4(7, RandomStream.identifier(of: "a"), 0x7654_3210, 0xfedc_ba98),
      key: SIMD2(0x89ab_cdef, 0x0123_4567))
    #expect(stream.block(7) == expected)
    var seen: Set<SIMD4<UInt32>> = [expected]
    for bit in 0..<64 {
      let flip = UInt64(1) << bit
      seen.insert(RandomKey(seed: stream.key.seed ^ flip, sample: stream.key.sample).stream("a").block(7))
      seen.insert(RandomKey(seed: stream.key.seed, sample: stream.key.sample ^ flip).stream("a").block(7))
      if bit < 32 { seen.insert(stream.block(7 ^ UInt32(1) << UInt32(bit))) }
    }
    #expect(seen.count == 1 + 64 + 64 + 32)
  }

  @Test func `identifiers are the FNV-1a hash`() {
    // Fowler, Noll & Vo's test vectors for 32 bits (draft-eastlake-fnv, appendix C).
    #expect(RandomStream.identifier(of: "") == 0x811c_9dc5)
    #expect(RandomStream.identifier(of: "a") == 0xe40c_292c)
    #expect(RandomStream.identifier(of: "foobar") == 0xbf9c_f968)
  }

  @Test func `numbers lie strictly between 0 and 1 on the documented grid`() {
    #expect(unitInterval(0, 0) == 0x1p-53)
    #expect(unitInterval(.max, .max) == 1 - 0x1p-53)
    for high in [0, 1, 0x7fff_ffff, 0x8000_0000, .max] as [UInt32] {
      for low in [0, 0x7ff, 0x800, 0xfff, 0x1000, .max] as [UInt32] {
        let u = unitInterval(high, low)
        #expect(u > 0 && u < 1)
        // Odd multiples of 2^-53: half a step away from both ends.
        #expect((u * 0x1p53).truncatingRemainder(dividingBy: 2) == 1)
        #expect(unitInterval(.max - high, .max - low) == 1 - u)
      }
    }
  }

  @Test func `numbers are uniform along streams, samples, seeds and positions`() {
    let key = RandomKey(seed: 42, sample: 7)
    let series: [(String, (Int) -> Double)] = [
      ("positions", { key.stream("source.x").uniform(UInt32($0)) }),
      ("streams", { key.stream("parameter.\($0)").uniform(0) }),
      ("samples", { RandomKey(seed: 42, sample: UInt64($0)).stream("source.x").uniform(0) }),
      ("seeds", { RandomKey(seed: UInt64($0), sample: 7).stream("source.x").uniform(0) }),
    ]
    for (name, draw) in series {
      let values = (0..<Self.draws).map(draw)
      let probability = kolmogorovSmirnovTail(values) { $0 }
      print("Kolmogorov-Smirnov probability along \(name): \(probability)")
      #expect(probability > Self.leastProbability, "\(name)")
      #expect(Set(values).count == values.count, "\(name) repeats")
    }
  }

  @Test func `neighbouring streams, samples and positions are not correlated`() {
    let names = ["host.x", "host.y", "source.x", "source.y"]
    var worst = WorstError("correlation coefficient times the root of the number of pairs")
    for (first, second) in zip(names, names.dropFirst()) {
      worst.note(
        correlation { sample in
          let key = RandomKey(seed: 1, sample: sample)
          return (key.stream(first).uniform(0), key.stream(second).uniform(0))
        }, at: "\(first) and \(second)")
    }
    worst.note(
      correlation { sample in
        let (key, next) = (RandomKey(seed: 1, sample: sample), RandomKey(seed: 1, sample: sample + 1))
        return (key.stream("host.x").uniform(0), next.stream("host.x").uniform(0))
      }, at: "samples")
    worst.note(
      correlation { position in
        let stream = RandomKey(seed: 1, sample: 0).stream("host.x")
        return (stream.uniform(UInt32(position)), stream.uniform(UInt32(position) + 1))
      }, at: "positions")
    // Five coefficients of standard deviation 1: 4 is exceeded with a probability of 3e-4.
    worst.expect(atMost: 4)
  }

  /// Pearson's coefficient over many pairs, in units of its standard deviation.
  private func correlation(_ pair: (UInt64) -> (Double, Double)) -> Double {
    let sum = (0..<UInt64(Self.draws)).reduce(0.0) { sum, index in
      let (a, b) = pair(index)
      return sum + (a - 0.5) * (b - 0.5)
    }
    // Each factor has the variance 1/12.
    return 12 * sum / Double(Self.draws).squareRoot()
  }

  @Test func `the streams of realistic names are distinct`() {
    let objects = [
      "host", "source", "lens_light", "shear", "spherical", "vortex", "derived", "redshift", "noise",
    ]
    let quantities = [
      "x", "y", "axis_ratio", "position_angle", "einstein_radius", "einstein_mass", "concentration",
      "core_radius",
      "scale_radius", "total_mass", "virial_mass", "velocity_dispersion", "angle", "strength", "radius",
      "count",
      "mass", "mass_fraction", "total_mass_fraction", "truncation", "length", "lens", "source", "photons",
      "read_out", "sersic_index", "effective_radius", "intensity", "definition", "value",
    ]
    let names = objects.flatMap { object in quantities.map { "\(object).\($0)" } } + objects + ["split"]
    #expect(Set(names.map(RandomStream.identifier(of:))).count == names.count)
  }
}

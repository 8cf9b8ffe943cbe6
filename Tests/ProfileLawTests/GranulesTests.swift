import LensCore
import LensNumerics
import LensTestSupport
import MassProfiles
import Testing

/// That granules are the random field that they are said to be.
@Suite struct GranulesTests {
  private static let fluctuation = 0.03
  private static let length = 0.2
  private static let realizations = 200

  private func granules(
    _ realization: Int, waves: Int = 200, length: Double = length, center: [Double] = [0, 0]
  ) -> MassSpec {
    var spec = GranulesSpec()
    (spec.fluctuation, spec.correlationLength, spec.center) = (Self.fluctuation, length, center)
    (spec.waves, spec.realization) = (waves, Double(realization))
    return MassSpec(spec)
  }

  /// Products of the convergences at places `distance` apart in some direction, over the variance, one mean for each realization.
  private func correlations(_ distance: Double, _ waves: Int) -> [Double] {
    (0..<Self.realizations).map { (realization: Int) -> Double in
      // Far enough from each other to be independent, and in many directions.
      let places = (0..<40).map { n -> (Double, Double) in
        let (row, column) = n.quotientAndRemainder(dividingBy: 8)
        return (3 * Double(column) - 10, 3 * Double(row) - 6)
      }
      let others = places.enumerated().map { (n, place) -> (Double, Double) in
        let (dx, dy) = turned((distance, 0), by: 2.4 * Double(n))
        return (place.0 + dx, place.1 + dy)
      }
      let values = granules(realization, waves: waves).evaluated(Double.self, at: places + others).convergence
      let products = zip(values.prefix(places.count), values.suffix(places.count)).map { $0 * $1 }
      return products.reduce(0, +) / Double(places.count) / (Self.fluctuation * Self.fluctuation)
    }
  }

  @Test(arguments: [20, 200]) func `the variance and the correlations are those of the field`(waves: Int) {
    for lengths in [0, 0.5, 1, 2, 4] {
      let values = correlations(lengths * Self.length, waves)
      let (mean, variance) = moments(values)
      let expected = Double.exp(-lengths * lengths / 2)
      // Waves that are left out take 1 / 800 of the variance.
      let allowed = 4 * (variance / Double(values.count)).squareRoot() + 1.0 / 800
      print(
        "granules of \(waves) waves, correlation at \(lengths) lengths: \(mean) of \(expected), allowed \(allowed)"
      )
      #expect(abs(mean - expected) < allowed && allowed < 0.07, "\(waves) waves, \(lengths) lengths")
    }
  }

  @Test func `convergences are normal, with mean 0`() {
    let values = (0..<2000).map {
      granules($0).evaluated(Double.self, at: [(0.3, -0.7)]).convergence[0] / Self.fluctuation
    }
    let tail = kolmogorovSmirnovTail(values) { normalCumulative($0) }
    #expect(tail > 0.001, "\(tail)")
  }

  @Test func `one field alone has its variance and its correlation in every direction`() {
    // 900 lengths apart at most: some thousand independent places.
    let places = (0..<4000).map { k in
      let stream = RandomKey(seed: 2, sample: UInt64(k)).stream("place")
      return (180 * stream.uniform(0) - 90, 180 * stream.uniform(1) - 90)
    }
    for realization in [0, 7] {
      let mass = granules(realization, waves: 1000)
      let here = mass.evaluated(Double.self, at: places).convergence
      for direction in 0..<4 {
        let (sine, cosine) = sineAndCosine(.pi / 4 * Double(direction))
        let there = mass.evaluated(
          Double.self, at: places.map { ($0.0 + Self.length * cosine, $0.1 + Self.length * sine) }
        ).convergence
        let (_, variance) = moments(here)
        let (_, product) = moments(zip(here, there).map { $0 + $1 })
        let correlation = product / (2 * variance) - 1
        #expect(abs(variance / (Self.fluctuation * Self.fluctuation) - 1) < 0.1)
        #expect(
          abs(correlation - Double.exp(-0.5)) < 0.06, "\(realization), direction \(direction): \(correlation)"
        )
      }
    }
  }

  @Test func `deflections are small: the longest waves are left out`() {
    // 2 sigma^2 <1 / k^2> in each component, with E1(1 / 800) / 2 = 3.05 for <1 / (k l)^2>.
    let expected = Self.fluctuation * Self.length * 6.1.squareRoot()
    let values = (0..<400).flatMap { realization in
      let at = granules(realization).evaluated(Double.self, at: [(0, 0)])
      return [at.deflectionX[0], at.deflectionY[0]]
    }
    let size = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    print("granules: deflection \(size) of \(expected) arcsec")
    #expect(abs(size / expected - 1) < 0.15)
  }

  @Test func `the same realization is the same field, and another is another`() {
    let points = ringPoints(from: 0.01, to: 5)
    let first = granules(11).evaluated(Float.self, at: points)
    let again = granules(11).evaluated(Float.self, at: points)
    #expect(first.deflectionX == again.deflectionX && first.xx == again.xx)
    let (a, b) = (granules(11), granules(12))
    let (one, other) = (a.evaluated(Double.self, at: points), b.evaluated(Double.self, at: points))
    let product = zip(one.convergence, other.convergence).reduce(0) { $0 + $1.0 * $1.1 }
    let size = Self.fluctuation * Self.fluctuation * Double(points.count)
    #expect(abs(product / size) < 0.2, "\(product / size)")
  }

  @Test func `the correlation length is the scale of the whole field`() {
    let points = ringPoints(from: 0.01, to: 2)
    let one = granules(5).evaluated(Double.self, at: points)
    let wide = granules(5, length: 2 * Self.length).evaluated(
      Double.self, at: points.map { (2 * $0.0, 2 * $0.1) })
    var worst = WorstError("granules of twice the size")
    for i in points.indices {
      worst.note(wide.convergence[i] - one.convergence[i])
      worst.note(wide.deflectionX[i] - 2 * one.deflectionX[i])
      worst.note(wide.potential[i] - 4 * one.potential[i])
    }
    worst.expect(atMost: 1e-13)
  }

  /// A place in Float is rounded by 6e-8 of its distance, and a deflection changes by the convergence times that, and a convergence by that in lengths.
  @Test func `Float is as good as the places of its rays`() {
    var (deflection, convergence) = (
      WorstError("granules, deflection in Float"), WorstError("granules, convergence in Float")
    )
    for (realization, length) in [0.001, 0.003, 0.01, 0.1, 1, 30, 1000].enumerated() {
      for waves in [8, 200, 5000] {
        let mass = granules(realization, waves: waves, length: length, center: [0.25, -0.5])
        let points = ringPoints(from: 0.01, to: 30).map { (Double(Float($0.0)), Double(Float($0.1))) }
        let (single, double) = (
          mass.evaluated(Float.self, at: points), mass.evaluated(Double.self, at: points)
        )
        for i in points.indices {
          let reach = length + abs(points[i].0) + abs(points[i].1)
          for (a, b) in [
            (single.deflectionX[i], double.deflectionX[i]), (single.deflectionY[i], double.deflectionY[i]),
          ] { deflection.note((a - b) / (Self.fluctuation * reach), at: "\(mass.written()) \(points[i])") }
          convergence.note(
            (single.convergence[i] - double.convergence[i]) / (Self.fluctuation * reach / length),
            at: "\(mass.written()) \(points[i])")
        }
      }
    }
    // Of eight waves the longest deflect by up to 20 times the fluctuation and length.
    deflection.expect(atMost: 2e-5)
    convergence.expect(atMost: 1e-5)
  }

  @Test func `nothing overflows at the ends of the ranges`() {
    for length in [1e-3, 1e3] {
      for waves in [8, 5000] {
        let values = granules(1_000_000_000, waves: waves, length: length, center: [1e4, -1e4])
          .evaluated(Float.self, at: [(-1e4, 1e4), (0, 0), (1e4, -1e4)])
        let all = [values.deflectionX, values.deflectionY, values.potential, values.xx, values.xy, values.yy]
        #expect(all.allSatisfy { $0.allSatisfy(\.isFinite) })
        #expect(values.convergence.allSatisfy { abs($0) < 7 * Self.fluctuation })
      }
    }
  }
}

/// Abramowitz & Stegun (1964), 26.2.17: within 7.5e-8.
private func normalCumulative(_ x: Double) -> Double {
  let t = 1 / (1 + 0.231_641_9 * abs(x))
  let series =
    t
    * (0.319_381_530 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))))
  let tail = Double.exp(-x * x / 2) / (2 * Double.pi).squareRoot() * series
  return x > 0 ? 1 - tail : tail
}

import LensCore
import LensNumerics
import LensTestSupport
import MassProfiles
import Testing

/// The search for a ring that a profile gets by default, against the formulas of kinds that have one.
struct MeanConvergenceRingTests {
  /// A profile that says nothing of itself but where its peak is.
  private struct Bare: MassProfileSpec {
    static let kind = "bare"
    var base: any MassProfileSpec = SingularIsothermalSphereSpec()

    mutating func visit(_ visitor: SpecVisitor) {}
    func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
      base.profile(scalar)
    }
    var peak: [Double]? { base.place }
  }

  /// Random strengths, sizes and places, over six decades; rings that are too faint, too small or too large for the search are none.
  @Test func `what is found is the formula's ring`() throws {
    var worst = WorstError("Einstein radius by search, relative")
    var (found, missed) = (0, 0)
    for number in 0..<400 {
      let stream = RandomKey(seed: 21, sample: UInt64(number)).stream("rings")
      func power(_ k: UInt32, _ low: Double, _ high: Double) -> Double {
        Double.exp(Double.log(low) + stream.uniform(k) * Double.log(high / low))
      }
      let center = [stream.uniform(0) * 8 - 4, stream.uniform(1) * 8 - 4]
      let spec = spec(number % 4, strength: power(2, 1e-3, 1e3), size: power(3, 1e-3, 1e2), center)
      let expected = formula(spec)
      let searched = try Bare(base: spec).ring()?.einsteinRadius
      guard let expected, (1.4e-4...700).contains(expected) else {
        #expect(searched.map { $0 < 1.4e-4 || $0 > 700 } ?? true, "\(spec): \(searched ?? 0)")
        missed += 1
        continue
      }
      found += 1
      let radius = try #require(searched, "\(spec)")
      worst.note(radius / expected - 1)
    }
    #expect(found > 250 && missed > 10)
    worst.expect(atMost: 1e-9)
  }

  /// Hosts with a core refuse rings that images would not show; here they count.
  private func formula(_ spec: any MassProfileSpec) -> Double? {
    guard let host = spec as? IsothermalEllipsoidSpec else { return (try? spec.ring())?.einsteinRadius }
    let squared = host.einsteinRadius * (host.einsteinRadius - 2 * host.coreRadius)
    return squared > 0 ? squared.squareRoot() : nil
  }

  private func spec(
    _ kind: Int, strength: Double, size: Double, _ center: [Double]
  ) -> any MassProfileSpec {
    switch kind {
    case 0:
      var spec = SingularIsothermalSphereSpec()
      (spec.einsteinRadius, spec.center) = (strength, center)
      return spec
    case 1:
      var spec = IsothermalEllipsoidSpec()
      (spec.einsteinRadius, spec.axisRatio, spec.coreRadius, spec.center) = (strength, 1, size, center)
      return spec
    case 2:
      var spec = NavarroFrenkWhiteSpec()
      (spec.deflectionAtScaleRadius, spec.scaleRadius, spec.center) = (strength, size, center)
      return spec
    default:
      var spec = PointMassSpec()
      (spec.einsteinRadius, spec.center) = (strength, center)
      return spec
    }
  }
}

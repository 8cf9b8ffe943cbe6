import LensCore
import LensNumerics
import LensTestSupport
import LightProfiles
import MassProfiles
import Testing

/// Cheaper ways to the same number that some parameters open: each against the general formula.
@Suite struct ShortcutTests {
  /// A core too small to show, but for which only the general formula holds.
  private static let invisibleCore = 1e-30

  @Test func `an ellipsoid's series is its formula, for every axis ratio that has one`() {
    let points = ringPoints(from: 0.01, to: 5).map { (Double(Float($0.0)), Double(Float($0.1))) }
    var (single, double) = (WorstError("series in Float"), WorstError("series in Double"))
    for k in 48...100 {
      let reference = ellipsoid(k, core: Self.invisibleCore).evaluated(Double.self, at: points)
      let spec = ellipsoid(k, core: 0)
      let (a, b) = (spec.evaluated(Float.self, at: points), spec.evaluated(Double.self, at: points))
      for i in points.indices {
        single.note(a.deflectionX[i] - reference.deflectionX[i], at: "axis ratio \(k)%, \(points[i])")
        single.note(a.deflectionY[i] - reference.deflectionY[i], at: "axis ratio \(k)%, \(points[i])")
        double.note(b.deflectionX[i] - reference.deflectionX[i], at: "axis ratio \(k)%, \(points[i])")
        double.note(b.deflectionY[i] - reference.deflectionY[i], at: "axis ratio \(k)%, \(points[i])")
      }
    }
    // A dozen roundings of numbers near 1.
    single.expect(atMost: 12 * Double(Float.ulpOfOne) / 2)
    double.expect(atMost: 12 * Double.ulpOfOne / 2)
  }

  /// - Parameter percent: The axis ratio.
  private func ellipsoid(_ percent: Int, core: Double) -> MassSpec {
    var spec = IsothermalEllipsoidSpec()
    (spec.axisRatio, spec.positionAngle, spec.coreRadius) = (Double(percent) / 100, 0.7, core)
    return MassSpec(spec)
  }

  @Test func `roots instead of powers give the same Sersic profile`() {
    let points = ringPoints(from: 1e-3, to: 3)
    var worst = WorstError("roots and powers")
    for index in [0.5, 1, 2, 4] {
      let (roots, powers) = (sersic(index), sersic(index.nextUp))
      let expected = powers.evaluated(Double.self, at: points)
      let peak = expected.max() ?? 1
      for (a, b) in zip(roots.evaluated(Double.self, at: points), expected) { worst.note((a - b) / peak) }
    }
    // Of the peak: an exponent of up to 11 is made of an exponential and a logarithm, each within 3 ulp.
    worst.expect(atMost: 11 * 6 * Double.ulpOfOne)
  }

  private func sersic(_ index: Double) -> LightSpec {
    var spec = SersicSpec()
    spec.sersicIndex = index
    return LightSpec(spec)
  }
}

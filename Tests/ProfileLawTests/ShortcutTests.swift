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
    // Among them those from which seven, nine and thirteen terms are enough, in Float and in Double.
    let ratios =
      [0.4724, 0.6415, 0.7595, 0.8582, 0.9543, 0.9847, 0.999_999] + (48...100).map { Double($0) / 100 }
    for ratio in ratios {
      let general = ellipsoid(ratio, core: Self.invisibleCore)
      let reference = general.evaluated(Double.self, at: points)
      let spec = ellipsoid(ratio, core: 0)
      let (a, b) = (spec.evaluated(Float.self, at: points), spec.evaluated(Double.self, at: points))
      for i in points.indices {
        single.note(a.deflectionX[i] - reference.deflectionX[i], at: "axis ratio \(ratio), \(points[i])")
        single.note(a.deflectionY[i] - reference.deflectionY[i], at: "axis ratio \(ratio), \(points[i])")
        double.note(b.deflectionX[i] - reference.deflectionX[i], at: "axis ratio \(ratio), \(points[i])")
        double.note(b.deflectionY[i] - reference.deflectionY[i], at: "axis ratio \(ratio), \(points[i])")
      }
      // The same bits everywhere would mean that nothing was tested.
      #expect(a.deflectionX != general.evaluated(Float.self, at: points).deflectionX, "\(ratio)")
    }
    // A dozen roundings of numbers near 1; those of the reference count in Double.
    single.expect(atMost: 12 * Double(Float.ulpOfOne) / 2)
    double.expect(atMost: 12 * Double.ulpOfOne / 2)
  }

  private func ellipsoid(_ axisRatio: Double, core: Double) -> MassSpec {
    var spec = IsothermalEllipsoidSpec()
    (spec.axisRatio, spec.positionAngle, spec.coreRadius) = (axisRatio, 0.7, core)
    return MassSpec(spec)
  }

  @Test func `roots instead of powers give the same Sersic profile`() {
    let points = ringPoints(from: 1e-3, to: 3)
    var (worst, single) = (WorstError("roots and powers"), WorstError("roots in Float and powers"))
    for index in [0.5, 1, 2, 4] {
      let (roots, powers) = (sersic(index), sersic(index.nextUp))
      let expected = powers.evaluated(Double.self, at: points)
      let peak = expected.max() ?? 1
      let (double, float) = (
        roots.evaluated(Double.self, at: points), roots.evaluated(Float.self, at: points)
      )
      for i in points.indices {
        worst.note((double[i] - expected[i]) / peak)
        single.note((float[i] - expected[i]) / peak)
      }
      // The same bits everywhere would mean that nothing was tested.
      #expect(double != expected, "\(index)")
    }
    // Of the peak: an exponent of up to 11 is made of an exponential and a logarithm, each within 3 ulp.
    worst.expect(atMost: 11 * 6 * Double.ulpOfOne)
    single.expect(atMost: 11 * 6 * Double(Float.ulpOfOne))
  }

  private func sersic(_ index: Double) -> LightSpec {
    var spec = SersicSpec()
    spec.sersicIndex = index
    return LightSpec(spec)
  }
}

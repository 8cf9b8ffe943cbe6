import Cosmology
import Foundation
import LensCore
import LensNumerics
import LensTestSupport
import MassProfiles
import Testing

/// Profiles that are read from tables, against formulas that others have.
@Suite struct SphericalTableTests {
  /// At random radii of twelve decades, in random halos: lengths that are no powers of two meet every bin.
  @Test func `a cusp of slope one is a Navarro-Frenk-White halo at every radius`() throws {
    let stream = RandomKey(seed: 11, sample: 0).stream("halos")
    var worst: [WorstError] = ["deflection", "potential", "convergence", "shear"].map { WorstError($0) }
    for number in 0..<40 {
      let scale = Double.exp(-6 + 9 * Double(stream.uniform(UInt32(2 * number))))
      var cusp = GeneralizedNavarroFrenkWhiteSpec()
      (cusp.scaleRadius, cusp.deflectionAtScaleRadius) = (scale, 0.7)
      var halo = NavarroFrenkWhiteSpec()
      (halo.scaleRadius, halo.deflectionAtScaleRadius) = (scale, 0.7)
      let places = (0..<200).map { k -> (Double, Double) in
        let radius = scale * Double.exp(-14 + 27.8 * Double(stream.uniform(UInt32(1000 + 200 * number + k))))
        return (radius, 0)
      }.filter { $0.0 > 1e-6 && $0.0 < 1e4 }
      let (table, formula) = (
        MassSpec(cusp).evaluated(Double.self, at: places), MassSpec(halo).evaluated(Double.self, at: places)
      )
      for i in places.indices {
        let place = "\(places[i].0 / scale) scale radii"
        worst[0].note(table.deflectionX[i], expected: formula.deflectionX[i], floor: 0, at: place)
        // Beside the centre it is nothing: the floor is about what it has at a thousandth of the scale radius.
        worst[1].note(
          table.potential[i], expected: formula.potential[i], floor: 1e-5 * 0.7 * scale, at: place)
        worst[2].note(table.convergence[i], expected: formula.convergence[i], floor: 0, at: place)
        worst[3].note(table.shear1[i], expected: formula.shear1[i], floor: formula.convergence[i], at: place)
      }
    }
    for error in worst { error.expect(atMost: 1e-10) }
  }

  /// Mass inside x: kappa_0 (1 - (1 + a x^2)^(3/2 - s)) / ((s - 3/2) a); in 30 random shapes.
  @Test func `the deflection of solitons has a formula`() {
    let stream = RandomKey(seed: 12, sample: 0).stream("solitons")
    var worst = WorstError("solitons")
    for number in 0..<30 {
      var spec = SolitonSpec()
      spec.slope = 2 + 18 * Double(stream.uniform(UInt32(2 * number)))
      (spec.centralConvergence, spec.coreRadius) = (
        0.8, 0.01 + Double(stream.uniform(UInt32(2 * number + 1)))
      )
      let a = Double.exp(Double.log(2) / spec.slope) - 1
      let radii = (0..<100).map { spec.coreRadius * Double.exp(-6 + 10 * Double($0) / 99) }
      let lens = MassSpec(spec).evaluated(Double.self, at: radii.map { ($0, 0) })
      for (i, radius) in radii.enumerated() {
        let u = a * radius * radius / (spec.coreRadius * spec.coreRadius)
        let p = spec.slope - 1.5
        let part = -expm1(-p * log1p(u))
        let expected = 0.8 * part / (p * u) * radius
        worst.note(lens.deflectionX[i], expected: expected, floor: 0, at: "slope \(spec.slope), u \(u)")
      }
    }
    worst.expect(atMost: 1e-10)
  }

  /// Random shapes out to the ends of their ranges, against sums over 64 nodes in each of many shells.
  @Test func `any shape is the projection of its density`() throws {
    var worst = WorstError("spheres of random shapes")
    for k in 0..<60 {
      let (name, fields, density) = shape(k)
      let scale = 0.1 * Double.exp(uniform("scale", k, -3...3))
      let mass = try MassProfileExamples.mass(
        "\(name): {scale_radius: \(scale), deflection_at_scale_radius: 0.7, \(fields(scale))}")
      let radii = [-5.0, -1.5, -0.3, 0.4, 3, 7].map { Double.exp($0 + uniform("radius", k, 0...1)) }
      let lens = mass.evaluated(Double.self, at: radii.map { ($0 * scale, 0) })
      let unit = meanConvergence(density, 1)
      for (i, x) in radii.enumerated() {
        worst.note(
          lens.deflectionX[i], expected: 0.7 * x * meanConvergence(density, x) / unit, floor: 0,
          at: "\(mass.written()) at \(x) scale radii")
      }
    }
    worst.expect(atMost: 1e-10)
  }

  private func uniform(_ name: String, _ k: Int, _ range: ClosedRange<Double>) -> Double {
    let number = RandomKey(seed: 31, sample: UInt64(k)).stream(name).uniform(0)
    return range.lowerBound + (range.upperBound - range.lowerBound) * number
  }

  private func shape(_ k: Int) -> (name: String, fields: (Double) -> String, density: (Double) -> Double) {
    let core = Double.exp(uniform("core", k, -6...8.4))
    let truncation = Double.exp(uniform("cut", k, -5...8))
    let slope: Double = k == 0 ? 0 : k == 4 ? 2 : uniform("slope", k, 0...2)
    func cusp(_ x: Double) -> Double { pow(x, -slope) * pow(1 + x, slope - 3) }
    func cored(_ x: Double) -> Double { 1 / ((x + core) * (1 + x) * (1 + x)) }
    func truncated(_ x: Double) -> Double {
      let part = x / truncation
      return 1 / (hypot(x, core) * (1 + x * x) * (1 + part * part))
    }
    func coreField(_ scale: Double) -> String { "core_radius: \(core * scale)" }
    func bothFields(_ scale: Double) -> String {
      coreField(scale) + ", truncation_radius: \(truncation * scale)"
    }
    func softened(_ x: Double) -> Double {
      let part = x / truncation
      return 1 / (hypot(x, core) * (1 + x) * (1 + x) * (1 + part * part))
    }
    switch k % 4 {
    case 0: return ("generalized_nfw", { _ in "inner_slope: \(slope)" }, cusp)
    case 1: return ("cored_nfw", coreField, cored)
    case 2: return ("softened_nfw", bothFields, softened)
    default: return ("cored_truncated_nfw", bothFields, truncated)
    }
  }

  /// Of the sphere inside and, of each shell outside, the caps; with shells of a quarter in the logarithm.
  private func meanConvergence(_ density: (Double) -> Double, _ x: Double) -> Double {
    let rule = GaussLegendreRule.order64
    func sum(to last: Double, _ integrand: (Double) -> Double) -> Double {
      var sum = 0.0
      for start in stride(from: 0, to: last, by: 0.25) {
        sum += rule.integrate(from: start, to: start + 0.25, integrand)
      }
      return sum
    }
    let inside = sum(to: 40) { exp(-3 * $0) * density(x * exp(-$0)) }
    let outside = sum(to: 45) { exp(-$0) * sinh($0) * cosh($0) * density(x * cosh($0)) }
    return 4 * x * (inside + outside)
  }

  /// With a core of a millionth of its scale radius.
  @Test func `softened halos without a core are truncated ones`() throws {
    var worst = WorstError("softened halos of tiny cores, of the truncated ones")
    for tau in [0.3, 1, 4, 30.0] {
      let same = "scale_radius: 1, deflection_at_scale_radius: 0.1"
      let soft = try MassProfileExamples.mass(
        "softened_nfw: {\(same), core_radius: 1e-4, truncation_radius: \(tau)}")
      let sharp = try MassProfileExamples.mass("truncated_nfw: {\(same), truncation_radius: \(tau)}")
      let places = (0..<20).map { (0.03 * exp(0.3 * Double($0)), 0.0) }
      let (a, b) = (soft.evaluated(Double.self, at: places), sharp.evaluated(Double.self, at: places))
      // The one is normalised by its own deflection, the other by that without its truncation.
      let scale = b.deflectionX[10] / a.deflectionX[10]
      for k in places.indices {
        worst.note(a.deflectionX[k] * scale, expected: b.deflectionX[k], floor: 0, at: "\(tau), \(places[k])")
      }
    }
    worst.expect(atMost: 1e-3)
  }

  /// Nothing ends a program; what is no number stays none.
  @Test func `a place that is no number has no deflection`() throws {
    for name in [
      "generalized_nfw", "cored_nfw", "cored_truncated_nfw", "softened_nfw", "hernquist", "soliton",
    ] {
      let mass = try MassProfileExamples.mass("\(name): {}")
      let places: [(Double, Double)] = [(.nan, 0), (.infinity, 0), (0, 0)]
      for lens in [mass.evaluated(Float.self, at: places), mass.evaluated(Double.self, at: places)] {
        #expect(lens.deflectionX[0].isNaN && !lens.deflectionX[1].isInfinite)
        #expect(lens.deflectionX[2] == 0 && lens.convergence[2].isFinite && lens.potential[2].isFinite)
      }
    }
  }

  /// Both precisions; the ring is measured on the result.
  @Test func `strengths by ring and by mass are those that were asked for`() throws {
    let geometry = try LensGeometry(lensRedshift: 0.5, sourceRedshift: 1, cosmology: FlatLambdaCDM())
    let setting = StrengthSetting(geometry) { _ in 0 }
    for kind in [
      "generalized_nfw: {inner_slope: 1.4, ", "cored_nfw: {", "cored_truncated_nfw: {", "hernquist: {",
    ] {
      let mass = try MassProfileExamples.mass(kind + "effective_einstein_radius: 1.1, scale_radius: 0.8}")
        .resolved(setting)
      let ring = try #require(try mass.parameters.ring())
      #expect(abs(ring.einsteinRadius - 1.1) < 1e-9, "\(kind)")
      let lens = mass.evaluated(Float.self, at: [(1.1, 0)])
      #expect(abs(lens.deflectionX[0] - 1.1) < 3e-6)
    }
    for kind in ["hernquist: {scale_radius: 0.02, ", "soliton: {core_radius: 0.02, "] {
      let mass = try MassProfileExamples.mass(kind + "mass: 1e11}").resolved(setting)
      let whole = geometry.einsteinRadius(ofMass: 1e11)
      let root = try #require(mass.parameters.totalMassRadius)
      #expect(abs(root / whole - 1) < 1e-12)
      // All of the mass is inside; of a Hernquist profile less than 2 a / r is not.
      let far = mass.evaluated(Double.self, at: [(100, 0)]).deflectionX[0] * 100
      #expect(abs(far / (whole * whole) - 1) < 1e-3, "\(kind)")
    }
  }

}

import LensCore
import LensNumerics
import LensTestSupport
import MassProfiles
import Testing

/// Deflections in Float against Double, over random profiles and at radii from far inside to far outside: the search
/// for places where single precision loses digits.
@Suite struct FloatDeflectionTests {
  /// Of the deflection itself: some fifty roundings.
  private static let bound = 3e-6

  private func uniform(_ name: String, _ k: Int, _ range: ClosedRange<Double>) -> Double {
    let number = RandomKey(seed: 11, sample: UInt64(k)).stream(name).uniform(0)
    return range.lowerBound + (range.upperBound - range.lowerBound) * number
  }

  private func logUniform(_ name: String, _ k: Int, _ range: ClosedRange<Double>) -> Double {
    Double.exp(uniform(name, k, Double.log(range.lowerBound)...Double.log(range.upperBound)))
  }

  /// A profile at the origin, where no centre is rounded.
  private func mass(_ kind: String, _ k: Int) throws -> MassSpec {
    let scale = logUniform("scale", k, 0.003...30)
    let ratio = "axis_ratio: \(uniform("axis", k, 0.2...1)), position_angle: \(uniform("angle", k, 0...3.14))"
    let halo =
      "scale_radius: \(scale), deflection_at_scale_radius: \(scale * uniform("deflection", k, 0.01...1))"
    let fields =
      switch kind {
      case "sis": "einstein_radius: \(scale)"
      case "sie": "einstein_radius: \(scale), \(ratio)"
      case "cored":
        "einstein_radius: \(scale), \(ratio), core_radius: \(scale * uniform("core", k, 0.01...1))"
      case "nfw": halo
      case "elliptical_nfw": "\(halo), \(ratio)"
      case "generalized_nfw": "\(halo), inner_slope: \(uniform("slope", k, 0...2))"
      case "cored_nfw": "\(halo), core_radius: \(scale * logUniform("core", k, 0.03...3))"
      case "cored_truncated_nfw", "softened_nfw":
        "\(halo), core_radius: \(scale * logUniform("core", k, 0.04...3)), truncation_radius: \(scale * logUniform("truncation", k, 0.5...300))"
      case "hernquist": halo
      case "soliton":
        "core_radius: \(scale), central_convergence: \(uniform("deflection", k, 0.01...1)), slope: \(uniform("slope", k, 2...20))"
      default: "\(halo), truncation_radius: \(scale * logUniform("truncation", k, 0.5...300))"
      }
    return try MassProfileExamples.mass("\(kind == "cored" ? "sie" : kind): {\(fields)}")
  }

  @Test(arguments: [
    "sis", "sie", "cored", "nfw", "elliptical_nfw", "truncated_nfw", "generalized_nfw", "cored_nfw",
    "cored_truncated_nfw", "softened_nfw", "hernquist", "soliton",
  ])
  func `Float keeps its digits at every radius`(kind: String) throws {
    var worst = WorstError("\(kind) in Float, of the deflection")
    for k in 0..<60 {
      let mass = try mass(kind, k)
      let points = ringPoints(from: 1e-4, to: 100, count: 600).map {
        (Double(Float($0.0)), Double(Float($0.1)))
      }
      let (single, double) = (mass.evaluated(Float.self, at: points), mass.evaluated(Double.self, at: points))
      for i in points.indices {
        let (x, y) = (double.deflectionX[i], double.deflectionY[i])
        let (dx, dy) = (single.deflectionX[i] - x, single.deflectionY[i] - y)
        worst.note(
          ((dx * dx + dy * dy) / (x * x + y * y)).squareRoot(), at: "\(mass.written()) \(points[i])")
      }
    }
    worst.expect(atMost: Self.bound)
  }

  /// Just above the radius where a series once ended, to the third digit of a scale radius.
  @Test func `an NFW halo has no seam`() throws {
    var worst = WorstError("nfw in Float between 0.05 and 3 scale radii")
    let mass = try MassProfileExamples.mass("nfw: {scale_radius: 1, deflection_at_scale_radius: 0.4}")
    let points = (50...3000).map { (Double(Float(Double($0) / 1000)), 0.0) }
    let (single, double) = (mass.evaluated(Float.self, at: points), mass.evaluated(Double.self, at: points))
    for i in points.indices {
      worst.note(single.deflectionX[i], expected: double.deflectionX[i], floor: 0, at: "\(points[i].0)")
    }
    worst.expect(atMost: Self.bound)
  }

  /// Rays on the line for every direction of it, in both precisions; beside it the deflection jumps.
  @Test func `a ray on a line mass gets the mean of both sides`() throws {
    for (x, y) in [(0.0, 0.0), (0.3, -0.7), (2.1, 1.4)] {
      for angle in [0, Double.pi, Double.pi / 2, -Double.pi / 2, 0.7, 2.9, -3.7] {
        let line = try MassProfileExamples.mass(
          "line_mass: {einstein_radius: 0.5, length: 1, position_angle: \(angle), center: [\(x), \(y)]}")
        let (sine, cosine) = sineAndCosine(angle)
        let points = [-0.4, -0.1, 0.0, 0.25].map { (x + $0 * cosine, y + $0 * sine) }
        let ends = [-0.4, -0.1, 0.0, 0.25].map { 0.25 * Double.log((0.5 + $0) / (0.5 - $0)) }
        for values in [line.evaluated(Float.self, at: points), line.evaluated(Double.self, at: points)] {
          for i in points.indices {
            let across = cosine * values.deflectionY[i] - sine * values.deflectionX[i]
            let along = cosine * values.deflectionX[i] + sine * values.deflectionY[i]
            #expect(abs(across) < 1e-6 && abs(along - ends[i]) < 1e-5, "\(angle) at \(points[i])")
          }
        }
      }
    }
  }
}

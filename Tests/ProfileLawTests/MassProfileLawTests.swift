import Foundation
import LensCore
import LensTestSupport
import MassProfiles
import Testing

/// Laws that hold for every mass profile.
@Suite struct MassProfileLawTests {
  /// Fourth-order differences over 1e-3 of values of order 1: truncation 1e-12 times the fifth derivative, which
  /// reaches 1e4 at the inner radius, and rounding 1e-13.
  private static let differences = 2e-8
  /// Turning and shifting positions rounds them: 1e-15 times derivatives up to 1e3.
  private static let invariance = 1e-11
  /// Float coordinates are rounded to 1e-7 arcsec; deflections change by up to 100 times that near a point mass.
  private static let singlePrecision = 2e-5

  /// Away from the singular centres of the examples.
  private let points = ringPoints(from: 0.45, to: 5)

  @Test func `every kind of mass profile is tested`() throws {
    let tested = Set(MassProfileExamples.documents.map { String($0.prefix { $0 != ":" }) })
    #expect(tested == Set(MassSpec.kinds.map { $0.kind }))
  }

  @Test func `the deflection is the gradient of the potential`() throws {
    for (name, mass) in try MassProfileExamples.all() {
      var worst = WorstError("gradient of the potential, \(name)")
      let values = mass.evaluated(Double.self, at: points)
      let dx = derivative(mass, along: (1, 0)) { $0.potential }
      let dy = derivative(mass, along: (0, 1)) { $0.potential }
      for i in points.indices {
        worst.note(dx[i] - values.deflectionX[i])
        worst.note(dy[i] - values.deflectionY[i])
      }
      worst.expect(atMost: Self.differences)
    }
  }

  @Test func `the convergence is half the divergence, and the deflection has no curl`() throws {
    for (name, mass) in try MassProfileExamples.all() {
      var worst = WorstError("derivatives of the deflection, \(name)")
      let values = mass.evaluated(Double.self, at: points)
      let (xx, xy) = (
        derivative(mass, along: (1, 0)) { $0.deflectionX }, derivative(mass, along: (0, 1)) { $0.deflectionX }
      )
      let (yx, yy) = (
        derivative(mass, along: (1, 0)) { $0.deflectionY }, derivative(mass, along: (0, 1)) { $0.deflectionY }
      )
      for i in points.indices {
        worst.note((xx[i] + yy[i]) / 2 - values.convergence[i])
        worst.note((xx[i] - yy[i]) / 2 - values.shear1[i])
        worst.note(xy[i] - values.xy[i])
        worst.note(yx[i] - xy[i])
      }
      worst.expect(atMost: Self.differences)
    }
  }

  @Test func `turning and moving the mass turns and moves its field`() throws {
    let shift = (0.3, -0.2)
    for document in MassProfileExamples.documents {
      // Granules have no angle: turned, they are another field that is as likely.
      let angle = document.hasPrefix("granules") ? 0 : 0.8
      let still = try MassProfileExamples.mass(document).evaluated(Double.self, at: points)
      let moved = try MassProfileExamples.moved(document, angle: angle, by: shift)
        .evaluated(
          Double.self,
          at: points.map { point in
            let (x, y) = turned(point, by: angle)
            return (x + shift.0, y + shift.1)
          })
      var worst = WorstError("invariance, \(document)")
      for i in points.indices {
        let (x, y) = turned((still.deflectionX[i], still.deflectionY[i]), by: angle)
        worst.note(moved.deflectionX[i] - x)
        worst.note(moved.deflectionY[i] - y)
        worst.note(moved.potential[i] - still.potential[i])
        worst.note(moved.convergence[i] - still.convergence[i])
      }
      worst.expect(atMost: Self.invariance)
    }
  }

  @Test func `Float agrees with Double`() throws {
    for (name, mass) in try MassProfileExamples.all() {
      let reference = mass.evaluated(Double.self, at: points)
      let single = mass.evaluated(Float.self, at: points)
      var worst = WorstError("Float, \(name)")
      for i in points.indices {
        worst.note(single.deflectionX[i] - reference.deflectionX[i])
        worst.note(single.deflectionY[i] - reference.deflectionY[i])
        worst.note(single.potential[i] - reference.potential[i])
        worst.note(single.xx[i], expected: reference.xx[i], floor: 1)
        worst.note(single.xy[i], expected: reference.xy[i], floor: 1)
        worst.note(single.yy[i], expected: reference.yy[i], floor: 1)
      }
      worst.expect(atMost: Self.singlePrecision)
    }
  }

  @Test func `potentials that are finite at the centre are zero there`() throws {
    let center = (0.05, -0.1)
    var worst = WorstError("potential at the centre")
    for (name, mass) in try MassProfileExamples.all() {
      let isFinite = ["sis", "sie", "nfw", "elliptical_nfw", "shear", "convergence_sheet"]
        .contains(String(name.prefix { $0 != ":" }))
      guard isFinite, name.contains("center: [0.05, -0.1]") else { continue }
      worst.note(mass.evaluated(Double.self, at: [center]).potential[0], at: name)
    }
    // A ray at the centre counts as 1e-12 arcsec away.
    worst.expect(atMost: 1e-11)
    #expect(worst.count >= 5)
  }

  @Test func `nothing is NaN at a centre or on a line`() throws {
    let centers = [(0.05, -0.1), (0.0, 0.0), (0.05, 0.0), (0.05 - 0.3 * cos(2.5), -0.1 - 0.3 * sin(2.5))]
    for (name, mass) in try MassProfileExamples.all() {
      for values in [mass.evaluated(Double.self, at: centers), mass.evaluated(Float.self, at: centers)] {
        let all = [values.deflectionX, values.deflectionY, values.potential, values.xx, values.xy, values.yy]
        #expect(all.allSatisfy { $0.allSatisfy(\.isFinite) }, "\(name): \(all)")
      }
    }
  }

  /// Fourth-order central difference of a quantity.
  private func derivative(
    _ mass: MassSpec, along direction: (Double, Double), _ quantity: (LensValues) -> [Double]
  ) -> [Double] {
    let step = 1e-3
    func values(_ factor: Double) -> [Double] {
      quantity(
        mass.evaluated(
          Double.self,
          at: points.map { ($0.0 + factor * step * direction.0, $0.1 + factor * step * direction.1) }))
    }
    let (far, near, nearBack, farBack) = (values(2), values(1), values(-1), values(-2))
    return points.indices.map { i in
      (8 * (near[i] - nearBack[i]) - (far[i] - farBack[i])) / (12 * step)
    }
  }
}

/// A vector turned counter-clockwise.
func turned(_ vector: (Double, Double), by angle: Double) -> (Double, Double) {
  (cos(angle) * vector.0 - sin(angle) * vector.1, sin(angle) * vector.0 + cos(angle) * vector.1)
}

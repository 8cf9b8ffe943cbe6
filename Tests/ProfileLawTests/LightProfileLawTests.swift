import Foundation
import LensCore
import LensTestSupport
import LightProfiles
import Testing

/// Laws that hold for every light profile.
@Suite struct LightProfileLawTests {
  /// A new profile adds a line here.
  private static let examples: [LightSpec] = {
    var gaussian = GaussianLightSpec()
    (gaussian.flux, gaussian.sigma, gaussian.axisRatio, gaussian.positionAngle) = (3, 0.3, 0.5, 0.7)
    return [(0.5, 0.7), (1.0, 1.0), (1.5, 0.6), (2.5, 0.8), (4.0, 0.5)].map { index, axisRatio in
      var sersic = SersicSpec()
      (sersic.sersicIndex, sersic.axisRatio, sersic.positionAngle) = (index, axisRatio, 0.7)
      (sersic.intensity, sersic.effectiveRadius) = (2, 0.4)
      return LightSpec(sersic)
    } + [LightSpec(gaussian)]
  }()

  @Test func `every kind of light profile is tested`() {
    let tested = Set(Self.examples.map { type(of: $0.parameters).kind })
    #expect(tested == Set(LightSpec.kinds.map { $0.kind }))
  }

  @Test func `the total flux is the integral over the plane`() {
    var worst = WorstError("flux")
    for light in Self.examples {
      worst.note(flux(light, inside: .infinity), expected: light.parameters.totalFlux, floor: 0)
    }
    // The trapezoidal rule in ln R over 60 e-folds is exact to rounding for these integrands.
    worst.expect(atMost: 1e-10)
  }

  @Test func `the effective radius holds half the light`() throws {
    var worst = WorstError("half light")
    for light in Self.examples {
      guard let sersic = light.parameters as? SersicSpec else { continue }
      worst.note(2 * flux(light, inside: sersic.effectiveRadius) / sersic.totalFlux - 1)
    }
    // The coefficient is exact; the trapezoidal rule at the sharp end errs by the step squared over 6.
    worst.expect(atMost: 1e-7)
  }

  @Test func `isophotes are ellipses of the axis ratio and position angle`() throws {
    var worst = WorstError("isophotes")
    for light in Self.examples {
      let (axisRatio, angle) = shape(light)
      let ellipse = (0..<24).map { k in
        let phase = Double(k) * .pi / 12
        return turned(
          (0.3 * cos(phase) / axisRatio.squareRoot(), 0.3 * sin(phase) * axisRatio.squareRoot()), by: angle)
      }
      let values = light.evaluated(Double.self, at: ellipse)
      for value in values { worst.note(value, expected: values[0], floor: 0) }
    }
    worst.expect(atMost: 1e-12)
  }

  @Test func `Float agrees with Double`() {
    let points = ringPoints(from: 1e-3, to: 3)
    var worst = WorstError("Float brightness")
    for light in Self.examples {
      let reference = light.evaluated(Double.self, at: points)
      let peak = reference.max() ?? 1
      for (a, b) in zip(light.evaluated(Float.self, at: points), reference) { worst.note((a - b) / peak) }
    }
    // Of the peak: b (R / R_e)^(1/n) up to 8 is rounded to 1e-6.
    worst.expect(atMost: 3e-6)
  }

  private func shape(_ light: LightSpec) -> (Double, Double) {
    switch light.parameters {
    case let sersic as SersicSpec: (sersic.axisRatio, sersic.positionAngle)
    case let gaussian as GaussianLightSpec: (gaussian.axisRatio, gaussian.positionAngle)
    default: (1, 0)
    }
  }

  /// Flux inside the isophote of the product-average radius: 2 pi times the integral of I(R) R^2 over ln R.
  private func flux(_ light: LightSpec, inside radius: Double) -> Double {
    let (axisRatio, angle) = shape(light)
    let (low, high) = (-35.0, radius.isFinite ? log(radius) : 12.0)
    let count = 100_000
    let step = (high - low) / Double(count)
    let radii = (0...count).map { exp(low + Double($0) * step) }
    let points = radii.map { turned(($0 / axisRatio.squareRoot(), 0), by: angle) }
    let terms = zip(radii, light.evaluated(Double.self, at: points)).map { $0 * $0 * $1 }
    return 2 * .pi * step * (terms.reduce(0, +) - (terms[0] + terms[count]) / 2)
  }
}

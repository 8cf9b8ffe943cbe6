import LensNumerics

/// A density that depends on the radius alone, which is all that a spherical profile has to say to be a lens.
protocol SphericalDensity: Sendable {
  /// What tells it from the others of its kind.
  var shape: [Double] { get }

  /// Scale radii; beyond, the density falls at least like x^-3.
  var reach: Double { get }

  /// At x > 0 scale radii, in any unit.
  ///
  /// Towards the centre it rises no faster than x^-2, and it is analytic in ln x up to pi / 2 beside the
  /// real axis (as a function of 1 + x or 1 + x^2 is): then tables hold what their errors say.
  func value(at x: Double) -> Double
}

/// Mean convergence inside a radius, and the convergence there, of a spherical density: integrals along the line of sight,
/// kept as Chebyshev polynomials in ln x. The unit is the density's times the scale radius.
///
/// With r = x cosh u behind the projected radius x,
/// kappa(x) = 2 x ∫ cosh u rho du and mean(x) = 4 x (∫ e^-3v rho(x e^-v) dv + ∫ e^-u sinh u cosh u rho(x cosh u) du), each from 0 to infinity: the sphere
/// inside x, and of each shell outside the caps.
///
/// Reference: Binney & Tremaine (2008), eq. 2.58, for the projection.
struct SphericalProjection {
  /// Of x; beyond, the functions are those at the ends.
  static let range = Double.exp(lowest)...Double.exp(lowest + Double(panels) * width)

  private static let lowest = -16.0
  private static let width = 0.5
  private static let panels = 60
  private static let fit = ChebyshevFit(14)

  private let means: [[Double]]
  private let convergences: [[Double]]

  init(_ density: some SphericalDensity) {
    var (means, convergences): ([[Double]], [[Double]]) = ([], [])
    var inside = Self.cusp(density)
    var edge = Self.range.lowerBound
    for panel in 0..<Self.panels {
      let middle = Self.lowest + (Double(panel) + 0.5) * Self.width
      let places = Self.fit.nodes.map { Double.exp(middle + 0.5 * Self.width * $0) }
      let outside = places.map { Self.outside(density, $0) }
      means.append(
        Self.fit.coefficients(
          places.indices.map { k in
            let x = places[k]
            let sphere = inside + Self.shell(density, edge, x)
            return 4 * (sphere / (x * x) + x * outside[k].caps)
          }))
      convergences.append(Self.fit.coefficients(places.indices.map { 2 * places[$0] * outside[$0].line }))
      let next = Double.exp(middle + 0.5 * Self.width)
      inside += Self.shell(density, edge, next)
      edge = next
    }
    (self.means, self.convergences) = (means, convergences)
  }

  func mean(_ x: Double) -> Double { Self.value(means, x) }
  func convergence(_ x: Double) -> Double { Self.value(convergences, x) }

  private static func value(_ panels: [[Double]], _ x: Double) -> Double {
    let place = (Double.log(min(max(x, range.lowerBound), range.upperBound)) - lowest) / width
    let panel = min(max(Int(place), 0), panels.count - 1)
    return ChebyshevFit.value(panels[panel], 2 * (place - Double(panel)) - 1)
  }

  /// ∫ rho x^2 dx between two radii at most a panel apart, in ln x.
  private static func shell(_ density: some SphericalDensity, _ from: Double, _ to: Double) -> Double {
    GaussLegendreRule.order16.integrate(from: Double.log(from), to: Double.log(to)) { s in
      let x = Double.exp(s)
      return x * x * x * density.value(at: x)
    }
  }

  /// ∫ rho x^2 dx inside the smallest radius: 36 e-foldings of the steepest cusp.
  private static func cusp(_ density: some SphericalDensity) -> Double {
    (0..<36).reduce(0) { sum, step in
      let edge = range.lowerBound * Double.exp(-Double(step))
      return sum + shell(density, edge * Double.exp(-1.0), edge)
    }
  }

  /// The integrals over u of e^-u sinh u cosh u rho and of cosh u rho; what is left out behind the last panel is 1e-15 of them.
  private static func outside(_ density: some SphericalDensity, _ x: Double) -> (caps: Double, line: Double) {
    let last = 17 + max(0, Double.log(density.reach / x))
    let steps = Int((last / 2).rounded(.up))
    let rule = GaussLegendreRule.order16
    var (caps, line) = (0.0, 0.0)
    for step in 0..<steps {
      for (node, weight) in zip(rule.nodes, rule.weights) {
        let e = Double.exp(2 * (Double(step) + node))
        let hyperbolicCosine = (e + 1 / e) / 2
        let part = 2 * weight * hyperbolicCosine * density.value(at: x * hyperbolicCosine)
        line += part
        caps += part * (1 - 1 / (e * e)) / 2
      }
    }
    return (caps, line)
  }
}

import LensNumerics

/// How subhalos are spread over the disc in which they are drawn.
public enum SubhaloPlaces: String, CaseIterable, Sendable {
  /// Evenly, as near a lens's middle, where most of them are far in front of or behind it.
  case uniform
  /// As the density of the host: rho ~ 1 / ((r + core) (r + r_s)^2).
  case projectedHost = "projected_host"
}

/// The density of subhalos in a host: rho ~ 1 / ((r + core) (r + r_s)^2) out to r_200, in kpc.
struct HostPlaces {
  let scaleRadius: Double
  let core: Double
  let virialRadius: Double

  private func density(_ radius: Double) -> Double {
    let outer = radius + scaleRadius
    return 1 / ((radius + core) * outer * outer)
  }

  private static let steps = 48

  /// The distance along the line of sight of a subhalo that is seen at a distance from the middle, by its share of those in front of it.
  ///
  /// - Parameter number: Uniform in 0 to 1.
  func depth(at projected: Double, _ number: Double) -> Double {
    let column = Column(at: projected, self)
    return inverse(column.last, number) { density(along: column, $0) }.map { column.start * Self.sine($0) }
      ?? 0
  }

  /// The distance from the middle on the sky of a subhalo inside a disc, by its share of those inside it.
  func projected(inside radius: Double, _ number: Double) -> Double {
    let start = 0.01 * core
    return inverse(Self.area(radius / start), number) { u in
      let place = start * Self.sine(u)
      return surfaceDensity(place) * place * start * Self.cosine(u)
    }.map { start * Self.sine($0) } ?? 0
  }

  private func surfaceDensity(_ projected: Double) -> Double {
    let column = Column(at: projected, self)
    return GaussLegendreRule.order64.integrate(from: 0, to: column.last) { density(along: column, $0) }
  }

  /// What a line of sight crosses behind the middle: at z = R sinh u, since the density changes on the scale of R.
  private struct Column {
    let projected: Double
    let start: Double
    let last: Double

    init(at projected: Double, _ host: HostPlaces) {
      (self.projected, start) = (projected, max(projected, 1e-3 * host.core))
      last = HostPlaces.area(host.virialRadius / start)
    }
  }

  /// By u.
  private func density(along column: Column, _ u: Double) -> Double {
    let (projected, depth) = (column.projected, column.start * Self.sine(u))
    return density(Double.squareRoot(projected * projected + depth * depth)) * column.start * Self.cosine(u)
  }

  /// Hyperbolic, as the area is that whose hyperbolic sine is given.
  private static func sine(_ u: Double) -> Double { (Double.exp(u) - 1 / Double.exp(u)) / 2 }
  private static func cosine(_ u: Double) -> Double { (Double.exp(u) + 1 / Double.exp(u)) / 2 }
  private static func area(_ x: Double) -> Double { Double.log(x + Double.squareRoot(x * x + 1)) }

  /// Where the integral of a function from 0 has a share of that to the end, by the trapezoidal rule; nil where it is 0.
  private func inverse(_ last: Double, _ share: Double, _ function: (Double) -> Double) -> Double? {
    let step = last / Double(Self.steps)
    var (sums, before) = ([0.0], function(0))
    for k in 1...Self.steps {
      let value = function(Double(k) * step)
      sums.append(sums[k - 1] + (before + value) / 2 * step)
      before = value
    }
    guard let whole = sums.last, whole > 0 else { return nil }
    let wanted = share * whole
    let k = sums.firstIndex { $0 >= wanted } ?? Self.steps
    if k == 0 { return 0 }
    return (Double(k - 1) + (wanted - sums[k - 1]) / (sums[k] - sums[k - 1])) * step
  }
}

import LensNumerics

/// Median concentrations c_200c of one relation at one redshift: ln c as a polynomial in ln M.
public struct ConcentrationTable: Sendable {
  private let coefficients: [Double]

  /// Masses M_200c of the table; lighter and heavier halos get the concentrations at its ends.
  public static let masses = 1e4...1e15

  init(_ relation: some ConcentrationRelation) throws {
    let nodes = Self.fit.nodes
    coefficients = Self.fit.coefficients(
      try nodes.map { Double.log(try relation(Double.exp(Self.centre + Self.halfWidth * $0))) })
  }

  /// c_200c of a mass M_200c.
  public func callAsFunction(_ mass: Double) -> Double {
    let place = (Double.log(mass) - Self.centre) / Self.halfWidth
    return Double.exp(ChebyshevFit.value(coefficients, min(max(place, -1), 1)))
  }

  private static let fit = ChebyshevFit(20)
  private static let centre = (Double.log(masses.upperBound) + Double.log(masses.lowerBound)) / 2
  private static let halfWidth = (Double.log(masses.upperBound) - Double.log(masses.lowerBound)) / 2
}

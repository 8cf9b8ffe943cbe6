/// The values that a number in a spec may take.
public struct SpecRange: Sendable, Equatable {
  public let lower: Double
  public let upper: Double
  public let includesLower: Bool
  public let includesUpper: Bool

  /// As FITS tables and astropy spell it; empty for pure numbers.
  public let unit: String

  public init(_ range: ClosedRange<Double>, unit: String = "") {
    (lower, upper, includesLower, includesUpper) = (range.lowerBound, range.upperBound, true, true)
    self.unit = unit
  }

  private init(
    lower: Double, upper: Double, includesLower: Bool, includesUpper: Bool, unit: String = ""
  ) {
    (self.lower, self.upper) = (lower, upper)
    (self.includesLower, self.includesUpper) = (includesLower, includesUpper)
    self.unit = unit
  }

  public static let finite = SpecRange(
    lower: -.infinity, upper: .infinity, includesLower: false, includesUpper: false)
  public static let positive = SpecRange(
    lower: 0, upper: .infinity, includesLower: false, includesUpper: false)
  public static let nonNegative = SpecRange(
    lower: 0, upper: .infinity, includesLower: true, includesUpper: false)

  // What keeps every number of a sample finite in single precision, and is far beyond what is observed.

  /// A coordinate, arcsec.
  public static let position = SpecRange(-1e4...1e4, unit: "arcsec")
  /// A size, arcsec.
  public static let length = SpecRange(1e-6...1e4, unit: "arcsec")
  /// The scale radius of a halo, arcsec.
  public static let scaleRadius = SpecRange(1e-9...1e6, unit: "arcsec")
  /// Of profiles that are read from tables by it, arcsec.
  public static let tabulatedScaleRadius = SpecRange(1e-4...1e4, unit: "arcsec")
  /// The scale radius of a host, arcsec.
  public static let hostScaleRadius = SpecRange(1e-3...1e4, unit: "arcsec")
  /// The radius of a ring that shows, arcsec.
  public static let einsteinRadius = SpecRange(0.01...1e4, unit: "arcsec")
  /// A deflection, or a size that may be 0, arcsec.
  public static let deflection = SpecRange(0...1e4, unit: "arcsec")
  /// Radians counter-clockwise from +x.
  public static let angle = SpecRange(-100...100, unit: "rad")
  /// Minor over major axis.
  public static let axisRatio = SpecRange(0.05...1)
  /// Of a halo, c_200.
  public static let concentration = SpecRange(0.01...1e4)
  public static let velocityDispersion = SpecRange(1...1e5, unit: "km/s")
  /// Surface brightness, flux or rate, in whatever unit.
  public static let brightness = SpecRange(0...1e25, unit: Self.ofBrightness)
  /// The unit of what is counted in the camera's unit of brightness.
  package static let ofBrightness = "brightness"
  public static let redshift = SpecRange(1e-4...20)
  /// Of a mass.
  public static let fraction = SpecRange(1e-12...1)
  /// Solar masses.
  public static let mass = SpecRange(1e-6...1e20, unit: "solMass")

  /// Above `lower`, up to and including `upper`.
  public static func above(_ lower: Double, upTo upper: Double, unit: String = "") -> SpecRange {
    SpecRange(lower: lower, upper: upper, includesLower: false, includesUpper: true, unit: unit)
  }

  /// From and including `lower`, below `upper`.
  public static func from(_ lower: Double, below upper: Double) -> SpecRange {
    SpecRange(lower: lower, upper: upper, includesLower: true, includesUpper: false)
  }

  package var withoutUpperLimit: SpecRange {
    SpecRange(lower: lower, upper: .infinity, includesLower: includesLower, includesUpper: false)
  }

  /// Any value of the range.
  package var example: Double {
    switch (lower.isFinite, upper.isFinite) {
    case (false, false): 0
    case (true, false): lower + 1
    case (false, true): upper - 1
    case (true, true): lower / 2 + upper / 2
    }
  }

  public func contains(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    return (includesLower ? value >= lower : value > lower)
      && (includesUpper ? value <= upper : value < upper)
  }

  /// The end of the sentence "must be ...".
  public var requirement: String {
    let low = includesLower ? "at least \(specNumber(lower))" : "greater than \(specNumber(lower))"
    let high = includesUpper ? "at most \(specNumber(upper))" : "less than \(specNumber(upper))"
    switch (lower.isFinite, upper.isFinite) {
    case (false, false): return "must be a finite number"
    case (true, false): return "must be \(low)"
    case (false, true): return "must be \(high)"
    case (true, true): return "must be \(low) and \(high)"
    }
  }
}

/// The shortest text that reads back as the same number, without a trailing `.0`.
package func specNumber(_ value: Double) -> String {
  let text = "\(value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

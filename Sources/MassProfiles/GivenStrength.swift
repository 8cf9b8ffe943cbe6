import Cosmology
import LensCore

/// A quantity that a profile's strength may be given by in the place of its own parameter.
public enum StrengthKind: String, CaseIterable, Sendable {
  /// One-dimensional, of an isothermal lens; km/s.
  case velocityDispersion = "velocity_dispersion"
  /// Radius of the circle with the area inside the tangential critical curve of the profile alone, arcsec.
  case effectiveEinsteinRadius = "effective_einstein_radius"
  /// Projected mass inside that curve, solar masses.
  case einsteinMass = "einstein_mass"
  /// M_200 against the critical density at the lens, solar masses; goes with a concentration.
  case virialMass = "virial_mass"
  /// Total mass, solar masses.
  case mass
  /// Total mass as a fraction of the `einstein_mass` of another profile in the same plane.
  case massFraction = "mass_fraction"

  /// Whether the profile's own strength follows the distances of lens and source.
  package var followsDistances: Bool {
    switch self {
    case .velocityDispersion, .einsteinMass, .virialMass, .mass: true
    // A fraction of a mass is one of the square of a radius.
    case .effectiveEinsteinRadius, .massFraction: false
    }
  }

  /// Whether it follows more than the ratio of distances.
  package var followsHubbleConstant: Bool { followsDistances && self != .velocityDispersion }

  var range: SpecRange {
    switch self {
    case .velocityDispersion: .velocityDispersion
    case .effectiveEinsteinRadius: .einsteinRadius
    case .einsteinMass, .virialMass, .mass: .mass
    case .massFraction: .fraction
    }
  }
}

/// A strength in the words of another quantity; the distances of lens and source turn it into the profile's own.
public struct GivenStrength: Sendable, Equatable {
  public var kind: StrengthKind
  public var value: Double

  public init(_ kind: StrengthKind, _ value: Double) { (self.kind, self.value) = (kind, value) }
}

extension [StrengthKind] {
  /// Of halos whose rings are known.
  static let ofHaloWithRing: Self = [.virialMass, .effectiveEinsteinRadius, .einsteinMass]
}

/// What a given strength is turned into a profile's own parameter by.
public struct StrengthSetting {
  public let geometry: LensGeometry
  /// The `einstein_mass` of a profile of the same plane that was set before, by its name; solar masses.
  public let einsteinMass: (String) throws -> Double

  public init(_ geometry: LensGeometry, einsteinMass: @escaping (String) throws -> Double) {
    (self.geometry, self.einsteinMass) = (geometry, einsteinMass)
  }

  func einsteinRadius(ofMass mass: Double) -> Double { geometry.einsteinRadius(ofMass: mass) }
}

extension SpecVisitor {
  /// A profile's strength: its own parameter, or one quantity that gives it.
  ///
  /// - Parameter given: Stays nil where the document has the own parameter or none.
  func strength(
    _ key: String, _ own: inout Double, _ range: SpecRange, or kinds: [StrengthKind],
    _ given: inout GivenStrength?
  ) {
    for kind in kinds {
      var value = given?.kind == kind ? given?.value : nil
      number(kind.rawValue, &value, kind.range)
      if let value { given = GivenStrength(kind, value) }
    }
    number(key, &own, range, if: given == nil)
    let allowed = [key] + kinds.map(\.rawValue)
    let found = allowed.filter(hasValue)
    check(
      found.count <= 1, "", given: found.joined(separator: " and "),
      "must have one of \(allowed.joined(separator: ", "))")
  }

  /// Size and strength of a Navarro-Frenk-White halo: in arcsec, or as a virial mass with a concentration.
  func halo(
    scaleRadius: inout Double, _ range: SpecRange, deflection: inout Double, concentration: inout Double?,
    or kinds: [StrengthKind], _ given: inout GivenStrength?
  ) {
    strength("deflection_at_scale_radius", &deflection, .deflection, or: kinds, &given)
    // One that cannot be read is one all the same.
    let isVirial = given?.kind == .virialMass || hasValue(StrengthKind.virialMass.rawValue)
    number("scale_radius", &scaleRadius, range, if: !isVirial)
    number("concentration", &concentration, .concentration)
    check(
      !isVirial || !hasValue("scale_radius"), "scale_radius", given: "a value",
      "follows from virial_mass and concentration; remove the key")
    check(
      isVirial == (concentration != nil), "concentration", given: isVirial ? "nothing" : "a value",
      "must be given with a virial_mass, and only with one")
  }

  /// The mass of a point or line: as its Einstein radius, a mass, or a fraction of another profile's.
  package func mass(
    _ einsteinRadius: inout Double, fractionOf other: inout String, _ given: inout GivenStrength?
  ) {
    strength("einstein_radius", &einsteinRadius, .deflection, or: [.mass, .massFraction], &given)
    let isFraction = given?.kind == .massFraction
    text("fraction_of", &other, if: isFraction)
    check(
      isFraction || !hasValue("fraction_of"), "fraction_of", given: "'\(other)'",
      "goes with a mass_fraction, which is not given")
  }
}

/// A Navarro-Frenk-White halo whose ring is known: any of the quantities may give its strength.
protocol HaloWithRing: MassProfileSpec {
  var scaleRadius: Double { get set }
  var deflectionAtScaleRadius: Double { get set }
  var given: GivenStrength? { get set }
  var concentration: Double? { get set }
  /// The deflection at the scale radius for which the halo has a ring.
  func strength(for wanted: WantedRing) throws -> Double
}

extension HaloWithRing {
  public func resolved(_ setting: StrengthSetting) throws -> Self {
    guard let given else { return self }
    var copy = self
    if let ring = given.ring(setting) {
      copy.deflectionAtScaleRadius = try copy.strength(for: ring)
    } else {
      (copy.scaleRadius, copy.deflectionAtScaleRadius) = try given.halo(concentration, setting)
    }
    (copy.given, copy.concentration) = (nil, nil)
    return copy
  }
}

/// A profile of a whole mass, as a point or a line has it.
protocol WholeMass: MassProfileSpec {
  var einsteinRadius: Double { get set }
  var given: GivenStrength? { get set }
  var fractionOf: String { get }
  var center: [Double] { get }
}

extension WholeMass {
  public var place: [Double]? { center }
  public var totalMassRadius: Double? { einsteinRadius }
  public var reference: String? { given?.kind == .massFraction ? fractionOf : nil }

  public func resolved(_ setting: StrengthSetting) throws -> Self {
    guard let given else { return self }
    var copy = self
    copy.given = nil
    copy.einsteinRadius = try given.pointRadius(fractionOf: fractionOf, setting)
    return copy
  }
}

extension GivenStrength {
  /// The Einstein radius of a point with a mass that is given, arcsec.
  package func pointRadius(fractionOf other: String, _ setting: StrengthSetting) throws -> Double {
    let mass = kind == .massFraction ? value * (try setting.einsteinMass(other)) : value
    return setting.einsteinRadius(ofMass: mass)
  }

  /// Scale radius and deflection at it of a halo with a virial mass that is given, arcsec.
  ///
  /// - Throws: `SpecError` without a concentration, which documents are not read with.
  func halo(_ concentration: Double?, _ setting: StrengthSetting) throws -> (Double, Double) {
    guard let concentration else {
      throw SpecError(
        keyPath: "concentration", value: "nothing", requirement: "must be given with a virial_mass")
    }
    return setting.geometry.navarroFrenkWhite(mass: value, concentration: concentration)
  }

  /// The ring that a profile is to have; nil for what is no property of a ring.
  func ring(_ setting: StrengthSetting) -> WantedRing? {
    switch kind {
    case .effectiveEinsteinRadius: .einsteinRadius(value)
    case .einsteinMass: .massRadius(setting.einsteinRadius(ofMass: value))
    case .velocityDispersion, .virialMass, .mass, .massFraction: nil
    }
  }
}

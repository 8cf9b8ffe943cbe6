import Cosmology
import LensCore
import MassProfiles
import Simulation
import Substructure

/// One piece of substructure as the tables list it.
public struct SubstructureRecord: Sendable, Equatable {
  /// Of its mass profile.
  public let kind: String
  /// Solar masses.
  public let mass: Double
  /// Of a point with this mass, arcsec.
  public let einsteinRadius: Double
  /// Position, arcsec.
  public let x: Double
  public let y: Double
  /// Of a line, arcsec and radians.
  public let length: Double?
  public let angle: Double?
  /// Of its plane.
  public let redshift: Double
  /// c_200c when it formed, and its truncation radius in arcsec; nil of what has none.
  public let concentration: Double?
  public let truncationRadius: Double?
}

extension SubstructureRecord {
  /// Nil for a sheet.
  init?(_ halo: Halo, _ geometry: LensGeometry) {
    guard let mass = halo.mass else { return nil }
    let line = halo.model.parameters as? UniformLineSpec
    self.init(
      kind: type(of: halo.model.parameters).kind, mass: mass,
      einsteinRadius: geometry.einsteinRadius(ofMass: mass), x: halo.place[0], y: halo.place[1],
      length: line?.length, angle: line?.positionAngle, redshift: geometry.lensRedshift,
      concentration: halo.concentration, truncationRadius: halo.truncationRadius)
  }

  /// Nil for what has no place or no mass, such as shear.
  ///
  /// - Parameter given: The same mass as the document has it.
  init?(_ mass: MassSpec, _ given: MassSpec?, in lens: PlaneSpec, _ geometry: LensGeometry) {
    let parameters = mass.parameters
    guard let place = parameters.place else { return nil }
    let radius = parameters.totalMassRadius ?? (try? parameters.ring())?.massRadius
    let known = given.flatMap { Self.mass($0.parameters, in: lens, geometry) }
    guard let total = known ?? radius.map({ geometry.mass(insideEinsteinRadius: $0) }) else { return nil }
    let line = parameters as? UniformLineSpec
    self.init(
      kind: type(of: parameters).kind, mass: total,
      einsteinRadius: parameters.totalMassRadius ?? geometry.einsteinRadius(ofMass: total), x: place[0],
      y: place[1], length: line?.length, angle: line?.positionAngle, redshift: geometry.lensRedshift,
      concentration: nil,
      truncationRadius: (parameters as? TruncatedNavarroFrenkWhiteSpec)?.truncationRadius)
  }

  /// The mass that a profile was given by; nil if by something else.
  private static func mass(
    _ parameters: any MassProfileSpec, in lens: PlaneSpec, _ geometry: LensGeometry
  ) -> Double? {
    guard let given = parameters.given else { return nil }
    switch given.kind {
    case .mass, .virialMass: return given.value
    case .massFraction:
      let host = parameters.reference.flatMap { lens.mass[$0] }
      let ring = host.flatMap { try? $0.parameters.ring() }
      return ring.map { given.value * geometry.mass(insideEinsteinRadius: $0.massRadius) }
    case .velocityDispersion, .effectiveEinsteinRadius, .einsteinMass: return nil
    }
  }
}

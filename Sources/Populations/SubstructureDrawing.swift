import LensCore
import LensNumerics
import MassProfiles
import Substructure

/// One piece of substructure as the tables list it.
public struct SubstructureRecord: Sendable, Equatable {
  /// `vortex` or the profile of a subhalo.
  public let kind: String
  /// Solar masses.
  public let mass: Double
  /// Of a point with this mass, arcsec.
  public let einsteinRadius: Double
  /// Position, arcsec.
  public let x: Double
  public let y: Double
  /// Of a vortex, arcsec and radians.
  public let length: Double?
  public let angle: Double?
}

/// The substructure of a scene: the lens models and their list.
struct SubstructureDraw {
  var masses: [MassSpec] = []
  var records: [SubstructureRecord] = []

  var totalMass: Double { records.reduce(0) { $0 + $1.mass } }
}

extension Drawing {
  mutating func vortex(
    _ spec: VortexSpec, host: Host, _ radii: EinsteinRadii, faults: FaultsSpec
  ) throws -> SubstructureDraw {
    let fraction = try draw("vortex.mass_fraction", spec.massFraction)
    let mass = fraction * host.mass(spec.massReference)
    let vortex = Vortex(
      einsteinRadius: radii.radius(ofMass: mass), length: try draw("vortex.length", spec.length),
      angle: try draw("vortex.angle", spec.angle),
      center: [
        host.center[0] + (try draw("vortex.x", spec.x)), host.center[1] + (try draw("vortex.y", spec.y)),
      ])
    let record = SubstructureRecord(
      kind: "vortex", mass: mass, einsteinRadius: vortex.einsteinRadius, x: vortex.center[0],
      y: vortex.center[1], length: vortex.length, angle: vortex.angle)
    let masses =
      faults.changesChain && spec.representation == .chain
      ? faults.chain(vortex, points: spec.points)
      : vortex.masses(spec.representation, points: spec.points)
    return SubstructureDraw(masses: masses, records: [record])
  }

  mutating func spherical(
    _ spec: SphericalSpec, host: Host, _ radii: EinsteinRadii, faults: FaultsSpec
  ) throws -> SubstructureDraw {
    let count = max(1, Int(try draw(spec.count, of: "spherical.count")))
    note("spherical.count", Double(count))
    let isTruncated = spec.profile == .truncatedNavarroFrenkWhite
    let truncation = isTruncated ? try draw("spherical.truncation", spec.truncation) : 0
    let fraction = try draw("spherical.total_mass_fraction", spec.totalMassFraction)
    var masses = try (0..<count).map { try draw("spherical.mass", spec.mass, number: $0) }
    if let fraction {
      let scale = fraction * host.mass(spec.massReference) / masses.reduce(0, +)
      masses = masses.map { $0 * scale }
    }
    let totalRadius = radii.radius(ofMass: masses.reduce(0, +))
    var result = SubstructureDraw()
    for (number, mass) in masses.enumerated() {
      let radius = try draw("spherical.radius", spec.radius, number: number)
      let (sine, cosine) = sineAndCosine(try draw("spherical.angle", spec.angle, number: number))
      let center = [host.center[0] + radius * cosine, host.center[1] + radius * sine]
      // Faults concern points: the radius that other profiles list is that of their mass.
      let einsteinRadius =
        spec.profile != .pointMass
        ? radii.geometry.einsteinRadius(ofMass: mass)
        : faults.pointMassRadiusOverCount ? totalRadius / Double(count) : radii.radius(ofMass: mass)
      result.masses.append(
        spec.profile == .pointMass
          ? pointMassSpec(einsteinRadius: einsteinRadius, center: center)
          : spec.profile.mass(mass, center: center, truncation: truncation, geometry: radii.geometry))
      result.records.append(
        SubstructureRecord(
          kind: spec.profile.rawValue, mass: mass, einsteinRadius: einsteinRadius, x: center[0],
          y: center[1], length: nil, angle: nil))
    }
    return result
  }
}

extension FaultsSpec {
  var changesChain: Bool { pointMassRadiusOverCount || vortexStartInDegrees || vortexPointsAtStarts }

  /// A chain of points with PyLensing's faults, whichever are on.
  func chain(_ vortex: Vortex, points: Int) -> [MassSpec] {
    let count = Double(points)
    let radius = vortex.einsteinRadius / (pointMassRadiusOverCount ? count : Double.squareRoot(count))
    let (sine, cosine) = sineAndCosine(vortex.angle)
    // PyLensing measures angles from +y, because PyAutoLens's coordinates are (y, x).
    let fromY = Double.pi / 2 - vortex.angle
    let start = vortexStartInDegrees ? Double.pi / 2 - fromY * Units.radiansPerDegree : vortex.angle
    let (startSine, startCosine) = sineAndCosine(start)
    let half = vortex.length / 2
    let offset = vortexPointsAtStarts ? 0 : 0.5
    return (0..<points).map { point in
      let along = (Double(point) + offset) / count * vortex.length
      return pointMassSpec(
        einsteinRadius: radius,
        center: [
          vortex.center[0] - half * startCosine + along * cosine,
          vortex.center[1] - half * startSine + along * sine,
        ])
    }
  }
}

import Cosmology
import LensCore
import LensNumerics
import MassProfiles
import Priors
import StructureFormation

/// Halos between us and the source that belong to no galaxy of the scene: Sheth-Tormen numbers in slices of redshift.
///
/// Those of a slice are in one plane; the slice around a plane of the scene gives its halos to that. In front of the lens they are seen
/// inside a cone, behind it inside one that narrows towards the source, as the light's own path does.
///
/// Reference: Sheth & Tormen (1999), MNRAS 308, 119; Gilman et al. (2019), MNRAS 487, 5721 (cone, two-halo term, sheets).
public struct LineOfSightSpec: SpecFields {
  /// Times the mean number.
  public var amplitude = 1.0
  /// Solar masses.
  public var minimumMass = 1e6
  public var maximumMass = 1e10
  /// Of the cone where it is widest, arcsec.
  public var radius = 3.0
  /// Of slices, in redshift.
  public var thickness = 0.02
  /// Where the first slice begins.
  public var nearest = 0.01
  /// How much the cone narrows between lens and source; 1 to a point.
  public var narrowing = 0.95
  /// Whether the lens's halo has more halos around it than an average place.
  public var hasTwoHaloTerm = true
  /// M_200c of the lens's halo, which the two-halo term goes by.
  public var hostMass = 2e13
  /// Whether sheets of negative mass take out what halos add to the mean: distances are those of a universe that has it already.
  public var hasSheets = true
  public var truncation = HaloTruncationSpec(OverdensityTruncation())

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("amplitude", &amplitude, SpecRange(0...100))
    visitor.number("minimum_mass", &minimumMass, SpecRange(1e4...1e14, unit: "solar masses"))
    visitor.number("maximum_mass", &maximumMass, SpecRange(1e4...1e14, unit: "solar masses"))
    visitor.number("radius", &radius, SpecRange(1e-3...1e3, unit: "arcsec"))
    visitor.number("thickness", &thickness, SpecRange(0.001...1))
    visitor.number("nearest", &nearest, SpecRange(1e-4...1))
    visitor.number("narrowing", &narrowing, SpecRange(0...1))
    visitor.flag("two_halo_term", &hasTwoHaloTerm)
    visitor.number("host_mass", &hostMass, SpecRange(1e10...1e16, unit: "solar masses"))
    visitor.flag("sheets", &hasSheets)
    visitor.convertible("truncation", &truncation)
    visitor.checkMasses(minimumMass, maximumMass)
    let isOfHost = truncation.parameters is RocheTruncation || truncation.parameters is TidalTruncation
    visitor.check(
      !isOfHost, "truncation", given: truncation.usualName,
      "must be overdensity or none: halos of the line of sight have no host")
    visitor.withoutEffect("host_mass", if: !hasTwoHaloTerm, "only the two-halo term goes by it")
  }
}

/// One slice of the line of sight.
public struct LineOfSightSlice: Sendable {
  /// From the nearest, from 0.
  public let number: Int
  /// Where it begins and ends.
  public let redshifts: ClosedRange<Double>
  /// Of the plane that its halos are in.
  public let redshift: Double
  /// Of the disc that has them, arcsec.
  public let radius: Double
  /// Comoving, Mpc^3.
  public let volume: Double
}

extension LineOfSightSpec {
  /// The slices in front of a source, from the nearest.
  ///
  /// - Parameters:
  ///   - planes: Redshifts of the scene's other planes: a slice around one of them has its halos there.
  ///   - lens: Redshift of the main lens.
  public func slices(
    planes: [Double], lens: Double, source: Double, _ cosmology: FlatLambdaCDM
  ) -> [LineOfSightSlice] {
    var (slices, start) = ([LineOfSightSlice](), nearest)
    while start < source {
      let end = min(start + thickness, source)
      let middle = (start + end) / 2
      let taken = planes.filter { start <= $0 && $0 < end }.min { abs($0 - middle) < abs($1 - middle) }
      let redshift = taken ?? middle
      let seen = radius * scale(at: redshift, lens: lens, source: source, cosmology)
      let (near, far) = (cosmology.comovingDistance(to: start), cosmology.comovingDistance(to: end))
      let angle = seen / Units.arcsecPerRadian
      // Of a slice of the cone: the integral of pi (angle D)^2 dD.
      let volume = Double.pi * angle * angle * (far * far * far - near * near * near) / 3
      slices.append(
        LineOfSightSlice(
          number: slices.count, redshifts: start...end, redshift: redshift, radius: seen, volume: volume))
      start = nearest + Double(slices.count) * thickness
    }
    return slices
  }

  /// Radius of the cone in units of that at the lens: 1 in front, 1 - p D_s D_lz / (D_ls D_z) behind, by angular diameter distances.
  private func scale(
    at redshift: Double, lens: Double, source: Double, _ cosmology: FlatLambdaCDM
  ) -> Double {
    if redshift <= lens { return 1 }
    func distance(_ near: Double, _ far: Double) -> Double {
      cosmology.angularDiameterDistance(from: near, to: far)
    }
    let share =
      distance(0, source) * distance(lens, redshift) / (distance(lens, source) * distance(0, redshift))
    return max(1 - narrowing * share, 0)
  }
}

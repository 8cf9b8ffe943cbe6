import LensCore
import LensNumerics
import MassProfiles
import Priors
import StructureFormation

/// The subhalos of a lens in its halo, as simulations of dark matter have them.
///
///     d^2N / dm dA = (Sigma / m0) (m/m0)^slope F,  m0 = 1e8,  log10 F = 0.55 log10(M_host/1e13) + 0.37 log10(z + 0.5)
///
/// in cold dark matter, by the mass M_200 at infall; other kinds keep some of these.
///
/// Reference: Gilman et al. (2020), MNRAS 491, 6077, eq. 5; F: Gannon et al. (2025).
public struct DarkSubhalos: HaloPopulation {
  public static let kind = "dark_subhalos"

  /// Sigma, per square kpc.
  public var surfaceDensity = 0.025
  /// In its place: the mean number of subhalos in cold dark matter.
  public var meanCount: Double?
  /// In its place: their mean surface density in cold dark matter, by M_200, in units of the critical one, which is that of the lens
  /// inside its Einstein radius.
  public var massFraction: Double?
  public var slope = -1.9
  /// Solar masses.
  public var minimumMass = 1e6
  public var maximumMass = 1e10
  /// M_200c of the lens's halo.
  public var hostMass = 2e13
  /// Of the disc that has them, arcsec.
  public var radius = 3.0
  public var places = SubhaloPlaces.uniform
  /// Of the subhalos' density, in units of the host's scale radius.
  public var core = 0.25
  public var truncation = HaloTruncationSpec(RocheTruncation())
  /// [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("surface_density", &surfaceDensity, SpecRange(0...1e3, unit: "per square kpc"))
    visitor.number("mean_count", &meanCount, SpecRange(0...1e6))
    visitor.number("mass_fraction", &massFraction, SpecRange(0...1))
    visitor.number("slope", &slope, SpecRange(-5...5))
    visitor.number("minimum_mass", &minimumMass, SpecRange(1e3...1e14, unit: "solar masses"))
    visitor.number("maximum_mass", &maximumMass, SpecRange(1e3...1e14, unit: "solar masses"))
    visitor.number("host_mass", &hostMass, SpecRange(1e10...1e16, unit: "solar masses"))
    visitor.number("radius", &radius, SpecRange(1e-3...1e3, unit: "arcsec"))
    visitor.choice("places", &places)
    visitor.number("core", &core, SpecRange(1e-3...10))
    visitor.convertible("truncation", &truncation)
    visitor.numbers("center", &center, .position)
    check(visitor)
  }

  private func check(_ visitor: SpecVisitor) {
    visitor.checkMasses(minimumMass, maximumMass)
    visitor.check(
      meanCount == nil || massFraction == nil, "mass_fraction", given: massFraction.map(specNumber) ?? "",
      "cannot be given with mean_count: one of them says how many there are")
    visitor.withoutEffect(
      "surface_density", if: meanCount != nil || massFraction != nil,
      "\(meanCount != nil ? "mean_count" : "mass_fraction") says how many there are")
  }

  public var reference: String? { nil }

  public func draw(_ streams: (String) -> RandomStream, _ setting: HaloSetting) throws -> [Halo] {
    let formation = try HaloFormation(setting.darkMatter, setting.geometry.cosmology)
    let mean = meanCount(setting)
    try requireFew(mean, "dark_subhalos")
    let count = try Distribution.poisson(mean: mean).draw(streams("count"))
    let host = try host(setting, formation)
    let masses = Distribution.powerLaw(exponent: slope, minimum: minimumMass, maximum: maximumMass)
    let (massStream, keepStream) = (streams("mass"), streams("keep"))
    let draws = SubhaloDraws(streams)
    return try (0..<Int(count)).flatMap { number -> [Halo] in
      let mass = try masses.draw(massStream, number: number)
      let isKept = formation.keeps(
        mass: mass, isSubhalo: true, redshift: setting.geometry.lensRedshift,
        keepStream.uniform(UInt32(number)))
      return isKept
        ? try halos(of: mass, draws.numbers(number, mass / hostMass), host, formation, setting) : []
    }
  }

  /// How many there are in cold dark matter.
  func meanCount(_ setting: HaloSetting) -> Double {
    if let meanCount { return meanCount }
    let side = 1000 * setting.geometry.length(ofAngle: radius)
    let area = Double.pi * side * side
    if let massFraction {
      let mean = moment(1) / moment(0)
      return massFraction * setting.geometry.criticalSurfaceDensity / 1e6 * area / mean
    }
    let (pivot, decade) = (1e8, Double.log(10))
    let scaling =
      0.55 * Double.log(hostMass / 1e13) / decade
      + 0.37 * Double.log(setting.geometry.lensRedshift + 0.5) / decade
    return area * surfaceDensity / pivot * Double.exp(scaling * decade)
      * moment(0) * Double.power(pivot, -slope)
  }

  /// The integral of m^(slope + order) over the masses.
  private func moment(_ order: Double) -> Double {
    GaussLegendreRule.order64.integrate(from: Double.log(minimumMass), to: Double.log(maximumMass)) {
      Double.exp((slope + order + 1) * $0)
    }
  }

  private func host(_ setting: HaloSetting, _ formation: HaloFormation) throws -> HostPlaces {
    let redshift = setting.geometry.lensRedshift
    // The lens's own halo is that of cold dark matter: it is far heavier than what other kinds change.
    let plain = DarkMatterSpec()
    let halo = NavarroFrenkWhiteHalo(
      mass: hostMass,
      concentration: try HaloFormation(plain, formation.cosmology).concentration(
        mass: hostMass, redshift: redshift), redshift: redshift, formation.cosmology)
    return HostPlaces(
      scaleRadius: halo.scaleRadius, core: core * halo.scaleRadius, virialRadius: halo.virialRadius)
  }

  private func halos(
    of mass: Double, _ drawn: SubhaloDraws.Numbers, _ host: HostPlaces, _ formation: HaloFormation,
    _ setting: HaloSetting
  ) throws -> [Halo] {
    let (geometry, angles) = (setting.geometry, LensAngles(setting.geometry))
    let limit = angles.kpc(radius)
    let projected =
      places == .uniform
      ? limit * Double.squareRoot(drawn.radius) : host.projected(inside: limit, drawn.radius)
    let depth = host.depth(at: projected, drawn.depth)
    let infall = geometry.lensRedshift + drawn.delay
    let halo = NavarroFrenkWhiteHalo(
      mass: mass,
      concentration: try formation.concentration(
        mass: mass, redshift: infall, deviate: drawn.concentration), redshift: infall, geometry.cosmology)
    let tides = try truncation.parameters.truncation(
      of: halo,
      TidalSetting(
        distance: Double.squareRoot(projected * projected + depth * depth), hostMass: hostMass,
        redshift: geometry.lensRedshift, infallRedshift: infall, cosmology: geometry.cosmology))
    let (sine, cosine) = sineAndCosine(2 * Double.pi * drawn.angle)
    let seen = angles.arcsec(projected)
    var truncated = TruncatedHalo(
      halo, truncationRadius: tides.radius, infallRedshift: infall,
      place: [center[0] + seen * cosine, center[1] + seen * sine])
    truncated.densityRatio = tides.density
    return try formation.model.halos(of: truncated, geometry)
  }
}

/// The random numbers of each subhalo but its mass.
private struct SubhaloDraws {
  private let radius: RandomStream
  private let angle: RandomStream
  private let depth: RandomStream
  private let infall: RandomStream
  private let concentration: RandomStream

  struct Numbers {
    let radius: Double
    let angle: Double
    let depth: Double
    /// Of the infall redshift on the lens's.
    let delay: Double
    let concentration: Double
  }

  init(_ streams: (String) -> RandomStream) {
    (radius, angle, depth) = (streams("radius"), streams("angle"), streams("depth"))
    (infall, concentration) = (streams("infall"), streams("concentration"))
  }

  private static let attempts: UInt32 = 32

  func numbers(_ number: Int, _ massRatio: Double) -> Numbers {
    let k = UInt32(number)
    let (mean, deviation) = SubhaloInfall.delay(massRatio: massRatio)
    // Normal, drawn again where it is not among what is possible: 1 in 30.
    let delays = (0..<Self.attempts).lazy.map { [infall] in
      mean + deviation * infall.normal(k &* Self.attempts &+ $0)
    }
    return Numbers(
      radius: radius.uniform(k), angle: angle.uniform(k), depth: depth.uniform(k),
      delay: delays.first { SubhaloInfall.delays.contains($0) } ?? mean,
      concentration: concentration.normal(k))
  }
}

extension SpecVisitor {
  /// The masses of a population: the largest is greater than the least, whatever is drawn for them.
  func checkMasses(_ minimum: Double, _ maximum: Double) {
    let (low, high) = (limits(of: "minimum_mass", minimum), limits(of: "maximum_mass", maximum))
    check(
      low.upperBound < high.lowerBound, "maximum_mass", given: specNumber(high.lowerBound),
      "must be greater than the minimum_mass \(specNumber(low.upperBound))")
  }
}

/// More halos than memory is for: a slip in a number.
///
/// - Throws: `NumericalError.noSolution` for more than a million.
func requireFew(_ mean: Double, _ population: String) throws {
  let most = 1e6
  guard mean <= most else {
    throw NumericalError.noSolution(
      quantity: population,
      context:
        "\(specNumber(mean.rounded())) halos in the mean, must be at most \(specNumber(most)): fewer light ones (minimum_mass), or a smaller radius"
    )
  }
}

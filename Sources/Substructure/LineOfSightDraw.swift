import Cosmology
import LensCore
import LensNumerics
import MassProfiles
import Priors
import StructureFormation

/// Draws the halos of one slice.
package struct LineOfSightDraw {
  private let spec: LineOfSightSpec
  private let formation: HaloFormation
  private let slice: LineOfSightSlice
  private let geometry: LensGeometry
  private let masses: SliceMasses
  /// Times the halos of an average place: more around the lens.
  private let boost: Double

  /// - Parameters:
  ///   - geometry: Of the slice's plane and the source.
  ///   - isLens: Whether the main lens is in that plane.
  package init(
    _ spec: LineOfSightSpec, _ formation: HaloFormation, _ slice: LineOfSightSlice, _ geometry: LensGeometry,
    isLens: Bool
  ) {
    (self.spec, self.formation, self.slice, self.geometry) = (spec, formation, slice, geometry)
    masses = SliceMasses(
      formation.structure, spec.minimumMass...spec.maximumMass, redshift: slice.redshift)
    let depth = slice.redshifts
    boost =
      isLens && spec.hasTwoHaloTerm
      ? 1
        + formation.structure.twoHaloBoost(
          ofMass: spec.hostMass, redshift: slice.redshift,
          thickness: geometry.cosmology.comovingDistance(to: depth.upperBound)
            - geometry.cosmology.comovingDistance(to: depth.lowerBound)) : 1
  }

  /// Of cold dark matter.
  package var meanCount: Double { spec.amplitude * masses.number * slice.volume * boost }

  /// - Parameter streams: The random numbers of the line of sight by their names.
  package func halos(_ streams: (String) -> RandomStream) throws -> [Halo] {
    func stream(_ name: String) -> RandomStream { streams("slice_\(slice.number).\(name)") }
    try requireFew(meanCount, "line_of_sight")
    let count = try Distribution.poisson(mean: meanCount).draw(stream("count"))
    let (mass, keep, concentration) = (stream("mass"), stream("keep"), stream("concentration"))
    let (radius, angle) = (stream("radius"), stream("angle"))
    return try (0..<Int(count)).flatMap { number -> [Halo] in
      let k = UInt32(number)
      let drawn = masses.mass(mass.uniform(k))
      let isKept = formation.keeps(
        mass: drawn, isSubhalo: false, redshift: slice.redshift, keep.uniform(k))
      if !isKept { return [] }
      let seen = slice.radius * Double.squareRoot(radius.uniform(k))
      let (sine, cosine) = sineAndCosine(2 * Double.pi * angle.uniform(k))
      let halo = try halo(drawn, at: [seen * cosine, seen * sine], deviate: concentration.normal(k))
      return try formation.model.halos(of: halo, geometry)
    }
  }

  private func halo(_ mass: Double, at place: [Double], deviate: Double) throws -> TruncatedHalo {
    let redshift = slice.redshift
    let inner = NavarroFrenkWhiteHalo(
      mass: mass,
      concentration: try formation.concentration(mass: mass, redshift: redshift, deviate: deviate),
      redshift: redshift, geometry.cosmology)
    let tides = try spec.truncation.parameters.truncation(
      of: inner,
      TidalSetting(
        distance: nil, hostMass: spec.hostMass, redshift: redshift, infallRedshift: nil,
        cosmology: geometry.cosmology))
    return TruncatedHalo(inner, truncationRadius: tides.radius, infallRedshift: nil, place: place)
  }

  /// Less convergence by as much as the halos have in the mean: in an average place, whatever the lens has around it.
  package func sheet() throws -> Halo {
    let perVolume = try masses.sum { mass in
      let kept = formation.model.abundance(
        mass: mass, isSubhalo: false, redshift: slice.redshift, formation.cosmology)
      return kept == 0 ? 0 : kept * (try halo(mass, at: [0, 0], deviate: 0).mass)
    }
    // Over the disc of the slice.
    let area = Double.pi * slice.radius * slice.radius * geometry.criticalSurfaceDensityPerSquareArcsec
    var sheet = ConvergenceSheetSpec()
    sheet.convergence = area > 0 ? -spec.amplitude * perVolume * slice.volume / area : 0
    return Halo(sheet: MassSpec(sheet))
  }
}

/// The mass function of one redshift between two masses: a power law between neighbouring ones of a list.
struct SliceMasses {
  private let masses: [Double]
  /// d N / d ln m, comoving, per Mpc^3.
  private let numbers: [Double]
  /// Up to each mass, per Mpc^3.
  private let sums: [Double]

  private static let steps = 48

  init(_ structure: StructureFormation, _ range: ClosedRange<Double>, redshift: Double) {
    let growth = structure.growthFactor(at: redshift)
    let width = Double.log(range.upperBound / range.lowerBound)
    let masses = (0...Self.steps).map {
      range.lowerBound * Double.exp(width * Double($0) / Double(Self.steps))
    }
    numbers = masses.map { $0 * structure.massFunction(ofMass: $0, growth: growth) }
    self.masses = masses
    var sums = [0.0]
    for k in 1...Self.steps {
      sums.append(sums[k - 1] + Self.part(numbers[k - 1], numbers[k], width / Double(Self.steps), 1))
    }
    self.sums = sums
  }

  /// The integral of a power law over the first share of an interval of ln m.
  private static func part(_ first: Double, _ last: Double, _ width: Double, _ share: Double) -> Double {
    let slope = Double.log(last / first)
    let rise = abs(slope) < 1e-9 ? share : (Double.exp(slope * share) - 1) / slope
    return first * width * rise
  }

  /// Of all halos, per comoving Mpc^3.
  var number: Double { sums[Self.steps] }

  /// The mass that a share of all halos is below.
  func mass(_ share: Double) -> Double {
    let wanted = share * number
    var (low, high) = (0, Self.steps)
    while high - low > 1 {
      let middle = (low + high) / 2
      if sums[middle] <= wanted { low = middle } else { high = middle }
    }
    let inside = (wanted - sums[low]) / (sums[high] - sums[low])
    let slope = Double.log(numbers[high] / numbers[low])
    let place =
      abs(slope) < 1e-9 ? inside : Double.log(1 + inside * (Double.exp(slope) - 1)) / slope
    return masses[low] * Double.exp(place * Double.log(masses[high] / masses[low]))
  }

  /// The integral of a quantity over all halos, per comoving Mpc^3.
  func sum(_ quantity: (Double) throws -> Double) rethrows -> Double {
    let values = try zip(masses, numbers).map { try quantity($0) * $1 }
    let step = Double.log(masses[1] / masses[0])
    return (1...Self.steps).reduce(0) { $0 + (values[$1 - 1] + values[$1]) / 2 * step }
  }
}

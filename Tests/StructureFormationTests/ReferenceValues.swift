import Cosmology
import Foundation
import StructureFormation

/// Values of colossus, hmf and pyHalo; Data/README.md says what made them.
enum Reference {
  /// That of all values.
  static let cosmology: FlatLambdaCDM = {
    var cosmology = FlatLambdaCDM()
    (cosmology.hubbleConstant, cosmology.matterDensity) = (67.5, 0.309)
    return cosmology
  }()

  /// The defaults are those of the values.
  static func structure() throws -> StructureFormation {
    try StructureFormation(cosmology: cosmology, fluctuations: MatterFluctuations())
  }

  static func withoutRadiation() throws -> WithoutRadiation { try read("without_radiation") }
  static func halos() throws -> HaloValues { try read("halos") }

  private static func read<Values: Decodable>(_ name: String) throws -> Values {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Data")
    return try JSONDecoder().decode(
      Values.self, from: Data(contentsOf: folder.appending(path: "\(name).json")))
  }
}

/// Of colossus with `relspecies=False`.
struct WithoutRadiation: Decodable {
  let wavenumber, transfer, radius, correlation, mass, sigma, sigmaOfTables: [Double]
  let byRedshift: [AtRedshift]

  struct AtRedshift: Decodable {
    let redshift, growth, age: Double
    let peakHeight, shethTormen, tinkerBias, diemer19, ludlow16: [Double]
  }
}

/// Of colossus with radiation, of hmf, and of pyHalo.
struct HaloValues: Decodable {
  struct Concentrations: Decodable {
    let redshift: Double
    let logMass, diemer19, ludlow16: [Double]
  }
  struct Abundance: Decodable {
    let redshift: Double
    let logMass, shethTormen, sigma, ofHmf, sigmaOfHmf: [Double]
  }
  struct TwoHalo: Decodable { let logMass, radius, boostWithExcess, boost: Double }
  struct CollapseTime: Decodable { let scaleDensity, scaleRadius, crossSection, time: Double }
  struct EvolutionTime: Decodable { let redshift, infall, acceleration, time: Double }
  struct Evolution: Decodable { let time, scale, core: Double }
  struct Core: Decodable { let logParticleMass, logMass, redshift, radius, density: Double }
  struct FuzzyScale: Decodable {
    let logParticleMass, suppressionMass, wavelength: Double
    let logSmallestMass: [String: Double]
  }
  struct Radius: Decodable { let mass, redshift, r50, r200: Double }
  struct Roche: Decodable { let mass, distance, radius: Double }
  struct Stripped: Decodable { let concentration, boundFraction, radius, density: Double }
  struct Infall: Decodable { let logMassRatio, mean, deviation: Double }

  let concentrations: [Concentrations]
  let abundances: [Abundance]
  let twoHalo: [TwoHalo]
  let warmLogMass: [Double]
  /// By set and half-mode mass.
  let massFunctionSuppression: [String: [String: [Double]]]
  /// By set, half-mode mass and redshift.
  let concentrationSuppression: [String: [String: [String: [Double]]]]
  let relicMass, halfModeMass, freeStreamingLength: [String: Double]
  let collapseTimes: [CollapseTime]
  let evolutionTimes: [EvolutionTime]
  let evolution: [Evolution]
  let cores: [Core]
  let fuzzyScales: [FuzzyScale]
  let radii: [Radius]
  let roche: [Roche]
  let stripped: [Stripped]
  let infall: [Infall]
}

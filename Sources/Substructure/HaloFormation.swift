import Cosmology
import LensCore
import LensNumerics
import MassProfiles
import StructureFormation
import Synchronization

/// What halos look like in one universe with one kind of dark matter.
package struct HaloFormation {
  let cosmology: FlatLambdaCDM
  let darkMatter: DarkMatterSpec
  var structure: StructureFormation { tables.structure }
  private let tables: FormationTables

  /// - Throws: `SpecError` for a universe in which nothing forms.
  package init(_ darkMatter: DarkMatterSpec, _ cosmology: FlatLambdaCDM) throws {
    (self.darkMatter, self.cosmology) = (darkMatter, cosmology)
    tables = try FormationTables.kept(cosmology, darkMatter.fluctuations)
  }

  var model: any DarkMatterModel { darkMatter.model.parameters }

  /// c_200c of a halo.
  ///
  /// - Parameter deviate: How many standard deviations of log10 c it is off the median.
  func concentration(mass: Double, redshift: Double, deviate: Double = 0) throws -> Double {
    let spec = darkMatter.concentration
    let median = try spec.value ?? tables.concentration(spec.law, mass: mass, redshift: redshift)
    let scattered = median * Double.exp(Double.log(10) * spec.scatter * deviate)
    // A halo that is no denser in the middle than at its edge is none.
    return max(scattered * model.concentration(mass: mass, redshift: redshift, cosmology), 1)
  }

  /// Whether a halo of cold dark matter is there for this kind of it, too.
  ///
  /// - Parameter number: Uniform in 0 to 1: with the same, less suppression keeps what more of it keeps.
  func keeps(mass: Double, isSubhalo: Bool, redshift: Double, _ number: Double) -> Bool {
    number
      < model.abundance(mass: mass, isSubhalo: isSubhalo, redshift: redshift, cosmology)
  }
}

/// Fluctuations and concentrations of one universe: they take some milliseconds, and samples of a population share them.
///
/// What is read from tables does not depend on whether they were kept.
private final class FormationTables: Sendable {
  let structure: StructureFormation
  private let concentrations = Mutex<[Key: ConcentrationTable]>([:])

  private struct Key: Hashable {
    let law: ConcentrationLaw
    let step: Int
  }

  private init(_ structure: StructureFormation) { self.structure = structure }

  /// In ln(1 + z); between tables ln c is linear, which is within 1e-4.
  private static let step = 0.02

  func concentration(_ law: ConcentrationLaw, mass: Double, redshift: Double) throws -> Double {
    let place = Double.log(1 + redshift) / Self.step
    let below = place.rounded(.down)
    let near = Double.log(try table(law, Int(below))(mass))
    let far = Double.log(try table(law, Int(below) + 1)(mass))
    return Double.exp(near + (place - below) * (far - near))
  }

  private func table(_ law: ConcentrationLaw, _ step: Int) throws -> ConcentrationTable {
    let key = Key(law: law, step: step)
    if let table = concentrations.withLock({ $0[key] }) { return table }
    let redshift = Double.exp(Double(step) * Self.step) - 1
    let table = try structure.concentrationTable(law, redshift: redshift)
    concentrations.withLock { $0[key] = table }
    return table
  }

  private static let most = 16
  private static let universes = Mutex<[[Double]: FormationTables]>([:])

  static func kept(
    _ cosmology: FlatLambdaCDM, _ fluctuations: MatterFluctuations
  ) throws -> FormationTables {
    let key = [
      cosmology.hubbleConstant, cosmology.matterDensity, fluctuations.baryonDensity, fluctuations.sigma8,
      fluctuations.spectralIndex,
    ]
    if let tables = universes.withLock({ $0[key] }) { return tables }
    let tables = FormationTables(try StructureFormation(cosmology: cosmology, fluctuations: fluctuations))
    universes.withLock {
      if $0.count >= most { $0.removeAll() }
      $0[key] = tables
    }
    return tables
  }
}

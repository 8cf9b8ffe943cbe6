import Cosmology
import Foundation
import LensTestSupport
import StructureFormation
import Testing

/// Concentrations of halos of cold dark matter.
@Suite struct ConcentrationTests {
  @Test(arguments: ConcentrationLaw.allCases)
  func `concentrations agree with colossus`(law: ConcentrationLaw) throws {
    let structure = try Reference.structure()
    let reference = try Reference.withoutRadiation()
    var worst = WorstError("\(law) against colossus without radiation")
    for row in reference.byRedshift {
      for (mass, expected) in zip(reference.mass, law == .ludlow2016 ? row.ludlow16 : row.diemer19)
      where expected > 0 {
        worst.note(
          try structure.concentration(law, ofMass: mass, redshift: row.redshift), expected: expected,
          floor: 0,
          at: "\(mass), z \(row.redshift)")
      }
    }
    // Its slopes of sigma come from a table that is worst at the largest masses; it interpolates Ludlow's in steps of 2 per cent.
    worst.expect(atMost: law == .ludlow2016 ? 5e-4 : 1.5e-3)
    var radiation = WorstError("\(law) against colossus with radiation")
    for row in try Reference.halos().concentrations {
      for (logMass, expected) in zip(row.logMass, law == .ludlow2016 ? row.ludlow16 : row.diemer19) {
        radiation.note(
          try structure.concentration(law, ofMass: pow(10, logMass), redshift: row.redshift),
          expected: expected, floor: 0, at: "\(logMass), z \(row.redshift)")
      }
    }
    radiation.expect(atMost: 1.5e-3)
  }

  @Test(arguments: ConcentrationLaw.allCases)
  func `tables are as good as the relations`(law: ConcentrationLaw) throws {
    let structure = try Reference.structure()
    var worst = WorstError("table of \(law)")
    for redshift in [0.0, 0.5, 2, 6, 10] {
      let table = try structure.concentrationTable(law, redshift: redshift)
      for index in 0..<50 {
        let mass = pow(10, 4 + 11 * (Double(index) + 0.61) / 50)
        worst.note(
          table(mass), expected: try structure.concentration(law, ofMass: mass, redshift: redshift), floor: 0,
          at: "\(mass), z \(redshift)")
      }
      #expect(abs(table(1e3) / table(1e4) - 1) < 1e-12 && abs(table(1e16) / table(1e15) - 1) < 1e-12)
    }
    worst.expect(atMost: 1e-6)
  }

  @Test(arguments: ConcentrationLaw.allCases)
  func `many universes have concentrations`(law: ConcentrationLaw) throws {
    for (hubble, matter, sigma8, index) in [(50.0, 0.9, 0.5, 0.9), (75, 0.2, 1, 1), (70, 0.3, 0.7, 0.95)] {
      var (cosmology, fluctuations) = (FlatLambdaCDM(), MatterFluctuations())
      (cosmology.hubbleConstant, cosmology.matterDensity) = (hubble, matter)
      (fluctuations.sigma8, fluctuations.spectralIndex) = (sigma8, index)
      let structure = try StructureFormation(cosmology: cosmology, fluctuations: fluctuations)
      for redshift in [0.0, 1, 5] {
        let table = try structure.concentrationTable(law, redshift: redshift)
        for logMass in 4...15 {
          #expect((1...200).contains(table(pow(10, Double(logMass)))), "\(matter) z \(redshift) \(logMass)")
        }
      }
    }
  }
}

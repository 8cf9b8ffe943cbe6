import Cosmology
import Foundation
import LensTestSupport
import StructureFormation
import Testing

/// Growth of fluctuations and the age of the universe.
@Suite struct GrowthTests {
  @Test func `growth and ages agree with colossus`() throws {
    let structure = try Reference.structure()
    var (growth, age) = (WorstError("growth against colossus"), WorstError("age against colossus"))
    for row in try Reference.withoutRadiation().byRedshift {
      growth.note(
        structure.growthFactor(at: row.redshift), expected: row.growth, floor: 0, at: "z \(row.redshift)")
      age.note(
        Reference.cosmology.age(at: row.redshift), expected: row.age, floor: 0, at: "z \(row.redshift)")
    }
    growth.expect(atMost: 1e-10)
    age.expect(atMost: 1e-10)
  }

  @Test(arguments: [0.05, 0.3, 0.7, 1])
  func `the rate is the slope of growth`(matter: Double) throws {
    var cosmology = FlatLambdaCDM()
    cosmology.matterDensity = matter
    var fluctuations = MatterFluctuations()
    fluctuations.baryonDensity = 0.02
    let structure = try StructureFormation(cosmology: cosmology, fluctuations: fluctuations)
    var rate = WorstError("growth rate against differences of growth, matter \(matter)")
    for redshift in [0.0, 0.3, 1, 3, 10, 30] {
      let step = 1e-4
      let (low, high) = ((1 + redshift) * exp(-step) - 1, (1 + redshift) * exp(step) - 1)
      let slope = log(structure.growthFactor(at: low) / structure.growthFactor(at: high)) / (2 * step)
      rate.note(structure.growthRate(at: redshift), expected: slope, floor: 0, at: "z \(redshift)")
    }
    // Differences of second order over 1e-4, with rounding of 1e-16 over 2e-4.
    rate.expect(atMost: 1e-8)
  }

  @Test func `a universe of matter alone grows as its scale, and is two thirds of the Hubble time old`()
    throws
  {
    var cosmology = FlatLambdaCDM()
    (cosmology.matterDensity, cosmology.hubbleConstant) = (1, 50)
    let structure = try StructureFormation(cosmology: cosmology, fluctuations: MatterFluctuations())
    var worst = WorstError("growth and age of a universe of matter")
    for redshift in [0.0, 0.5, 2, 9] {
      worst.note(structure.growthFactor(at: redshift), expected: 1 / (1 + redshift), floor: 0)
      worst.note(structure.growthRate(at: redshift), expected: 1, floor: 0)
      let hubbleTime = 977.792_221_67 / 50
      worst.note(
        cosmology.age(at: redshift), expected: 2 / 3.0 * hubbleTime * pow(1 + redshift, -1.5), floor: 0)
    }
    worst.expect(atMost: 1e-10)
  }

  @Test func `the age is that of the closed form`() {
    var worst = WorstError("age against its closed form")
    for matter in [0.1, 0.3, 0.6] {
      var cosmology = FlatLambdaCDM()
      cosmology.matterDensity = matter
      for redshift in [0.0, 0.2, 1, 5, 20] {
        let ratio = ((1 - matter) / matter / pow(1 + redshift, 3)).squareRoot()
        let expected = 977.792_221_67 / 70 * 2 / 3 / (1 - matter).squareRoot() * asinh(ratio)
        worst.note(cosmology.age(at: redshift), expected: expected, floor: 0, at: "\(matter), z \(redshift)")
      }
    }
    worst.expect(atMost: 1e-10)
  }
}

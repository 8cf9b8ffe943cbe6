import Cosmology
import Foundation
import LensNumerics
import LensTestSupport
import StructureFormation
import Testing

/// Numbers of halos and their clustering.
@Suite struct AbundanceTests {
  @Test func `peak heights, numbers and bias agree with colossus`() throws {
    let structure = try Reference.structure()
    let reference = try Reference.withoutRadiation()
    var (height, number, bias) = (
      WorstError("peak height against colossus"), WorstError("Sheth-Tormen against colossus, to nu 3"),
      WorstError("Tinker bias against colossus")
    )
    for row in reference.byRedshift {
      for (index, mass) in reference.mass.enumerated() {
        let place = "\(mass), z \(row.redshift)"
        let nu = structure.peakHeight(ofMass: mass, redshift: row.redshift)
        height.note(nu, expected: row.peakHeight[index], floor: 0, at: place)
        bias.note(
          structure.bias(ofMass: mass, redshift: row.redshift), expected: row.tinkerBias[index], floor: 0,
          at: place)
        if nu < 3 {
          number.note(
            structure.massFunction(ofMass: mass, redshift: row.redshift), expected: row.shethTormen[index],
            floor: 0, at: place)
        }
      }
    }
    // Its tables of sigma are off by 4e-4, and its slopes more so at the largest masses.
    height.expect(atMost: 5e-4)
    number.expect(atMost: 3e-3)
    bias.expect(atMost: 1e-3)
  }

  @Test func `numbers agree with colossus with radiation and with hmf`() throws {
    let structure = try Reference.structure()
    var (colossus, hmf) = (
      WorstError("Sheth-Tormen against colossus with radiation"), WorstError("Sheth-Tormen against hmf")
    )
    for row in try Reference.halos().abundances {
      for (index, logMass) in row.logMass.enumerated() {
        let mass = pow(10, logMass)
        let number = structure.massFunction(ofMass: mass, redshift: row.redshift)
        colossus.note(number, expected: row.shethTormen[index], floor: 0, at: "\(logMass), z \(row.redshift)")
        hmf.note(number * mass, expected: row.ofHmf[index], floor: 0, at: "\(logMass), z \(row.redshift)")
      }
    }
    // Differences of sigma by radiation nearly cancel, as the mass function is flat in it.
    colossus.expect(atMost: 1e-3)
    hmf.expect(atMost: 1e-3)
  }

  @Test func `all mass is in halos`() {
    let whole = GaussLegendreRule.order64
    // ln nu in pieces; the rest goes as nu^0.4.
    let share = stride(from: -60.0, to: 4, by: 4).reduce(0) { sum, start in
      sum
        + whole.integrate(from: start, to: start + 4) { StructureFormation.shethTormen(peakHeight: exp($0)) }
    }
    var worst = WorstError("mass in halos of all peak heights, less 1")
    worst.note(share - 1)
    // Of the normalisation, which has four digits.
    worst.expect(atMost: 1e-4)
  }

  /// The mass function is the distribution of peak heights, by mass.
  @Test func `halos of a range of masses hold the mass of their peak heights`() throws {
    let structure = try Reference.structure()
    let rule = GaussLegendreRule.order64
    var worst = WorstError("mass in halos from 1e3 to 1e15 against that by peak height")
    for redshift in [0.0, 1, 5] {
      let (low, high) = (log(1e3), log(1e15))
      let share =
        rule.integrate(from: low, to: high) {
          exp(2 * $0) * structure.massFunction(ofMass: exp($0), redshift: redshift)
        } / Reference.cosmology.meanMatterDensity
      let expected = rule.integrate(
        from: log(structure.peakHeight(ofMass: 1e3, redshift: redshift)),
        to: log(structure.peakHeight(ofMass: 1e15, redshift: redshift))
      ) { StructureFormation.shethTormen(peakHeight: exp($0)) }
      #expect(share > 0.2 && share < 1)
      worst.note(share, expected: expected, floor: 0, at: "z \(redshift)")
    }
    worst.expect(atMost: 1e-8)
  }

  @Test func `two-halo boosts agree with pyHalo`() throws {
    let structure = try Reference.structure()
    let thickness =
      Reference.cosmology.comovingDistance(to: 0.52) - Reference.cosmology.comovingDistance(to: 0.5)
    var (plain, whole) = (WorstError("two-halo boost against pyHalo"), WorstError("with its excess"))
    for row in try Reference.halos().twoHalo {
      let mass = pow(10, row.logMass)
      plain.note(
        structure.twoHaloBoost(ofMass: mass, redshift: 0.5, thickness: thickness), expected: row.boost,
        floor: 0, at: "\(row.logMass)")
      whole.note(
        structure.twoHaloBoost(ofMass: mass, redshift: 0.5, thickness: thickness, excessRadius: row.radius),
        expected: row.boostWithExcess, floor: 0, at: "\(row.logMass)")
    }
    // Its table of the correlation function is off by up to 3e-3.
    plain.expect(atMost: 1e-3)
    whole.expect(atMost: 1e-3)
  }

  @Test func `a thin slice gets twice the term at its end`() throws {
    let structure = try Reference.structure()
    let (thin, thick) = (
      structure.twoHaloBoost(ofMass: 1e13, redshift: 0.5, thickness: 0.5, excessRadius: 0.4),
      structure.twoHaloBoost(ofMass: 1e13, redshift: 0.5, thickness: 0.500001, excessRadius: 0.4)
    )
    #expect(abs(thin / thick - 1) < 1e-4)
    #expect(structure.twoHaloBoost(ofMass: 1e13, redshift: 0.5, thickness: 0.4) > 0)
  }
}

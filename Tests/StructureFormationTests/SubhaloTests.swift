import Cosmology
import Foundation
import LensTestSupport
import StructureFormation
import Testing

/// When halos fell into others, and what is left of them.
@Suite struct SubhaloTests {
  private let cosmology = Reference.cosmology

  @Test func `infall agrees with pyHalo`() throws {
    var worst = WorstError("infall redshifts against pyHalo")
    for row in try Reference.halos().infall {
      let (mean, deviation) = SubhaloInfall.delay(massRatio: pow(10, row.logMassRatio))
      worst.note(mean, expected: row.mean, floor: 0, at: "\(row.logMassRatio)")
      worst.note(deviation, expected: row.deviation, floor: 0, at: "\(row.logMassRatio)")
    }
    worst.expect(atMost: 1e-12)
  }

  @Test func `radii agree with pyHalo`() throws {
    let reference = try Reference.halos()
    var (radii, roche) = (
      WorstError("r50 and r200 against pyHalo"), WorstError("Roche radius, of it or 1 kpc")
    )
    for row in reference.radii {
      for (overdensity, expected) in [(50.0, row.r50), (200, row.r200)] {
        let radius = HaloTruncation.radius(
          ofMass: row.mass, overdensity: overdensity, redshift: row.redshift, cosmology)
        radii.note(radius, expected: expected, floor: 0, at: "\(row.mass), z \(row.redshift)")
      }
    }
    for row in reference.roche {
      let radius = HaloTruncation.rocheRadius(mass: row.mass, distance: row.distance)
      roche.note(radius, expected: row.radius, floor: 1, at: "\(row.mass), \(row.distance) kpc")
    }
    radii.expect(atMost: 1e-9)
    // Rounded to 1e-3 kpc.
    roche.expect(atMost: 5.01e-4)
  }

  @Test func `stripped halos agree with pyHalo`() throws {
    var (density, radius) = (
      WorstError("f_t of stripped halos against pyHalo"), WorstError("r_t of stripped halos against pyHalo")
    )
    for row in try Reference.halos().stripped {
      let left = try HaloTruncation.stripped(
        boundFraction: row.boundFraction, concentration: row.concentration)
      let place = "\(row.boundFraction), c \(row.concentration)"
      density.note(left.density, expected: row.density, floor: 0, at: place)
      radius.note(left.radius, expected: row.radius, floor: 0, at: place)
    }
    density.expect(atMost: 1e-12)
    // It interpolates in a table of ten masses per decade.
    radius.expect(atMost: 5e-6)
  }

  @Test func `a stripped halo has its bound mass`() throws {
    var worst = WorstError("mass of stripped halos")
    for boundFraction in [0.9, 0.3, 1e-2, 1e-5] {
      let concentration = 12.0
      let (density, radius) = try HaloTruncation.stripped(
        boundFraction: boundFraction, concentration: concentration)
      // By ln x, far beyond the truncation.
      let (step, start) = (1e-3, log(radius) - 16)
      let mass = (0..<32000).reduce(0.0) { sum, index in
        let x = exp(start + Double(index) * step)
        return sum + step * density * x * x / ((1 + x) * (1 + x) * (1 + x * x / (radius * radius)))
      }
      let whole = log(1 + concentration) - concentration / (1 + concentration)
      worst.note(mass / whole, expected: boundFraction, floor: 0, at: "\(boundFraction)")
    }
    worst.expect(atMost: 1e-9)
  }

  @Test(arguments: [0, -1, Double.nan])
  func `no bound mass is refused`(boundFraction: Double) {
    #expect(throws: (any Error).self) {
      _ = try HaloTruncation.stripped(boundFraction: boundFraction, concentration: 10)
    }
  }
}

import Cosmology
import Foundation
import LensTestSupport
import StructureFormation
import Testing

/// Warm, fuzzy and self-interacting dark matter.
@Suite struct DarkMatterTests {
  private let cosmology = Reference.cosmology

  @Test func `suppressions agree with pyHalo`() throws {
    let reference = try Reference.halos()
    let sets: [String: Suppression] = [
      "LOVELL2020": .lovell2020Field, "SHMF_LOVELL2020": .lovell2020Subhalos, "LOVELL2014": .lovell2014,
      "SCHIVE2016": .schive2016,
    ]
    var worst = WorstError("suppression of the mass function against pyHalo")
    for (name, set) in sets {
      for (scale, values) in try #require(reference.massFunctionSuppression[name]) {
        for (logMass, expected) in zip(reference.warmLogMass, values) {
          let factor = set(mass: pow(10, logMass), scale: try #require(Double(scale)))
          worst.note(factor, expected: expected, floor: 0, at: "\(name) \(scale) \(logMass)")
        }
      }
    }
    worst.expect(atMost: 1e-12)
  }

  @Test(arguments: ["bose", "laroche"])
  func `suppressions of concentrations agree with pyHalo`(name: String) throws {
    let reference = try Reference.halos()
    let law: Suppression = name == "bose" ? .boseConcentration : .larocheConcentration
    var worst = WorstError("suppression of the concentration against pyHalo, \(name)")
    for (scale, rows) in try #require(reference.concentrationSuppression[name]) {
      for (redshift, values) in rows {
        // pyHalo has the redshift's factor for one of the two.
        let factor = name == "bose" ? 1 : Suppression.boseRedshiftFactor(at: try #require(Double(redshift)))
        for (logMass, expected) in zip(reference.warmLogMass, values) {
          worst.note(
            factor * law(mass: pow(10, logMass), scale: try #require(Double(scale))), expected: expected,
            floor: 0, at: "\(scale) \(logMass) z \(redshift)")
        }
      }
    }
    worst.expect(atMost: 1e-12)
  }

  @Test func `masses and lengths of warm dark matter agree with pyHalo`() throws {
    let reference = try Reference.halos()
    var (masses, lengths) = (
      WorstError("relic and half-mode masses against pyHalo"),
      WorstError("free-streaming length against pyHalo's times Om0^(-1/3)")
    )
    for (mass, expected) in reference.relicMass {
      let value = WarmDarkMatter.relicMass(ofHalfModeMass: try #require(Double(mass)), cosmology)
      masses.note(value, expected: expected, floor: 0, at: mass)
    }
    for (mass, expected) in reference.halfModeMass {
      let value = WarmDarkMatter.halfModeMass(ofRelicMass: try #require(Double(mass)), cosmology)
      masses.note(value, expected: expected, floor: 0, at: mass)
    }
    for (mass, expected) in reference.freeStreamingLength {
      let value = WarmDarkMatter.freeStreamingLength(ofHalfModeMass: try #require(Double(mass)), cosmology)
      lengths.note(value, expected: expected * pow(0.309, -1 / 3.0), floor: 0, at: mass)
    }
    masses.expect(atMost: 1e-10)
    lengths.expect(atMost: 1e-9)
  }

  @Test func `relic and half-mode masses are each other's inverse`() {
    var worst = WorstError("half-mode mass from the relic's from it")
    for power in stride(from: 2.0, through: 12, by: 0.5) {
      let mass = pow(10, power)
      let relic = WarmDarkMatter.relicMass(ofHalfModeMass: mass, cosmology)
      worst.note(WarmDarkMatter.halfModeMass(ofRelicMass: relic, cosmology), expected: mass, floor: 0)
    }
    worst.expect(atMost: 1e-13)
  }

  @Test func `the half-mode length is the relic's of Schneider et al.`() {
    // alpha = 0.049 (m/keV)^-1.11 (Omega/0.25)^0.11 (h/0.7)^1.22 Mpc/h (their eq. 6), with baryons as the rest of the matter.
    var worst = WorstError("half-mode length against 13.93 alpha")
    for relic in [1.0, 3, 6] {
      let alpha =
        0.049 * pow(relic, -1.11) * pow(0.309 / 0.25, 0.11) * pow(0.675 / 0.7, 1.22) / 0.675
      let mass = WarmDarkMatter.halfModeMass(ofRelicMass: relic, cosmology)
      worst.note(
        WarmDarkMatter.halfModeLength(ofHalfModeMass: mass, cosmology), expected: 13.93 * alpha, floor: 0,
        at: "\(relic) keV")
    }
    // The mass is of three digits, and its exponents are rounded.
    worst.expect(atMost: 3e-3)
  }

  @Test func `solitons agree with pyHalo where it is right`() throws {
    let reference = try Reference.halos()
    var worst = WorstError("solitons and scales of fuzzy dark matter")
    for row in reference.cores {
      let fuzzy = FuzzyDarkMatter(particleMass: pow(10, row.logParticleMass + 22), cosmology: cosmology)
      let radius = fuzzy.coreRadius(haloMass: pow(10, row.logMass), redshift: row.redshift)
      let density = fuzzy.centralDensity(coreRadius: radius, redshift: row.redshift)
      worst.note(radius, expected: row.radius, floor: 0, at: "radius \(row.logMass)")
      worst.note(density, expected: row.density * 1e9, floor: 0, at: "density \(row.logMass)")
    }
    for row in reference.fuzzyScales {
      let fuzzy = FuzzyDarkMatter(particleMass: pow(10, row.logParticleMass + 22), cosmology: cosmology)
      worst.note(fuzzy.suppressionMass, expected: row.suppressionMass, floor: 0)
      worst.note(fuzzy.deBroglieWavelength(velocity: 200), expected: row.wavelength, floor: 0)
      for (redshift, expected) in row.logSmallestMass {
        let mass = fuzzy.smallestHaloMass(at: try #require(Double(redshift)))
        worst.note(mass, expected: pow(10, expected), floor: 0, at: "smallest mass, z \(redshift)")
      }
    }
    worst.expect(atMost: 1e-10)
  }

  @Test func `collapse times agree with pyHalo`() throws {
    var worst = WorstError("collapse time against pyHalo")
    for row in try Reference.halos().collapseTimes {
      let time = SelfInteraction.collapseTime(
        scaleDensity: row.scaleDensity, scaleRadius: row.scaleRadius, crossSection: row.crossSection)
      worst.note(time, expected: row.time, floor: 0, at: "\(row.crossSection)")
    }
    // Its year of 365 days alone is 7e-4.
    worst.expect(atMost: 1e-3)
  }

  @Test func `times to evolve agree with pyHalo`() throws {
    var worst = WorstError("time to evolve against pyHalo")
    for row in try Reference.halos().evolutionTimes {
      let time = SelfInteraction.evolutionTime(
        at: row.redshift, infall: row.infall, acceleration: row.acceleration, cosmology)
      worst.note(time, expected: row.time, floor: 0, at: "z \(row.redshift), infall \(row.infall)")
    }
    // Interpolated in steps of 0.08 in redshift.
    worst.expect(atMost: 2e-3)
    #expect(SelfInteraction.evolutionTime(at: 12, cosmology) == 0)
    let field = SelfInteraction.evolutionTime(at: 0.5, cosmology)
    #expect(field == SelfInteraction.evolutionTime(at: 0.5, infall: 0.5, acceleration: 9, cosmology))
  }

  @Test func `halos that scatter evolve as in pyHalo up to collapse, and then stay`() throws {
    var worst = WorstError("radii of evolving halos against pyHalo")
    for row in try Reference.halos().evolution where row.time <= 1 {
      let (scale, core) = SelfInteraction.radii(atTime: row.time)
      worst.note(scale, expected: row.scale, floor: 0, at: "scale \(row.time)")
      worst.note(core, expected: row.core, floor: 0, at: "core \(row.time)")
    }
    worst.expect(atMost: 1e-12)
    #expect(SelfInteraction.radii(atTime: 3) == SelfInteraction.radii(atTime: 1))
    // Without any time it is the NFW halo that it was.
    let start = SelfInteraction.radii(atTime: 0)
    #expect(start.core == 0 && abs(start.scale - 1) < 1e-12)
  }
}

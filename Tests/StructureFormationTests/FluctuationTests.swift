import Cosmology
import Foundation
import LensNumerics
import LensTestSupport
import StructureFormation
import Testing

/// The power spectrum, and fluctuations and correlations that follow from it.
@Suite struct FluctuationTests {
  @Test func `the transfer function agrees with colossus`() throws {
    let structure = try Reference.structure()
    let reference = try Reference.withoutRadiation()
    var worst = WorstError("transfer function against colossus")
    for (wavenumber, expected) in zip(reference.wavenumber, reference.transfer) {
      worst.note(
        structure.transferFunction(at: wavenumber), expected: expected, floor: 0, at: "k \(wavenumber)")
    }
    // The same formulas.
    worst.expect(atMost: 1e-13)
  }

  @Test func `fluctuations agree with colossus and hmf`() throws {
    let structure = try Reference.structure()
    let reference = try Reference.withoutRadiation()
    var (summed, tabulated) = (
      WorstError("sigma(M) against colossus's sums"), WorstError("sigma(M) against colossus's tables")
    )
    for (index, mass) in reference.mass.enumerated() {
      let sigma = structure.fluctuation(ofMass: mass).sigma
      summed.note(sigma, expected: reference.sigma[index], floor: 0, at: "\(mass)")
      tabulated.note(sigma, expected: reference.sigmaOfTables[index], floor: 0, at: "\(mass)")
    }
    // Its quadrature may be off by 3e-3 of the variance, and is better than that.
    summed.expect(atMost: 1e-4)
    tabulated.expect(atMost: 5e-4)
    var (colossus, hmf) = (
      WorstError("sigma(M, z) against colossus with radiation"), WorstError("sigma(M, z) against hmf")
    )
    for row in try Reference.halos().abundances {
      let growth = structure.growthFactor(at: row.redshift)
      for (index, logMass) in row.logMass.enumerated() {
        let sigma = structure.fluctuation(ofMass: pow(10, logMass)).sigma * growth
        colossus.note(sigma, expected: row.sigma[index], floor: 0, at: "\(logMass), z \(row.redshift)")
        hmf.note(sigma, expected: row.sigmaOfHmf[index], floor: 0, at: "\(logMass), z \(row.redshift)")
      }
    }
    // Growth in colossus counts radiation as dark energy; that of hmf has it in the expansion.
    colossus.expect(atMost: 3e-4)
    hmf.expect(atMost: 1.5e-3)
  }

  @Test func `sigma8 comes out as it was given`() throws {
    var worst = WorstError("sigma8")
    for (hubble, matter, sigma8, index) in [
      (67.5, 0.309, 0.81, 0.965), (70, 0.3, 0.9, 1), (50, 1, 0.5, 0.9), (100, 0.15, 1.2, 1.1),
    ] {
      var (cosmology, fluctuations) = (FlatLambdaCDM(), MatterFluctuations())
      (cosmology.hubbleConstant, cosmology.matterDensity) = (hubble, matter)
      (fluctuations.sigma8, fluctuations.spectralIndex) = (sigma8, index)
      let structure = try StructureFormation(cosmology: cosmology, fluctuations: fluctuations)
      let radius = 800 / hubble
      let mass = 4 * Double.pi / 3 * cosmology.meanMatterDensity * radius * radius * radius
      worst.note(
        structure.fluctuation(ofMass: mass).sigma, expected: sigma8, floor: 0, at: "\(hubble) \(matter)")
    }
    worst.expect(atMost: 1e-8)
  }

  @Test func `the table is that of direct sums`() throws {
    let structure = try Reference.structure()
    var (sigma, slope) = (WorstError("sigma(M), table"), WorstError("d ln sigma / d ln M, table"))
    for index in 0..<60 {
      let mass = pow(10, 2 + 14 * (Double(index) + 0.37) / 60)
      let (value, rise) = structure.fluctuation(ofMass: mass)
      let exact = Self.variance(structure, structure.lagrangianRadius(ofMass: mass))
      sigma.note(value, expected: exact.value.squareRoot(), floor: 0, at: "\(mass)")
      slope.note(rise, expected: exact.slope / exact.value / 6, floor: 0, at: "\(mass)")
    }
    sigma.expect(atMost: 2e-7)
    slope.expect(atMost: 1e-6)
  }

  /// The variance in a sphere and its derivative by ln r, by sums over ten times as many waves up to k r = 3000.
  private static func variance(_ structure: StructureFormation, _ radius: Double) -> (
    value: Double, slope: Double
  ) {
    let (step, start) = (0.001, log(1e-6))
    var (value, slope) = (0.0, 0.0)
    for index in 0..<Int((log(3000 / radius) - start) / step) {
      let wavenumber = exp(start + Double(index) * step)
      let x = wavenumber * radius
      let window = x < 0.01 ? 1 - x * x / 10 + x * x * x * x / 280 : 3 * (sin(x) - x * cos(x)) / (x * x * x)
      let fall = x < 0.01 ? -x * x / 5 + x * x * x * x / 70 : 3 * sin(x) / x - 3 * window
      let weight =
        step * pow(wavenumber, 3) * structure.powerSpectrum(at: wavenumber) / (2 * Double.pi * Double.pi)
      value += weight * window * window
      slope += weight * 2 * window * fall
    }
    return (value, slope)
  }

  @Test func `correlations agree with colossus`() throws {
    let structure = try Reference.structure()
    let reference = try Reference.withoutRadiation()
    var worst = WorstError("correlation function against colossus, of it or 1e-3")
    for (radius, expected) in zip(reference.radius, reference.correlation) {
      worst.note(
        structure.correlation(atDistance: radius), expected: expected, floor: 1e-3, at: "\(radius) Mpc")
    }
    worst.expect(atMost: 5e-5)
  }

  /// The mean correlation inside a sphere is the integral of the spectrum with W, which converges without cancellation.
  @Test func `correlations are those of the mean inside spheres`() throws {
    let structure = try Reference.structure()
    var worst = WorstError("correlation function against its mean in shells")
    let rule = GaussLegendreRule.order64
    for (inner, outer) in [(0.1, 0.2), (0.2, 0.5), (0.5, 1), (1, 3), (3, 10), (10, 30)] {
      let shell = rule.integrate(from: inner, to: outer) {
        3 * $0 * $0 * structure.correlation(atDistance: $0)
      }
      let expected =
        pow(outer, 3) * Self.meanCorrelation(structure, outer)
        - pow(inner, 3) * Self.meanCorrelation(structure, inner)
      worst.note(shell, expected: expected, floor: 0, at: "\(inner) to \(outer) Mpc")
    }
    worst.expect(atMost: 1e-6)
  }

  private static func meanCorrelation(_ structure: StructureFormation, _ radius: Double) -> Double {
    let (step, start) = (0.0002, log(1e-6))
    var sum = 0.0
    for index in 0..<Int((log(10000 / radius) - start) / step) {
      let wavenumber = exp(start + Double(index) * step)
      let x = wavenumber * radius
      let window = x < 0.01 ? 1 - x * x / 10 : 3 * (sin(x) - x * cos(x)) / (x * x * x)
      sum +=
        step * window * pow(wavenumber, 3) * structure.powerSpectrum(at: wavenumber)
        / (2 * Double.pi * Double.pi)
    }
    return sum
  }

  @Test func `making the tables takes some milliseconds`() throws {
    let clock = ContinuousClock()
    let time = try (0..<5).map { _ in try clock.measure { _ = try Reference.structure() } }.min()
    print("making StructureFormation: \(try #require(time))")
    // 2 ms where the compiler optimises, 0.7 s where it does not.
    #expect(try #require(time) < .seconds(3))
  }
}

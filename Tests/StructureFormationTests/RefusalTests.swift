import Cosmology
import LensCore
import StructureFormation
import Testing

/// Universes in which nothing forms.
@Suite struct RefusalTests {
  @Test func `universes without matter, baryons or dark matter are refused`() {
    for (matter, baryons) in [(0.0, 0.049), (0.3, 0), (0.3, 0.3), (0.3, 0.4), (1.5, 0.05), (0.3, Double.nan)]
    {
      var (cosmology, fluctuations) = (FlatLambdaCDM(), MatterFluctuations())
      (cosmology.matterDensity, fluctuations.baryonDensity) = (matter, baryons)
      #expect(throws: SpecError.self, "\(matter) \(baryons)") {
        _ = try StructureFormation(cosmology: cosmology, fluctuations: fluctuations)
      }
    }
  }

  @Test func `fluctuations out of bounds are refused`() {
    for (sigma8, index) in [(0.0, 1.0), (0.8, -1), (0.8, 3), (Double.nan, 1), (0.8, .infinity)] {
      var fluctuations = MatterFluctuations()
      (fluctuations.sigma8, fluctuations.spectralIndex) = (sigma8, index)
      #expect(throws: SpecError.self, "\(sigma8) \(index)") {
        _ = try StructureFormation(cosmology: FlatLambdaCDM(), fluctuations: fluctuations)
      }
    }
  }

  @Test func `extreme universes have fluctuations`() throws {
    for (hubble, matter, baryons, index) in [
      (1.0, 0.01, 1e-6, 0.0), (1000, 1, 0.9, 2), (70, 0.05, 0.049, 1), (1, 1, 0.99, 0.5),
    ] {
      var (cosmology, fluctuations) = (FlatLambdaCDM(), MatterFluctuations())
      (cosmology.hubbleConstant, cosmology.matterDensity) = (hubble, matter)
      (fluctuations.baryonDensity, fluctuations.spectralIndex) = (baryons, index)
      let structure = try? StructureFormation(cosmology: cosmology, fluctuations: fluctuations)
      let number = structure?.massFunction(ofMass: 1e10, redshift: 0.5) ?? 0
      #expect(number.isFinite && number >= 0)
    }
  }
}

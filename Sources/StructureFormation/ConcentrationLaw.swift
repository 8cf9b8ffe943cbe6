import LensCore

/// Relations between the mass M_200c of a halo of cold dark matter and its median concentration c_200c = r_200c / r_s.
public enum ConcentrationLaw: String, CaseIterable, Sendable {
  /// Diemer & Joyce (2019), ApJ 871, 168: the slope of the power spectrum and the growth rate.
  case diemerJoyce2019 = "diemer_joyce_2019"
  /// Ludlow et al. (2016), MNRAS 460, 1214: when the mass inside the scale radius had come together.
  case ludlow2016 = "ludlow_2016"
}

extension StructureFormation {
  /// Median concentration of halos of a mass M_200c, from 1e4 to 1e15 solar masses.
  ///
  /// - Complexity: 3 microseconds (Diemer & Joyce) or 90 (Ludlow et al.); for many halos of one redshift take `concentrationTable`.
  /// - Throws: `NumericalError` where the relation has no solution, as far beyond those masses.
  public func concentration(_ law: ConcentrationLaw, ofMass mass: Double, redshift: Double) throws -> Double {
    switch law {
    case .diemerJoyce2019: try DiemerJoyceConcentration(self, redshift: redshift)(mass)
    case .ludlow2016: try LudlowConcentration(self, redshift: redshift)(mass)
    }
  }

  /// Concentrations of all masses from 1e4 to 1e15 solar masses at one redshift.
  ///
  /// - Throws: `NumericalError` where the relation has no solution.
  /// - Complexity: 20 concentrations to make it; to ask it, 0.2 microseconds.
  /// - Accuracy: 1e-6 (`ConcentrationTests`).
  public func concentrationTable(_ law: ConcentrationLaw, redshift: Double) throws -> ConcentrationTable {
    switch law {
    case .diemerJoyce2019: try ConcentrationTable(DiemerJoyceConcentration(self, redshift: redshift))
    case .ludlow2016: try ConcentrationTable(LudlowConcentration(self, redshift: redshift))
    }
  }
}

/// A relation at one redshift.
protocol ConcentrationRelation {
  func callAsFunction(_ mass: Double) throws -> Double
}

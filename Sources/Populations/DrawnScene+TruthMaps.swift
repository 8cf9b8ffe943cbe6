import Simulation

extension DrawnScene {
  /// The maps of the scene's lens, those of the substructure told apart.
  ///
  /// - Parameter hasCriticalCurves: Whether to trace them too, which takes longer than all the maps.
  /// - Throws: `NumericalError.notFinite` that names the map and the pixel.
  public func truthMaps(hasCriticalCurves: Bool = true) throws -> TruthMaps {
    try TruthMaps(
      scene, substructureCount: substructureMasses.count, hasCriticalCurves: hasCriticalCurves)
  }
}

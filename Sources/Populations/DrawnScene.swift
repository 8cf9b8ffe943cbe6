import LensCore
import MassProfiles
import Simulation

/// The part of a dataset that a sample belongs to.
public enum Split: String, CaseIterable, Sendable {
  case train
  case validation
  case test
}

/// A drawn scene before it is rendered: its label, its numbers and what they came from.
public struct DrawnScene: Sendable {
  public let index: Int
  /// The name of its class.
  public let label: String
  /// Whether it is of the class without substructure.
  public let isSmooth: Bool
  public let split: Split
  /// Which matched pair it belongs to; nil in populations without pairs.
  public let pair: Int?
  public let scene: SceneSpec
  /// Every drawn parameter in the order of drawing, then the derived ones, whose names begin with `derived.`.
  public let parameters: [DrawnParameter]
  public let substructure: [SubstructureRecord]
  /// The lens models of the substructure, which are also in the scene.
  public let substructureMasses: [MassSpec]
  /// How many of them each plane but the farthest has, the last ones of its masses.
  package let substructureCounts: [Int]
  /// How often it was drawn again because it could not be rendered.
  public let redraws: Int
}

/// A sample of a dataset: a scene and its image.
public struct Sample: Sendable {
  public let drawn: DrawnScene
  public let observation: Observation
}
extension DrawnScene {
  /// The maps of the scene's lens, those of the substructure told apart.
  ///
  /// - Parameter hasCriticalCurves: Whether to trace them too, which takes longer than all the maps.
  /// - Throws: `NumericalError.notFinite` that names the map and the pixel.
  public func truthMaps(hasCriticalCurves: Bool = true) throws -> TruthMaps {
    try TruthMaps(
      scene, substructureCounts: substructureCounts, hasCriticalCurves: hasCriticalCurves)
  }

  /// The same without critical curves if masses are in several planes: what substructure does is then not told by it alone.
  package func mapsOfSeveralPlanes() throws -> TruthMaps? {
    scene.massive.count > 1 ? try truthMaps(hasCriticalCurves: false) : nil
  }
}

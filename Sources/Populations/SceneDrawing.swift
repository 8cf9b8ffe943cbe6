import LensCore
import MassProfiles
import Simulation

/// A class of samples.
struct SampleClass: Sendable {
  let name: String
  /// How often samples have it, relative to others.
  var weight = 1
  /// Whether it is the scene that the other classes change.
  let isSmooth: Bool
}

/// What was drawn for one sample.
struct ClassDraw {
  var scene: SceneSpec
  /// Every drawn parameter, then the derived ones.
  var parameters: [DrawnParameter]
  /// Those that may have any value of an interval.
  var free: [FreeParameter]
  var substructure: [SubstructureRecord] = []
  /// The lens models of the substructure, the last masses of the scene's lens.
  var substructureMasses: [MassSpec] = []
}

/// Draws the scenes of a population.
protocol SceneDrawing: Sendable {
  /// In the order in which samples have them.
  var classes: [SampleClass] { get }

  /// - Parameters:
  ///   - number: Of the class; nil for the scene that the classes change.
  ///   - attempt: How often the sample was drawn before.
  ///   - replacements: Values in the place of what would be drawn, by the parameters' names.
  /// - Throws: `NumericalError` if there is no such scene.
  func draw(
    _ number: Int?, _ key: RandomKey, attempt: Int, replacing replacements: [String: Double]
  ) throws -> ClassDraw
}

import LightProfiles
import MassProfiles
import Populations
import Simulation

extension DrawnScene {
  /// A drawn or derived parameter; NaN, which no comparison passes, where there is none.
  subscript(name: String) -> Double { parameters.first { $0.name == name }?.value ?? .nan }

  var masses: [any MassProfileSpec] { scene.planes[0].mass.map(\.parameters) }

  /// What was added to host and shear.
  var addedMasses: [any MassProfileSpec] { Array(masses.dropFirst(2)) }

  var points: [PointMassSpec] { addedMasses.compactMap { $0 as? PointMassSpec } }

  var lensLight: SersicSpec? { scene.planes[0].light.first?.parameters as? SersicSpec }

  var sourceLight: SersicSpec? { scene.planes[1].light.first?.parameters as? SersicSpec }
}

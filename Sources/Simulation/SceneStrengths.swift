import Cosmology
import LensCore
import MassProfiles
import Substructure

/// A scene in which every mass has its own parameters, and the halos that were drawn for it.
package struct ResolvedScene {
  package var scene: SceneSpec
  /// Of lens and source.
  package let geometry: LensGeometry
  /// Of each population, in the order of the scene's lens; they are the last of its masses.
  package var halos: [(population: String, halos: [Halo])] = []
}

extension SceneSpec {
  /// The same scene with every strength as its profile's own parameter, by the distances of lens and source.
  ///
  /// - Throws: `SpecError` or `NumericalError` if a profile cannot have the strength that is given, `NumericalError` if populations of
  ///   halos are still to be drawn.
  public func resolved() throws -> SceneSpec {
    guard lens.halos.isEmpty else {
      throw NumericalError.noSolution(
        quantity: "image", context: "halos are to be drawn from a random key first (SceneSpec.resolved)")
    }
    return lens.mass.contains { $0.parameters.given != nil } ? try withOwnStrengths().scene : self
  }

  /// The same with the halos of its populations drawn, as masses behind the others.
  ///
  /// - Parameter stream: The random numbers that belong to the path of a key.
  /// - Throws: As without a key, and what priors throw.
  package func resolved(drawing stream: (String) -> RandomStream) throws -> ResolvedScene {
    var (scene, setting) = try withOwnStrengths()
    var result = ResolvedScene(scene: self, geometry: setting.geometry)
    let path = "planes.\(planes.names[0]).halos"
    for (name, population) in zip(lens.halos.names, lens.halos) {
      let halos = try population.parameters.draw(
        { stream("\(path).\(name).\(population.kind).\($0)") }, setting)
      for (number, halo) in halos.enumerated() {
        scene.planes[0].mass.append(halo.model, named: "\(name)_\(number)")
      }
      result.halos.append((name, halos))
    }
    scene.planes[0].halos = []
    result.scene = scene
    return result
  }

  private func withOwnStrengths() throws -> (scene: SceneSpec, setting: StrengthSetting) {
    var scene = self
    let geometry = try LensGeometry(
      lensRedshift: lens.redshift, sourceRedshift: source.redshift, cosmology: cosmology)
    for number in lens.mass.indices {
      let above = Components(named: lens.mass.names.prefix(number), scene.lens.mass.values.prefix(number))
      scene.planes[0].mass[number] = try lens.mass[number].resolved(setting(geometry, above))
    }
    return (scene, setting(geometry, scene.lens.mass))
  }

  /// - Parameter masses: Those that fractions may refer to.
  private func setting(_ geometry: LensGeometry, _ masses: Components<MassSpec>) -> StrengthSetting {
    StrengthSetting(geometry) { [planes] reference in
      guard let mass = masses[reference], let ring = try mass.parameters.ring() else {
        let kind = masses[reference].map { type(of: $0.parameters).kind }
        throw SpecError(
          keyPath: "planes.\(planes.names[0]).mass.\(reference)", value: kind ?? "nothing",
          requirement: "must have an Einstein radius, for there is a mass that is a fraction of its")
      }
      return geometry.mass(insideEinsteinRadius: ring.massRadius)
    }
  }

  /// Whether distances matter.
  var followsDistances: Bool {
    !lens.halos.isEmpty || lens.mass.contains { $0.parameters.given?.kind.followsDistances ?? false }
  }

  /// Whether distances matter in Mpc.
  var followsHubbleConstant: Bool {
    !lens.halos.isEmpty || lens.mass.contains { $0.parameters.given?.kind.followsHubbleConstant ?? false }
  }

  /// A mass fraction needs a mass above it in its plane.
  func checkReferences(_ visitor: SpecVisitor) {
    for (plane, spec) in zip(planes.names, planes) {
      let names = spec.mass.names
      for (number, mass) in spec.mass.enumerated() {
        check(mass.parameters.reference, "\(plane).mass.\(names[number])", names.prefix(number), visitor)
      }
      for (name, population) in zip(spec.halos.names, spec.halos) {
        // Halos are called NAME_0, NAME_1 and so on.
        let taken = names.first { $0 == name || $0.hasPrefix(name + "_") }
        visitor.check(
          taken == nil, "planes.\(plane).halos", given: "the name '\(name)'",
          "must not be that of a mass or its beginning, as of \(taken ?? "")")
        check(population.parameters.reference, "\(plane).halos.\(name)", names[...], visitor)
      }
    }
  }

  private func check(
    _ reference: String?, _ place: String, _ above: ArraySlice<String>, _ visitor: SpecVisitor
  ) {
    guard let reference else { return }
    let names = above.isEmpty ? ", of which there is none" : ": \(above.joined(separator: ", "))"
    visitor.check(
      above.contains(reference), "planes.\(place)", given: "fraction_of '\(reference)'",
      "must be the name of a mass above it\(names)")
  }
}

import Cosmology
import LensCore
import MassProfiles
import Substructure

/// A scene in which every mass has its own parameters, and the halos that were drawn for it.
package struct ResolvedScene {
  package var scene: SceneSpec
  /// Of each plane and the farthest, for every plane but that.
  package var geometries: [LensGeometry]
  /// Of each population, in the order of the planes and of the populations in them, with the names of both; they are the last of their
  /// plane's masses.
  package var halos: [(plane: String, population: String, halos: [Halo])] = []
}

extension SceneSpec {
  /// The same scene with every strength as its profile's own parameter, by the distances of its plane and the farthest.
  ///
  /// - Throws: `SpecError` or `NumericalError` if a profile cannot have the strength that is given, `NumericalError` if populations of
  ///   halos are still to be drawn.
  public func resolved() throws -> SceneSpec {
    guard planes.allSatisfy(\.halos.isEmpty), lineOfSight == nil else {
      throw NumericalError.noSolution(
        quantity: "image", context: "halos are to be drawn from a random key first (SceneSpec.resolved)")
    }
    let isGiven = planes.contains { plane in plane.mass.contains { $0.parameters.given != nil } }
    return isGiven ? try withOwnStrengths().scene : self
  }

  /// The same with the halos of its populations drawn, as masses behind the others of their planes.
  ///
  /// - Parameter stream: The random numbers that belong to the path of a key.
  /// - Throws: As without a key, and what priors throw.
  package func resolved(drawing stream: (String) -> RandomStream) throws -> ResolvedScene {
    var (scene, settings) = try withOwnStrengths()
    var result = ResolvedScene(scene: self, geometries: settings.map(\.geometry))
    for (number, setting) in settings.enumerated() where !planes[number].halos.isEmpty {
      let path = "planes.\(planes.names[number]).halos"
      for (name, population) in zip(planes[number].halos.names, planes[number].halos) {
        let halos = try population.parameters.draw(
          { stream("\(path).\(name).\(population.kind).\($0)") },
          HaloSetting(setting, darkMatter: darkMatter ?? DarkMatterSpec()))
        // In a copy: in the scene each would copy all before it.
        var masses = scene.planes[number].mass
        for (position, halo) in halos.enumerated() {
          masses.append(halo.model, named: "\(name)_\(position)")
        }
        scene.planes[number].mass = masses
        result.halos.append((planes.names[number], name, halos))
      }
      scene.planes[number].halos = []
    }
    result.scene = scene
    try lineOfSight?.draw(in: &result, stream)
    return result
  }

  private func withOwnStrengths() throws -> (scene: SceneSpec, settings: [StrengthSetting]) {
    var scene = self
    let settings = try planes.indices.dropLast().map { plane in
      let (masses, names) = (planes[plane].mass, planes[plane].mass.names)
      let geometry = try LensGeometry(
        lensRedshift: planes[plane].redshift, sourceRedshift: source.redshift, cosmology: cosmology)
      for number in masses.indices {
        let above = Components(
          named: names.prefix(number), scene.planes[plane].mass.values.prefix(number))
        scene.planes[plane].mass[number] = try masses[number].resolved(setting(geometry, above, plane))
      }
      return setting(geometry, scene.planes[plane].mass, plane)
    }
    return (scene, settings)
  }

  /// - Parameter masses: Those that fractions may refer to.
  private func setting(
    _ geometry: LensGeometry, _ masses: Components<MassSpec>, _ plane: Int
  ) -> StrengthSetting {
    StrengthSetting(geometry) { [planes] reference in
      guard let mass = masses[reference], let ring = try mass.parameters.ring() else {
        let kind = masses[reference].map { type(of: $0.parameters).kind }
        throw SpecError(
          keyPath: "planes.\(planes.names[plane]).mass.\(reference)", value: kind ?? "nothing",
          requirement: "must have an Einstein radius, for there is a mass that is a fraction of its")
      }
      return geometry.mass(insideEinsteinRadius: ring.massRadius)
    }
  }

  /// Whether distances matter.
  var followsDistances: Bool {
    planes.count > 2 || lineOfSight != nil || follows { $0.followsDistances }
  }

  /// Whether distances matter in Mpc.
  var followsHubbleConstant: Bool { lineOfSight != nil || follows { $0.followsHubbleConstant } }

  private func follows(_ property: (StrengthKind) -> Bool) -> Bool {
    planes.contains { plane in
      !plane.halos.isEmpty || plane.mass.contains { $0.parameters.given.map { property($0.kind) } ?? false }
    }
  }

  /// A mass fraction needs a mass above it in its plane.
  func checkReferences(_ visitor: SpecVisitor) {
    for (plane, spec) in zip(planes.names, planes) {
      let names = spec.mass.names
      visitor.check(
        lineOfSight == nil || !plane.hasPrefix(LineOfSightSpec.name), "planes.\(plane)",
        given: "the name '\(plane)'",
        "must not begin with \(LineOfSightSpec.name), as planes of the line of sight do")
      let taken = names.first { lineOfSight != nil && $0.hasPrefix(LineOfSightSpec.name) }
      visitor.check(
        taken == nil, "planes.\(plane).mass", given: "the name '\(taken ?? "")'",
        "must not begin with \(LineOfSightSpec.name), as halos of the line of sight do")
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

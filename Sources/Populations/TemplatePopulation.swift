import Cosmology
import Instrument
import LensCore
import MassProfiles
import Priors
import Simulation
import Substructure

/// Draws scenes from a template of planes; a class is a change to it.
struct TemplatePopulation: SceneDrawing {
  let classes: [SampleClass]
  private let base: Template<SceneSpec>
  private let variants: [Variant]
  private let target: SignalToNoisePrior?
  /// Other names of streams than the paths of the keys.
  private let streams: [String: String]

  private struct Variant: Sendable {
    let template: Template<SceneSpec>
    /// Names of the masses and of the populations of halos that the shared scene does not have.
    let added: Set<String>
  }

  /// Nil for a population without planes.
  ///
  /// - Parameter note: Told of every key of the planes that is given without effect.
  /// - Throws: `SpecErrors` with everything that is wrong with the planes and the classes.
  init?(_ spec: PopulationSpec, streams: [String: String] = [:], note: (SpecNote) -> Void = { _ in }) throws {
    guard let planes = spec.planes else { return nil }
    let document = SpecValue.map([
      .init("cosmology", SpecVisitor.write(spec.cosmology)), .init("planes", planes),
      .init("instrument", SpecVisitor.write(spec.instrument)),
      .init("accuracy", SpecVisitor.write(spec.accuracy)),
    ])
    let base = try Template<SceneSpec>(
      document.withoutNullElements, tables: spec.tables.tables, note: note)
    var (variants, errors): ([Variant], [SpecError]) = ([], [])
    for item in spec.changes {
      do {
        variants.append(try Self.variant(item, of: document, spec.tables.tables, base))
      } catch let error as SpecErrors {
        errors += error.errors.map { Self.error($0, in: item.name) }
      } catch let error as SpecError {
        errors.append(Self.error(error, in: item.name))
      }
    }
    if !errors.isEmpty { throw SpecErrors(errors) }
    (self.base, self.variants, target) = (base, variants, spec.signalToNoise)
    self.streams = streams
    classes = spec.changes.map { SampleClass(name: $0.name, weight: $0.weight, isSmooth: $0.changes.isEmpty) }
  }

  private static func variant(
    _ item: ClassChanges, of document: SpecValue, _ tables: [String: DrawTable],
    _ base: Template<SceneSpec>
  ) throws -> Variant {
    let template = try Template<SceneSpec>(item.applied(to: document).withoutNullElements, tables: tables)
    let (lens, shared) = (template.base.lens, base.base.lens)
    let names = Set(lens.mass.names + lens.halos.names).subtracting(shared.mass.names + shared.halos.names)
    return Variant(template: template, added: names)
  }

  private static func error(_ error: SpecError, in name: String) -> SpecError {
    SpecError(
      keyPath: "classes.\(name).\(error.keyPath)", value: error.value, requirement: error.requirement)
  }

  func draw(
    _ number: Int?, _ key: RandomKey, attempt: Int, replacing replacements: [String: Double]
  ) throws -> ClassDraw {
    let key = key.redrawn(attempt)
    func stream(_ path: String) -> RandomStream { key.stream(streams[path] ?? path) }
    let template = number.map { variants[$0].template } ?? base
    let (fields, drawn) = try template.draw(replacing: replacements, stream)
    let added = number.map { variants[$0].added } ?? []
    let resolved = try fields.resolved(drawing: stream).with(last: added)
    var draw = ClassDraw(
      scene: resolved.scene,
      parameters: drawn.map { DrawnParameter(name: $0.path, value: $0.value, unit: $0.unit) },
      free: drawn.compactMap { value in
        value.width.map { FreeParameter(name: value.path, value: value.value, width: $0) }
      })
    if let target {
      let name = "signal_to_noise.value"
      let value = try replacements[name] ?? target.value.draw(stream(name))
      draw.scene.signalToNoise = SignalToNoiseTarget(definition: target.definition, value: value)
      if !target.value.isFixed { draw.parameters.append(DrawnParameter(name: name, value: value, unit: "")) }
    }
    try addDerived(&draw, fields, resolved.halos, added: added)
    return draw
  }

  /// Adds what follows from the drawn scene: the lens's own strength, and its substructure.
  private func addDerived(
    _ draw: inout ClassDraw, _ given: SceneSpec, _ halos: [(population: String, halos: [Halo])],
    added: Set<String>
  ) throws {
    let (lens, source) = (draw.scene.lens, draw.scene.source)
    let geometry = try LensGeometry(
      lensRedshift: lens.redshift, sourceRedshift: source.redshift, cosmology: draw.scene.cosmology)
    func note(_ name: String, _ value: Double, _ unit: String) {
      draw.parameters.append(DrawnParameter(name: "derived.\(name)", value: value, unit: unit))
    }
    if let ring = Self.ring(lens) {
      note("einstein_radius", ring.einsteinRadius, "arcsec")
      note("einstein_mass", geometry.mass(insideEinsteinRadius: ring.massRadius), "solMass")
      note("velocity_dispersion", geometry.velocityDispersion(einsteinRadius: ring.einsteinRadius), "km/s")
    }
    for (number, name) in lens.mass.names.enumerated() where added.contains(name) {
      draw.substructureMasses.append(lens.mass[number])
      let record = SubstructureRecord(lens.mass[number], given.lens.mass[name], in: lens, geometry)
      if let record { draw.substructure.append(record) }
    }
    for (population, halos) in halos where added.contains(population) {
      draw.substructureMasses += halos.map(\.model)
      draw.substructure += halos.map { SubstructureRecord($0, geometry) }
    }
    let mass = draw.substructure.reduce(0) { $0 + $1.mass }
    note("substructure_count", Double(draw.substructureMasses.count), "")
    note("substructure_mass", mass, "solMass")
    note("substructure_einstein_radius", geometry.einsteinRadius(ofMass: mass), "arcsec")
  }

  /// Of the first mass that has one.
  private static func ring(_ lens: PlaneSpec) -> LensRing? {
    for mass in lens.mass { if let ring = try? mass.parameters.ring() { return ring } }
    return nil
  }
}

extension ResolvedScene {
  /// The same with some masses, and the halos of some populations, behind all others: there a class's substructure is looked for.
  fileprivate func with(last names: Set<String>) -> ResolvedScene {
    if names.isEmpty { return self }
    let masses = scene.lens.mass
    let populations = halos.flatMap { population, halos in halos.map { _ in population } }
    let first = masses.count - populations.count
    let isLast = masses.indices.map {
      names.contains($0 < first ? masses.names[$0] : populations[$0 - first])
    }
    let order = masses.indices.filter { !isLast[$0] } + masses.indices.filter { isLast[$0] }
    var result = self
    result.scene.planes[0].mass = Components(
      named: order.map { masses.names[$0] }, order.map { masses.values[$0] })
    return result
  }
}

extension SubstructureRecord {
  init(_ halo: Halo, _ geometry: LensGeometry) {
    self.init(
      kind: type(of: halo.model.parameters).kind, mass: halo.mass,
      einsteinRadius: geometry.einsteinRadius(ofMass: halo.mass), x: halo.place[0], y: halo.place[1],
      length: nil, angle: nil)
  }

  /// Nil for what has no place or no mass, such as shear.
  ///
  /// - Parameter given: The same mass as the document has it.
  init?(_ mass: MassSpec, _ given: MassSpec?, in lens: PlaneSpec, _ geometry: LensGeometry) {
    let parameters = mass.parameters
    guard let place = parameters.place else { return nil }
    let radius = parameters.totalMassRadius ?? (try? parameters.ring())?.massRadius
    let known = given.flatMap { Self.mass($0.parameters, in: lens, geometry) }
    guard let total = known ?? radius.map({ geometry.mass(insideEinsteinRadius: $0) }) else { return nil }
    let line = parameters as? UniformLineSpec
    self.init(
      kind: type(of: parameters).kind, mass: total,
      einsteinRadius: parameters.totalMassRadius ?? geometry.einsteinRadius(ofMass: total), x: place[0],
      y: place[1], length: line?.length, angle: line?.positionAngle)
  }

  /// The mass that a profile was given by; nil if by something else.
  private static func mass(
    _ parameters: any MassProfileSpec, in lens: PlaneSpec, _ geometry: LensGeometry
  ) -> Double? {
    guard let given = parameters.given else { return nil }
    switch given.kind {
    case .mass, .virialMass: return given.value
    case .massFraction:
      let host = parameters.reference.flatMap { lens.mass[$0] }
      let ring = host.flatMap { try? $0.parameters.ring() }
      return ring.map { given.value * geometry.mass(insideEinsteinRadius: $0.massRadius) }
    case .velocityDispersion, .effectiveEinsteinRadius, .einsteinMass: return nil
    }
  }
}

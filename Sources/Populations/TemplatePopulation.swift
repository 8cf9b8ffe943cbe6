import Cosmology
import Instrument
import LensCore
import MassProfiles
import Priors
import Simulation
import Substructure

/// A class of samples.
struct SampleClass: Sendable {
  let name: String
  /// How often samples have it, relative to others.
  let weight: Int
  /// Whether it is the scene that the other classes change.
  let isSmooth: Bool
}

/// What was drawn for one sample.
struct ClassDraw {
  var scene: SceneSpec
  /// Every drawn parameter, then the derived ones.
  var parameters: [DrawnParameter]
  /// The same but for the derived ones, with what they may differ by.
  var drawn: [DrawnValue]
  var substructure: [SubstructureRecord] = []
  /// The lens models of the substructure, plane by plane the last masses of each.
  var substructureMasses: [MassSpec] = []
  /// How many of them are in each plane but the farthest.
  var substructureCounts: [Int] = []
  /// How many of them are sheets, which tables do not list.
  var sheetCount = 0

  /// Those that may have any value of an interval.
  var free: [FreeParameter] {
    drawn.compactMap { value in
      value.width.map { FreeParameter(name: value.path, value: value.value, width: $0) }
    }
  }
}

/// Draws scenes from a template of planes; a class is a change to it.
struct TemplatePopulation: Sendable {
  /// In the order in which samples have them.
  let classes: [SampleClass]
  private let base: Template<SceneSpec>
  private let variants: [Variant]
  private let baseNotes: [SpecNote]

  private struct Variant: Sendable {
    let template: Template<SceneSpec>
    /// Names of the masses and of the populations of halos that the shared scene does not have, by the names of their planes.
    let added: [String: Set<String>]
    /// Whether it has the line of sight that the shared scene does not have.
    let addsLineOfSight: Bool
    let notes: [SpecNote]
    /// The changed scene with its priors.
    let document: SpecValue
  }

  /// - Throws: `SpecErrors` with everything that is wrong with the planes and the classes.
  init(_ spec: PopulationSpec) throws {
    let document = Self.document(spec)
    var notes: [SpecNote] = []
    let base = try Template<SceneSpec>(document, tables: spec.tables.tables) { notes.append($0) }
    var (variants, errors): ([Variant], [SpecError]) = ([], [])
    for item in spec.classes {
      do {
        variants.append(try Self.variant(item, of: document, spec.tables.tables, base))
      } catch let error as SpecErrors {
        errors += error.errors.map { Self.error($0, in: item.name) }
      } catch let error as SpecError {
        errors.append(Self.error(error, in: item.name))
      }
    }
    if errors.isEmpty { errors = Self.sharedColumns(([base] + variants.map(\.template)).flatMap(\.numbers)) }
    if !errors.isEmpty { throw SpecErrors(errors) }
    (self.base, self.variants, baseNotes) = (base, variants, notes)
    classes = spec.classes.map { SampleClass(name: $0.name, weight: $0.weight, isSmooth: $0.changes.isEmpty) }
  }

  /// Columns have underscores for the dots of paths, so that two paths could have one.
  private static func sharedColumns(_ numbers: [Template<SceneSpec>.Number]) -> [SpecError] {
    var paths: [String: String] = [:]
    return numbers.compactMap { number in
      let column = DrawnParameter.column(number.path)
      let other = paths.updateValue(number.path, forKey: column)
      return other == nil || other == number.path
        ? nil
        : SpecError(
          keyPath: number.path, value: "the column \(column)",
          requirement: "must not be that of \(other ?? ""), too: give one of them another name")
    }
  }

  /// The scene with its priors, as a document.
  private static func document(_ spec: PopulationSpec) -> SpecValue {
    let target = spec.signalToNoise.map { [SpecValue.Entry("signal_to_noise", SpecVisitor.write($0))] } ?? []
    let document = SpecValue.map(
      [
        .init("cosmology", SpecVisitor.write(spec.cosmology)), .init("planes", spec.planes),
        .init("dark_matter", spec.darkMatter), .init("line_of_sight", spec.lineOfSight),
        .init("instrument", DrawnCamera(instrument: spec.instrument, draws: spec.cameraDraws).written()),
        .init("accuracy", SpecVisitor.write(spec.accuracy)),
      ] + target)
    return document.withoutNullElements
  }

  private static func variant(
    _ item: ClassChanges, of document: SpecValue, _ tables: [String: DrawTable],
    _ base: Template<SceneSpec>
  ) throws -> Variant {
    let changed = try item.applied(to: document).withoutNullElements
    var notes: [SpecNote] = []
    let template = try Template<SceneSpec>(changed, tables: tables) { notes.append($0) }
    let planes = template.base.planes
    let added = zip(planes.names, planes).map { name, plane in
      let shared = base.base.planes[name] ?? PlaneSpec()
      return (
        name, Set(plane.mass.names + plane.halos.names).subtracting(shared.mass.names + shared.halos.names)
      )
    }
    return Variant(
      template: template, added: Dictionary(added) { first, _ in first },
      addsLineOfSight: template.base.lineOfSight != nil && base.base.lineOfSight == nil, notes: notes,
      document: changed)
  }

  private static func error(_ error: SpecError, in name: String) -> SpecError {
    SpecError(
      keyPath: "classes.\(name).\(error.keyPath)", value: error.value, requirement: error.requirement)
  }

  /// The keys of planes that are given without effect: in the shared scene and in all classes, or by the class that changes them.
  var notes: [SpecNote] {
    let shared = baseNotes.filter { note in
      variants.allSatisfy { variant in
        variant.notes.contains { $0.keyPath == note.keyPath }
          || variant.document.value(at: note.keyPath) == nil
      }
    }
    let own = zip(classes, variants).flatMap { item, variant in
      variant.notes.map { $0.within("classes.\(item.name)") }
    }
    // Redshifts show in derived columns, whatever the lens is.
    return (shared + own).filter { note in
      ClassChanges.sections.contains { note.keyPath == $0 || note.keyPath.contains("\($0).") }
        && !note.keyPath.hasSuffix(".redshift")
    }
  }

  /// Whether any sample can have halos that are summed as a field.
  var hasSmallHalos: Bool {
    ([base] + variants.map(\.template)).contains { $0.base.hasSmallHalos }
  }

  /// A part of the shared scene with every key; nil if it is not given.
  func withDefaults(_ section: String) throws -> SpecValue? { try base.withDefaults()[section] }

  /// - Parameters:
  ///   - number: Of the class; nil for the scene that the classes change.
  ///   - attempt: How often the sample was drawn before.
  ///   - replacements: Values in the place of what would be drawn, by the parameters' names.
  /// - Throws: `NumericalError` if there is no such scene.
  func draw(
    _ number: Int?, _ key: RandomKey, attempt: Int, replacing replacements: [String: Double] = [:]
  ) throws -> ClassDraw {
    let key = key.redrawn(attempt)
    let template = number.map { variants[$0].template } ?? base
    let (fields, drawn) = try template.draw(key, replacing: replacements)
    let whole = try fields.resolved { key.stream($0) }
    let added = number.map { namesAdded(by: variants[$0], whole.scene.planes.names) } ?? [:]
    let resolved = whole.with(last: added)
    var draw = ClassDraw(
      scene: resolved.scene,
      parameters: drawn.map { DrawnParameter(name: $0.path, value: $0.value, unit: $0.unit) },
      drawn: drawn)
    addDerived(&draw, fields, resolved, added: added)
    return draw
  }

  /// Names of masses and populations that a class adds, by those of the planes.
  private func namesAdded(by variant: Variant, _ planes: [String]) -> [String: Set<String>] {
    if !variant.addsLineOfSight { return variant.added }
    return Dictionary(planes.map { ($0, (variant.added[$0] ?? []).union([LineOfSightSpec.name])) }) {
      first, _ in
      first
    }
  }

  /// Adds what follows from the drawn scene: the lens's own strength, and its substructure.
  ///
  /// - Parameter added: Names of masses and populations by their planes.
  private func addDerived(
    _ draw: inout ClassDraw, _ given: SceneSpec, _ resolved: ResolvedScene, added: [String: Set<String>]
  ) {
    let (planes, names) = (draw.scene.planes, draw.scene.planes.names)
    for number in planes.indices.dropLast() {
      let added = added[names[number]] ?? []
      addSubstructure(of: number, &draw, given.planes[names[number]] ?? PlaneSpec(), resolved, added)
    }
    let (lens, geometry) = (draw.scene.lens, resolved.geometries[draw.scene.lensNumber])
    let own = added[names[draw.scene.lensNumber]] ?? []
    let ring = Self.ring(lens, named: given.lens.mass.names.filter { !own.contains($0) })
    // Of what has no mass, or none that is known, the sum is not known either.
    let isKnown = draw.substructure.count == draw.substructureMasses.count - draw.sheetCount
    let mass = isKnown ? draw.substructure.reduce(0) { $0 + $1.mass } : nil
    // In the order of `DrawnParameter.derived`.
    let values = [
      ring?.einsteinRadius, ring.map { geometry.mass(insideEinsteinRadius: $0.massRadius) },
      ring.map { geometry.velocityDispersion(einsteinRadius: $0.einsteinRadius) },
      Double(draw.substructureMasses.count - draw.sheetCount), mass,
      mass.map { geometry.einsteinRadius(ofMass: $0) },
    ]
    for (entry, value) in zip(DrawnParameter.derived, values) {
      guard let value else { continue }
      draw.parameters.append(DrawnParameter(name: entry.key, value: value, unit: entry.value))
    }
  }

  private func addSubstructure(
    of plane: Int, _ draw: inout ClassDraw, _ given: PlaneSpec, _ resolved: ResolvedScene,
    _ added: Set<String>
  ) {
    let (spec, geometry, before) = (
      draw.scene.planes[plane], resolved.geometries[plane], draw.substructureMasses.count
    )
    for (number, name) in spec.mass.names.enumerated() where added.contains(name) {
      draw.substructureMasses.append(spec.mass[number])
      let record = SubstructureRecord(spec.mass[number], given.mass[name], in: spec, geometry)
      if let record { draw.substructure.append(record) }
    }
    let name = draw.scene.planes.names[plane]
    for (place, population, halos) in resolved.halos where place == name && added.contains(population) {
      draw.substructureMasses += halos.map(\.model)
      draw.substructure += halos.compactMap { SubstructureRecord($0, geometry) }
      draw.sheetCount += halos.count { $0.mass == nil }
    }
    draw.substructureCounts.append(draw.substructureMasses.count - before)
  }

  /// The largest that a mass has.
  ///
  /// - Parameter names: Those that are no substructure.
  private static func ring(_ lens: PlaneSpec, named names: [String]) -> LensRing? {
    names.compactMap { try? lens.mass[$0]?.parameters.ring() }.max { $0.einsteinRadius < $1.einsteinRadius }
  }
}

extension ResolvedScene {
  /// The same with some masses, and the halos of some populations, behind all others of their planes: there a class's substructure is
  /// looked for.
  ///
  /// - Parameter names: By those of their planes.
  fileprivate func with(last names: [String: Set<String>]) -> ResolvedScene {
    var result = self
    for (number, plane) in scene.planes.names.enumerated() {
      guard let last = names[plane], !last.isEmpty else { continue }
      let masses = scene.planes[number].mass
      let populations = halos.filter { $0.plane == plane }.flatMap { _, population, halos in
        halos.map { _ in population }
      }
      let first = masses.count - populations.count
      let isLast = masses.indices.map {
        last.contains($0 < first ? masses.names[$0] : populations[$0 - first])
      }
      let order = masses.indices.filter { !isLast[$0] } + masses.indices.filter { isLast[$0] }
      result.scene.planes[number].mass = Components(
        named: order.map { masses.names[$0] }, order.map { masses.values[$0] })
    }
    return result
  }
}

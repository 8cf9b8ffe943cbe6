import Cosmology
import Instrument
import LensCore
import Priors
import Simulation

/// What a lens contains besides its smooth host: the label that a classifier learns.
public enum SubstructureClass: String, CaseIterable, Sendable {
  case noSubstructure = "no_sub"
  case vortex
  case spherical
}

/// How samples are divided between training, validation and test; by a hash of the index, so that a dataset
/// can grow without moving a sample.
public struct SplitSpec: SpecFields, Equatable {
  /// Probability that a sample is for validation.
  public var validation = 0.0
  /// Probability that a sample is for testing.
  public var test = 0.0

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("validation", &validation, SpecRange(0...1))
    visitor.number("test", &test, SpecRange(0...1))
    visitor.check(
      validation + test <= 1, "test", given: specNumber(test),
      "validation and test together must be at most 1")
  }
}

/// A population of lenses: every parameter with its prior, the instrument and the classes.
///
/// This is what a profile file such as `Profiles/model-a.yaml` holds.
public struct PopulationSpec: SpecFields {
  public var name = "unnamed"
  public var description = ""
  public var classes: [SubstructureClass] = SubstructureClass.allCases
  /// What is on the sky, as a scene's `planes` in which any number may be drawn; nil for a population of hosts.
  public var planes: SpecValue?
  /// Whose rows numbers of the planes may be drawn from.
  public var tables = DrawTables()
  /// The classes of a population with planes.
  public var changes: [ClassChanges] = []
  /// Whether the samples 0, 1, 2 (then 3, 4, 5, and so on) share host, source and noise and differ in the
  /// substructure alone.
  public var pairs = false
  /// Whether tables list how well each sample's substructure can be seen; see `DetectabilityForecast`.
  public var forecast = false
  /// Left out, a sample that cannot be rendered is an error.
  public var redraw: RedrawSpec?
  public var split = SplitSpec()
  public var cosmology = FlatLambdaCDM()
  public var instrument = InstrumentSpec()
  public var accuracy = AccuracySpec()
  /// Left out, the instrument's exposure time stands.
  public var signalToNoise: SignalToNoisePrior?
  public var redshift = RedshiftSpec()
  public var host = HostSpec()
  public var shear = ShearSpec()
  /// Left out, the lens is dark.
  public var lensLight: GalaxyLightSpec?
  public var source = SourceSpec()
  public var vortex = VortexSpec()
  public var spherical = SphericalSpec()
  public var faults = FaultsSpec()

  public init() {}

  /// Names of the classes, in the order in which samples have them.
  public var classNames: [String] { planes == nil ? classes.map(\.rawValue) : changes.map(\.name) }

  /// The seed of a run that is given none: two populations of different names share nothing.
  public var defaultSeed: UInt64 { RandomKey.seed(named: name) }

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.text("name", &name)
    checkName(visitor)
    visitor.text("description", &description)
    visitor.document("planes", &planes)
    if planes != nil { visitor.convertible("tables", &tables) }
    visitClasses(visitor)
    visitor.flag("pairs", &pairs)
    visitor.flag("forecast", &forecast)
    visitor.object("redraw", &redraw)
    visitor.object("split", &split)
    visitor.object("cosmology", &cosmology)
    visitor.object("instrument", &instrument)
    visitor.object("accuracy", &accuracy)
    instrument.checkSize(subpixels: accuracy.subpixels, visitor)
    visitor.object("signal_to_noise", &signalToNoise)
    if planes == nil { visitHosts(visitor) }
    visitor.check(
      signalToNoise == nil || instrument.sky > 0 || instrument.readNoise > 0
        || signalToNoise?.definition != .background,
      "signal_to_noise.definition", given: "background", "needs a sky or a read_noise greater than 0")
    if planes == nil { markWithoutEffect(visitor) } else { checkTemplate(visitor) }
  }

  /// The sections that stand for planes in populations of hosts.
  private mutating func visitHosts(_ visitor: SpecVisitor) {
    visitor.object("redshift", &redshift)
    visitor.object("host", &host)
    visitor.check(
      visitor.isGiven("host"), "host", given: "nothing",
      "must be given, with at least a profile and its strength")
    visitor.object("shear", &shear)
    visitor.object("lens_light", &lensLight)
    visitor.object("source", &source)
    visitor.object("vortex", &vortex)
    visitor.object("spherical", &spherical)
    visitor.object("faults", &faults)
    visitor.check(
      !needsTotalMass || host.totalMass != nil, "host.total_mass", given: "nothing",
      "must be given, because a mass_reference is total")
  }

  /// Tuples have every class once.
  private func checkPairs(_ visitor: SpecVisitor) {
    visitor.check(
      !pairs || Set(changes.map(\.weight)).count <= 1, "pairs", given: "true",
      "needs classes of the same weight")
  }

  /// Reads planes and classes once, to see that they can be drawn.
  private func checkTemplate(_ visitor: SpecVisitor) {
    guard visitor.isReading else { return }
    checkPairs(visitor)
    var notes: [SpecNote] = []
    do {
      _ = try TemplatePopulation(self) { notes.append($0) }
    } catch let error as SpecErrors {
      for error in error.errors { visitor.fail(error.keyPath, given: error.value, error.requirement) }
    } catch { visitor.fail("planes", given: "planes", "cannot be drawn: \(error)") }
    // Redshifts show in derived columns, whatever the lens is.
    for note in notes where note.keyPath.hasPrefix("planes.") && !note.keyPath.hasSuffix(".redshift") {
      visitor.withoutEffect(note.keyPath, if: true, saying: note.statement, note.reason)
    }
    noteKeysWithoutEffect(
      instrument, accuracy, hasTarget: signalToNoise != nil, recordsRatios: true, hasHalos: true, visitor)
  }

  /// The name becomes a folder's and goes into FITS headers.
  private func checkName(_ visitor: SpecVisitor) {
    let isPlain = name.utf8.allSatisfy { byte in
      let character = Character(Unicode.Scalar(byte))
      return character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
    }
    visitor.check(
      isPlain && !name.isEmpty && !name.hasPrefix("."), "name", given: "'\(name)'",
      "must be letters, digits, '.', '_' and '-', not beginning with '.'")
  }

  private mutating func visitClasses(_ visitor: SpecVisitor) {
    if planes != nil {
      var list = ClassList(classes: changes)
      visitor.convertible("classes", &list)
      changes = list.classes
      return visitor.check(
        !changes.isEmpty, "classes", given: "nothing",
        "must be a mapping of names to changes, for instance no_sub: {}")
    }
    var names = ClassNames(classes: classes)
    visitor.convertible("classes", &names)
    classes = names.classes
  }

}

/// The list of classes in a document.
private struct ClassNames: SpecConvertible {
  var classes: [SubstructureClass]

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> ClassNames? {
    let names = SubstructureClass.allCases.map(\.rawValue)
    guard case .list(let items) = value, !items.isEmpty else {
      visitor.fail("", given: value.summary, "must be a list of \(names.joined(separator: ", "))")
      return nil
    }
    let classes = items.compactMap { item -> SubstructureClass? in
      guard case .scalar(let text) = item else { return nil }
      return SubstructureClass(rawValue: text)
    }
    if let unknown = items.first(where: { !names.map { "'\($0)'" }.contains($0.summary) }) {
      visitor.fail("", given: unknown.summary, suggestion(for: unknown.summary, among: names))
      return nil
    }
    guard Set(classes).count == classes.count else {
      visitor.fail("", given: "a class twice", "must be different ones of \(names.joined(separator: ", "))")
      return nil
    }
    return ClassNames(classes: classes)
  }

  func written() -> SpecValue { .list(classes.map { .scalar($0.rawValue) }) }
}

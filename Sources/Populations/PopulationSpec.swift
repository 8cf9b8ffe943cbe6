import Cosmology
import Instrument
import LensCore
import Priors
import Simulation

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

/// What the exposure of every image is to reach.
public struct SignalToNoisePrior: SpecFields, Equatable {
  public var definition = SignalToNoiseDefinition.peak
  public var value = Distribution.fixed(20)
  /// The band whose ratio is meant; nil for the first.
  public var band: String?

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.choice("definition", &definition)
    visitor.prior("value", &value, .above(0, upTo: 1e9))
    visitor.text("band", &band)
  }
}

/// A population of lenses: a scene in which any number may be drawn, and the classes as changes to it.
///
/// This is what a profile file such as `Profiles/model-a.yaml` holds.
public struct PopulationSpec: SpecFields {
  public var name = "unnamed"
  public var description = ""
  /// What is on the sky, as a scene's `planes` in which any number may be drawn.
  public var planes = SpecValue.map([])
  /// A scene's `dark_matter` and `line_of_sight` in the same way; nothing if they are left out.
  public var darkMatter = SpecValue.scalar("")
  public var lineOfSight = SpecValue.scalar("")
  /// Whose rows numbers of the planes may be drawn from.
  package var tables = DrawTables()
  /// In the order in which samples have them.
  public var classes: [ClassChanges] = []
  /// Whether the samples 0, 1, 2 (then 3, 4, 5, and so on) share all that their classes do not change, the noise among it.
  public var pairs = false
  /// Whether tables list how well each sample's substructure can be seen; see `DetectabilityForecast`.
  public var forecast = false
  /// Left out, a sample that cannot be rendered is an error.
  public var redraw: RedrawSpec?
  public var split = SplitSpec()
  public var cosmology = FlatLambdaCDM()
  /// With some value in the place of each number that is drawn (`cameraDraws`).
  public var instrument = InstrumentSpec()
  /// Paths in the instrument (`sky`, `psf.gaussian.fwhm`) and the priors that are given there.
  public var cameraDraws: [SpecValue.Entry] = []
  public var accuracy = AccuracySpec()
  /// Left out, the instrument's exposure time stands.
  public var signalToNoise: SignalToNoisePrior?

  public init() {}

  /// The seed of a run that is given none: two populations of different names share nothing.
  public var defaultSeed: UInt64 { RandomKey.seed(named: name) }

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.text("name", &name)
    checkName(visitor)
    visitor.text("description", &description)
    visitClasses(visitor)
    visitor.flag("pairs", &pairs)
    // Tuples have every class once.
    visitor.check(
      !pairs || Set(classes.map(\.weight)).count <= 1, "pairs", given: "true",
      "needs classes of the same weight")
    visitor.flag("forecast", &forecast)
    visitor.object("redraw", &redraw)
    visitor.object("split", &split)
    visitor.object("cosmology", &cosmology)
    var drawnCamera = DrawnCamera(instrument: instrument, draws: cameraDraws)
    visitor.convertible("instrument", &drawnCamera)
    (instrument, cameraDraws) = (drawnCamera.instrument, drawnCamera.draws)
    visitor.object("accuracy", &accuracy)
    instrument.checkSize(subpixels: accuracy.subpixels, visitor)
    visitor.object("signal_to_noise", &signalToNoise)
    let camera = instrument.camera(ofBand: bandOfRatio)
    visitor.check(
      signalToNoise == nil || camera.sky > 0 || camera.readNoise > 0
        || signalToNoise?.definition != .background,
      "signal_to_noise.definition", given: "background", "needs a sky or a read_noise greater than 0")
    if visitor.isReading || !darkMatter.isNull { visitor.document("dark_matter", &darkMatter) }
    if visitor.isReading || !lineOfSight.isNull { visitor.document("line_of_sight", &lineOfSight) }
    visitor.document("planes", &planes)
    if visitor.isReading || !tables.tables.isEmpty { visitor.convertible("tables", &tables) }
    checkTemplate(visitor)
  }

  private mutating func visitClasses(_ visitor: SpecVisitor) {
    var list = ClassList(classes: classes)
    visitor.convertible("classes", &list)
    classes = list.classes
    visitor.check(
      !classes.isEmpty, "classes", given: "nothing",
      "must be a mapping of names to changes, for instance no_sub: {}")
  }

  /// Reads planes and classes once, to see that they can be drawn.
  private func checkTemplate(_ visitor: SpecVisitor) {
    guard visitor.isReading else { return }
    do {
      let population = try TemplatePopulation(self)
      for note in population.notes {
        visitor.withoutEffect(note.keyPath, if: true, saying: note.statement, note.reason)
      }
      noteKeysWithoutEffect(
        instrument, accuracy, hasTarget: signalToNoise != nil, recordsRatios: true,
        hasHalos: population.hasSmallHalos, visitor)
    } catch let error as SpecErrors {
      // A camera that could not be read has no bands here.
      let isWithoutCamera = visitor.hasFailed("instrument")
      for error in error.errors where !(isWithoutCamera && Self.isAboutBands(error)) {
        visitor.fail(error.keyPath, given: error.value, error.requirement)
      }
    } catch { visitor.fail("planes", given: "planes", "cannot be drawn: \(error)") }
  }

  private static func isAboutBands(_ error: SpecError) -> Bool {
    error.keyPath == "signal_to_noise.band" || error.keyPath.contains(".bands")
  }

  /// The position of the band whose signal-to-noise ratio is asked for; the first where none is named.
  package var bandOfRatio: Int {
    signalToNoise?.band.flatMap { instrument.bands.names.firstIndex(of: $0) } ?? 0
  }

  /// The same population with every key of its planes, defaults included.
  ///
  /// - Throws: `SpecErrors` if it cannot be drawn.
  public func withDefaults() throws -> PopulationSpec {
    var spec = self
    let population = try TemplatePopulation(self)
    if let planes = try population.withDefaults("planes") { spec.planes = planes }
    if let darkMatter = try population.withDefaults("dark_matter") { spec.darkMatter = darkMatter }
    if let lineOfSight = try population.withDefaults("line_of_sight") { spec.lineOfSight = lineOfSight }
    // A class may give in another way what is a default here.
    return (try? TemplatePopulation(spec)) == nil ? self : spec
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
}

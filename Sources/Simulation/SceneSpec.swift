import Cosmology
import Instrument
import LensCore
import LightProfiles
import MassProfiles
import Substructure

/// Everything at one redshift.
public struct PlaneSpec: SpecFields, SpecComponent {
  public var redshift = 0.5
  public var mass: Components<MassSpec> = []
  /// Populations of halos, which every sample draws its own of (`SceneSpec.resolved`).
  public var halos: Components<HaloPopulationSpec> = []
  public var light: Components<LightSpec> = []

  public init() {}

  /// Masses and lights get their usual names.
  public init(redshift: Double, mass: [MassSpec] = [], light: [LightSpec] = []) {
    self.redshift = redshift
    (self.mass, self.light) = (Components(mass), Components(light))
  }

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("redshift", &redshift, .redshift)
    visitor.components("mass", &mass)
    visitor.components("halos", &halos)
    visitor.components("light", &light)
  }

  public static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> PlaneSpec? {
    visitor.readObject(PlaneSpec(), value, at: "")
  }

  public func written() -> SpecValue { SpecVisitor.write(self) }

  public mutating func fill(_ visitor: SpecVisitor) { visit(visitor) }

  public var usualName: String { "plane" }
}

/// The signal-to-noise ratio that an exposure is to reach.
public struct SignalToNoiseTarget: SpecFields, Equatable {
  public var definition = SignalToNoiseDefinition.peak
  public var value = 20.0
  /// The band whose ratio is meant; nil for the first. Exposures of the others keep their proportion to its own.
  public var band: String?

  public init() {}

  public init(definition: SignalToNoiseDefinition, value: Double) {
    (self.definition, self.value) = (definition, value)
  }

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.choice("definition", &definition)
    visitor.number("value", &value, .above(0, upTo: 1e9))
    visitor.text("band", &band)
  }
}

/// One scene with all its numbers: what is on the sky and what looks at it.
public struct SceneSpec: SpecFields {
  public var cosmology = FlatLambdaCDM()
  /// From near to far: today a lens and a source.
  public var planes = Components(lens: PlaneSpec(redshift: 0.5), source: PlaneSpec(redshift: 1))
  public var instrument = InstrumentSpec()
  public var signalToNoise: SignalToNoiseTarget?
  public var accuracy = AccuracySpec()

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.object("cosmology", &cosmology)
    visitor.components("planes", &planes)
    visitor.object("instrument", &instrument)
    visitor.object("signal_to_noise", &signalToNoise)
    visitor.object("accuracy", &accuracy)
    if visitor.isReading { checkTogether(visitor) }
  }

  /// What keys say about each other.
  private func checkTogether(_ visitor: SpecVisitor) {
    checkPlanes(visitor)
    checkBands(visitor)
    instrument.checkSize(subpixels: accuracy.subpixels, visitor)
    noteKeysWithoutEffect(
      instrument, accuracy, hasTarget: signalToNoise != nil, recordsRatios: false,
      hasHalos: lens.halos.contains { $0.parameters.hasSmallHalos }
        || lens.mass.contains { $0.parameters.smallHalo != nil }, visitor)
    visitor.withoutEffect("cosmology", if: !followsDistances, Self.noDistances)
    visitor.withoutEffect(
      "cosmology.hubble_constant", if: !followsHubbleConstant,
      "no mass is given in solar masses, and ratios of distances do not follow it")
    notePlanesWithoutEffect(visitor)
  }

  /// Why distances do not matter.
  static let noDistances = "all masses are given by their deflections, which no distance changes"

  private func checkPlanes(_ visitor: SpecVisitor) {
    visitor.check(
      planes.count == 2, "planes", given: "\(planes.count) planes",
      "must be two: a lens and a source behind it (several lens planes are not supported yet)")
    checkReferences(visitor)
    guard planes.count == 2 else { return }
    let farthest = "planes.\(planes.names[1])"
    let near = visitor.limits(of: "planes.\(planes.names[0]).redshift", planes[0].redshift)
    let far = visitor.limits(of: "\(farthest).redshift", planes[1].redshift)
    visitor.check(
      near.upperBound < far.lowerBound, "\(farthest).redshift",
      given: (far.lowerBound < far.upperBound ? "as low as " : "") + "\(far.lowerBound)",
      "must be greater than the lens redshift \(near.upperBound)")
    visitor.check(
      planes[1].mass.isEmpty, "\(farthest).mass", given: "\(planes[1].mass.count) profiles",
      "must be empty: mass in the farthest plane deflects nothing that is drawn")
    visitor.check(
      planes[1].halos.isEmpty, "\(farthest).halos", given: "\(planes[1].halos.count) populations",
      "must be empty: halos in the farthest plane deflect nothing that is drawn")
  }

  public var lens: PlaneSpec { planes.first ?? PlaneSpec() }
  public var source: PlaneSpec { planes[planes.count - 1] }
}

extension Components where Element == PlaneSpec {
  /// The two planes of most scenes.
  public init(lens: PlaneSpec, source: PlaneSpec) {
    self.init()
    append(lens, named: "lens")
    append(source, named: "source")
  }
}

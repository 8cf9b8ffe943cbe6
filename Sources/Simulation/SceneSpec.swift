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
  /// For the populations that follow it; nil for cold dark matter.
  public var darkMatter: DarkMatterSpec?
  /// Halos between us and the source, which every sample draws its own of.
  public var lineOfSight: LineOfSightSpec?
  /// From near to far. The farthest is that of the source; masses in the others deflect what is behind them.
  public var planes = Components(lens: PlaneSpec(redshift: 0.5), source: PlaneSpec(redshift: 1))
  public var instrument = InstrumentSpec()
  public var signalToNoise: SignalToNoiseTarget?
  public var accuracy = AccuracySpec()

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.object("cosmology", &cosmology)
    visitor.object("dark_matter", &darkMatter)
    visitor.object("line_of_sight", &lineOfSight)
    visitor.components("planes", &planes)
    // Of two, one that is out of order is a slip; between them a change may put others.
    if visitor.isReading && planes.count > 2 { planes.sort { $0.redshift < $1.redshift } }
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
      hasHalos: hasSmallHalos, visitor)
    visitor.withoutEffect("cosmology", if: !followsDistances, Self.noDistances)
    visitor.withoutEffect(
      "cosmology.hubble_constant", if: !followsHubbleConstant,
      "no mass is given in solar masses, and ratios of distances do not follow it")
    let followsDarkMatter =
      lineOfSight != nil
      || planes.contains { plane in plane.halos.contains { $0.parameters is DarkSubhalos } }
    visitor.withoutEffect(
      "dark_matter", if: darkMatter != nil && !followsDarkMatter,
      "there are neither dark_subhalos nor a line_of_sight")
    notePlanesWithoutEffect(visitor)
  }

  /// Whether there can be halos of kinds of which a scene may hold very many.
  package var hasSmallHalos: Bool {
    lineOfSight != nil
      || planes.contains { plane in
        plane.halos.contains { $0.parameters.hasSmallHalos }
          || plane.mass.contains { $0.parameters.smallHalo != nil }
      }
  }

  /// Why distances do not matter.
  static let noDistances = "all masses are given by their deflections, which no distance changes"

  private func checkPlanes(_ visitor: SpecVisitor) {
    visitor.check(
      planes.count >= 2, "planes", given: "\(planes.count) planes",
      "must be two or more: a lens and a source behind it, and what else is on the way")
    visitor.check(
      lineOfSight == nil || cosmology.distances == .angularDiameter, "cosmology.distances",
      given: cosmology.distances.rawValue, "must be angular_diameter where there is a line_of_sight")
    checkReferences(visitor)
    guard planes.count >= 2 else { return }
    visitor.check(
      planes.count == 2 || cosmology.distances == .angularDiameter, "cosmology.distances",
      given: cosmology.distances.rawValue, "must be angular_diameter where there are more than two planes")
    checkOrder(visitor)
    if let lineOfSight {
      let source = visitor.limits(of: "planes.\(planes.names[planes.count - 1]).redshift", source.redshift)
      let nearest = visitor.limits(of: "line_of_sight.nearest", lineOfSight.nearest)
      visitor.check(
        nearest.upperBound < source.lowerBound, "line_of_sight.nearest",
        given: specNumber(nearest.upperBound),
        "must be below the redshift of the source, \(specNumber(source.lowerBound))")
    }
    checkContents(visitor)
    let farthest = "planes.\(planes.names[planes.count - 1])"
    visitor.check(
      source.mass.isEmpty, "\(farthest).mass", given: "\(source.mass.count) profiles",
      "must be empty: mass in the farthest plane deflects nothing that is drawn")
    visitor.check(
      source.halos.isEmpty, "\(farthest).halos", given: "\(source.halos.count) populations",
      "must be empty: halos in the farthest plane deflect nothing that is drawn")
  }

  /// Of more than two planes, one with nothing in it is a misspelt name.
  private func checkContents(_ visitor: SpecVisitor) {
    for (name, plane) in zip(planes.names, planes) where planes.count > 2 {
      let others = planes.names.filter { $0 != name }
      visitor.check(
        !(plane.mass.isEmpty && plane.halos.isEmpty && plane.light.isEmpty), "planes.\(name)",
        given: "no mass, halos or light",
        "must have something in it, where there are more than two planes; \(suggestion(for: name, among: others))"
      )
    }
  }

  /// Every plane is behind the one before, whatever is drawn.
  private func checkOrder(_ visitor: SpecVisitor) {
    for number in 1..<planes.count {
      let paths = (number - 1...number).map { "planes.\(planes.names[$0]).redshift" }
      let near = visitor.limits(of: paths[0], planes[number - 1].redshift)
      let far = visitor.limits(of: paths[1], planes[number].redshift)
      let before = number == lensNumber + 1 ? "lens redshift" : "redshift of \(planes.names[number - 1]),"
      visitor.check(
        near.upperBound < far.lowerBound, paths[1],
        given: (far.lowerBound < far.upperBound ? "as low as " : "") + "\(far.lowerBound)",
        "must be greater than the \(before) \(near.upperBound)")
    }
  }

  /// The plane of the main lens: the one called `lens`, else the nearest. What is behind it is seen as a source.
  public var lensNumber: Int { planes.names.dropLast().firstIndex(of: "lens") ?? 0 }
  public var lens: PlaneSpec { planes.isEmpty ? PlaneSpec() : planes[lensNumber] }
  /// The farthest plane.
  public var source: PlaneSpec { planes[planes.count - 1] }

  /// The numbers of the planes that deflect.
  package var massive: [Int] { planes.indices.dropLast().filter { !planes[$0].mass.isEmpty } }

  /// What rays need to know of the planes; nil of two, where nothing depends on it.
  ///
  /// - Throws: `SpecError` for planes out of order.
  func planeDistances() throws -> PlaneDistances? {
    planes.count == 2 ? nil : try PlaneDistances(redshifts: planes.map(\.redshift), cosmology: cosmology)
  }
}

extension Components where Element == PlaneSpec {
  /// The two planes of most scenes.
  public init(lens: PlaneSpec, source: PlaneSpec) {
    self.init()
    append(lens, named: "lens")
    append(source, named: "source")
  }
}

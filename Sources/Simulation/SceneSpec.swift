import Cosmology
import Instrument
import LensCore
import LightProfiles
import MassProfiles

/// Everything at one redshift.
public struct PlaneSpec: SpecFields {
  public var redshift = 0.5
  public var mass: [MassSpec] = []
  public var light: [LightSpec] = []

  public init() {}

  public init(redshift: Double, mass: [MassSpec] = [], light: [LightSpec] = []) {
    (self.redshift, self.mass, self.light) = (redshift, mass, light)
  }

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("redshift", &redshift, .redshift)
    visitor.convertibles("mass", &mass)
    visitor.convertibles("light", &light)
  }
}

/// The signal-to-noise ratio that an exposure is to reach.
public struct SignalToNoiseTarget: SpecFields, Equatable {
  public var definition = SignalToNoiseDefinition.peak
  public var value = 20.0

  public init() {}

  public init(definition: SignalToNoiseDefinition, value: Double) {
    (self.definition, self.value) = (definition, value)
  }

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.choice("definition", &definition)
    visitor.number("value", &value, .above(0, upTo: 1e9))
  }
}

/// One scene with all its numbers: what is on the sky and what looks at it.
public struct SceneSpec: SpecFields {
  public var cosmology = FlatLambdaCDM()
  /// From near to far: today a lens and a source.
  public var planes: [PlaneSpec] = [PlaneSpec(redshift: 0.5), PlaneSpec(redshift: 1)]
  public var instrument = InstrumentSpec()
  public var signalToNoise: SignalToNoiseTarget?
  public var accuracy = AccuracySpec()

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.object("cosmology", &cosmology)
    visitor.objects("planes", &planes)
    visitor.check(
      planes.count == 2, "planes", given: "\(planes.count) planes",
      "must be two: a lens and a source behind it (several lens planes are not supported yet)")
    if planes.count == 2 {
      visitor.check(
        planes[0].redshift < planes[1].redshift, "planes.1.redshift", given: "\(planes[1].redshift)",
        "must be greater than the lens redshift \(planes[0].redshift)")
      visitor.check(
        planes[1].mass.isEmpty, "planes.1.mass", given: "\(planes[1].mass.count) profiles",
        "must be empty: mass in the farthest plane deflects nothing that is drawn")
    }
    visitor.object("instrument", &instrument)
    visitor.object("signal_to_noise", &signalToNoise)
    visitor.object("accuracy", &accuracy)
    instrument.checkSize(subpixels: accuracy.subpixels, visitor)
    noteKeysWithoutEffect(
      instrument, accuracy, hasTarget: signalToNoise != nil, recordsRatios: false,
      hasHalos: lens.mass.contains { $0.parameters.smallHalo != nil }, visitor)
    visitor.withoutEffect(
      "cosmology", if: true, "a scene's masses are given by their deflections, which no distance changes")
    notePlanesWithoutEffect(visitor)
  }

  public var lens: PlaneSpec { planes.first ?? PlaneSpec() }
  public var source: PlaneSpec { planes[planes.count - 1] }
}

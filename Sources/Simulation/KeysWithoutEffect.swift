import Instrument
import LensCore

/// Notes the keys of `instrument` and `accuracy` that change nothing in a scene or population.
///
/// - Parameters:
///   - hasTarget: Whether a signal-to-noise ratio is asked for.
///   - recordsRatios: Whether signal-to-noise ratios are recorded, which the noise's keys then change.
///   - hasHalos: Whether there can be small halos to be summed.
///   - visitor: Of the document that holds both sections.
package func noteKeysWithoutEffect(
  _ instrument: InstrumentSpec, _ accuracy: AccuracySpec, hasTarget: Bool, recordsRatios: Bool,
  hasHalos: Bool,
  _ visitor: SpecVisitor
) {
  noteExposureWithoutEffect(instrument, hasTarget: hasTarget, recordsRatios: recordsRatios, visitor)
  visitor.withoutEffect(
    "instrument.psf_sampling", if: accuracy.subpixels == 1,
    "accuracy.subpixels is 1, so that sub-pixels are pixels")
  visitor.withoutEffect(
    "instrument.sky_subtracted", if: instrument.cameras.allSatisfy { $0.sky == 0 }, "there is no sky")
  noteBlurWithoutEffect(instrument, visitor)
  let isFine = instrument.blurSampling == .subpixel
  let adaptsNothing =
    accuracy.subpixels == 1
    ? "accuracy.subpixels is 1" : "instrument.psf_sampling is subpixel, where every sub-pixel has a ray"
  visitor.withoutEffect("accuracy.sampling", if: accuracy.subpixels == 1 || isFine, adaptsNothing)
  visitor.withoutEffect(
    "accuracy.refinement_threshold", if: accuracy.subpixels == 1 || isFine || accuracy.sampling == .uniform,
    accuracy.sampling == .uniform ? "accuracy.sampling is uniform" : adaptsNothing)
  visitor.withoutEffect(
    "accuracy.far_field", if: accuracy.precision == .double,
    "with accuracy.precision float64 every halo is summed directly")
  visitor.withoutEffect(
    "accuracy.far_field", if: !hasHalos, "there are no point masses and truncated halos to sum")
}

/// Notes the keys of exposures and noise that change nothing, those of each band too.
private func noteExposureWithoutEffect(
  _ instrument: InstrumentSpec, hasTarget: Bool, recordsRatios: Bool, _ visitor: SpecVisitor
) {
  for key in ["psf", "sky", "read_noise", "exposure_time"] {
    let isNeverShared =
      !instrument.bands.isEmpty
      && instrument.bands.indices.allSatisfy { instrument.path(key, ofBand: $0) != "instrument.\(key)" }
    visitor.withoutEffect("instrument.\(key)", if: isNeverShared, "every band has its own")
  }
  // Several exposures keep their proportions to each other.
  let isInProportion = instrument.bandCount > 1 && instrument.bands.contains { $0.exposureTime != nil }
  for band in 0..<instrument.bandCount {
    let exposure = instrument.path("exposure_time", ofBand: band)
    visitor.withoutEffect(
      exposure, if: hasTarget && !isInProportion, "signal_to_noise decides how long the exposure is")
    visitor.withoutEffect(exposure, if: !instrument.noise && !recordsRatios, "instrument.noise is false")
    for key in instrument.isSkySubtracted ? ["sky", "read_noise"] : ["read_noise"] {
      visitor.withoutEffect(
        instrument.path(key, ofBand: band), if: !instrument.noise && !hasTarget && !recordsRatios,
        "instrument.noise is false")
    }
  }
}

private func noteBlurWithoutEffect(_ instrument: InstrumentSpec, _ visitor: SpecVisitor) {
  let functions = instrument.cameras.map(\.pointSpreadFunction)
  func isOfOnePixel(_ function: PointSpreadFunctionSpec) -> Bool {
    (function.parameters as? any PointSpreadFunctionKind)?.kernelPixels == 1
  }
  visitor.withoutEffect(
    "instrument.border", if: functions.allSatisfy { $0.parameters is NoPSFSpec }, "instrument.psf is none")
  let onePixel = "a kernel of one pixel blurs nothing"
  visitor.withoutEffect(
    "instrument.border", if: functions.allSatisfy { $0.parameters is NoPSFSpec || isOfOnePixel($0) },
    onePixel)
  for (band, function) in functions.enumerated() where isOfOnePixel(function) {
    let path = "\(instrument.path("psf", ofBand: band)).\(type(of: function.parameters).kind)"
    for key in ["fwhm", "beta", "wavelength", "aperture_diameter"] {
      visitor.withoutEffect("\(path).\(key)", if: true, onePixel)
    }
  }
}

extension SceneSpec {
  /// Notes what the planes give without effect.
  func notePlanesWithoutEffect(_ visitor: SpecVisitor) {
    for (name, plane) in zip(planes.names, planes) where visitor.isReading {
      let path = "planes.\(name)"
      visitor.withoutEffect(
        "\(path).redshift", if: !followsDistances,
        "\(Self.noDistances); only the order of the redshifts is checked")
      for (name, mass) in zip(plane.mass.names, plane.mass) {
        noteProfileWithoutEffect(mass.written(), "\(path).mass.\(name)", visitor)
      }
      for (name, light) in zip(plane.light.names, plane.light) {
        noteProfileWithoutEffect(light.written(), "\(path).light.\(name)", visitor)
      }
    }
  }
}

/// The keys that a profile is proportional to.
private let strengths: Set<String> = [
  "einstein_radius", "deflection_at_scale_radius", "strength", "convergence", "central_convergence",
  "amplitude", "fluctuation", "intensity", "flux",
]

/// Notes the other keys of a profile without strength, and the angle of a round one.
///
/// - Parameter profile: As it is written, a mapping of its kind to its parameters.
private func noteProfileWithoutEffect(_ profile: SpecValue, _ path: String, _ visitor: SpecVisitor) {
  guard let kind = profile.givenEntries?.first, let fields = kind.value.givenEntries else { return }
  /// Whether it never has another value.
  func isAlways(_ value: Double, _ field: SpecValue.Entry) -> Bool {
    guard case .scalar(let text) = field.value, let number = Double(text) else { return false }
    return visitor.limits(of: "\(path).\(kind.key).\(field.key)", number) == value...value
  }
  if let zero = fields.first(where: { strengths.contains($0.key) && isAlways(0, $0) }) {
    for field in fields where field.key != zero.key {
      visitor.withoutEffect("\(path).\(kind.key).\(field.key)", if: true, "the \(zero.key) is 0")
    }
  }
  let isRound = fields.contains { $0.key == "axis_ratio" && isAlways(1, $0) }
  visitor.withoutEffect("\(path).\(kind.key).position_angle", if: isRound, "the axis_ratio is 1")
}

import Instrument
import LensCore

/// Notes the keys of `instrument` and `accuracy` that change nothing in a scene or population.
///
/// - Parameters:
///   - hasTarget: Whether a signal-to-noise ratio is asked for.
///   - recordsRatios: Whether signal-to-noise ratios are recorded, which the noise's keys then change.
///   - hasHalos: Whether there can be small halos to be summed.
///   - visitor: Of the document that holds both sections.
public func noteKeysWithoutEffect(
  _ instrument: InstrumentSpec, _ accuracy: AccuracySpec, hasTarget: Bool, recordsRatios: Bool,
  hasHalos: Bool,
  _ visitor: SpecVisitor
) {
  visitor.withoutEffect(
    "instrument.exposure_time", if: hasTarget, "signal_to_noise decides how long the exposure is")
  visitor.withoutEffect(
    "instrument.psf_sampling", if: accuracy.subpixels == 1,
    "accuracy.subpixels is 1, so that sub-pixels are pixels")
  for key in ["sky", "read_noise"] {
    visitor.withoutEffect(
      "instrument.\(key)", if: !instrument.noise && !hasTarget && !recordsRatios, "instrument.noise is false")
  }
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
    "accuracy.far_field", if: accuracy.precision == .single && !hasHalos,
    "there are no point masses and truncated halos to sum")
}

import LensCore

/// The arithmetic of the kernels.
public enum Precision: String, CaseIterable, Sendable {
  /// Fast; noise-free images within 1e-4 of their peak of the Double ones.
  case single = "float32"
  /// The reference.
  case double = "float64"
}

/// How rays are spread over the pixels.
public enum SamplingMethod: String, CaseIterable, Sendable {
  /// One ray per pixel, corrected by the neighbours' to the pixel's mean; more rays where that is not smooth.
  case adaptive
  /// The same number of rays in every pixel.
  case uniform
}

/// How the deflection of many small halos (`truncated_nfw`, `point_mass`) is summed.
public enum FarFieldMethod: String, CaseIterable, Sendable {
  /// `direct` for few, `coarse` for some and `fine` for many; many point masses by power series (`PointField`).
  case automatic
  /// Every halo at every ray. Always so in float64.
  case direct
  /// On grids of two nodes per pixel: cheap to begin with.
  case coarse
  /// On grids of seven nodes per pixel: cheap for each further halo.
  case fine
}

/// Every knob that trades speed for accuracy, with its default.
///
/// | knob | cost | what it buys | shown by |
/// |---|---|---|---|
/// | `precision` | float64 about doubles the time | 1e-6 instead of 1e-4 of the peak | `ImageReferenceTests` |
/// | `subpixels` | the square of it if uniform | smaller error of the pixel integral | `PixelIntegrationTests` |
/// | `sampling` | uniform 2 x 2 about doubles the time | nothing but a plain rule | `AdaptiveSamplingTests` |
/// | `farField` | `direct` grows with halos times rays | nothing above 1e-4 of a halo's largest deflection, 2.4e-7 arcsec of a point's | `HaloFieldTests`, `PointFieldTests` |
/// | `refinementThreshold` | more rays if smaller | a smaller error in smooth pixels | `AdaptiveSamplingTests` |
public struct AccuracySpec: SpecFields, Equatable {
  public var precision = Precision.single
  /// Rays per pixel and axis, at the centres of equal squares. Adaptive sampling is as accurate as that many in every
  /// pixel but beside small masses (docs/accuracy.md), and takes twice as many along both axes where the image is rough;
  /// 1 leaves nothing to adapt.
  public var subpixels = 2
  public var sampling = SamplingMethod.adaptive
  /// Pixels are rough where fourth differences are larger than this fraction of the image's peak: they are taken from more
  /// rays gradually, and from these alone half as much above.
  public var refinementThreshold = 0.004

  public var farField = FarFieldMethod.automatic

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.choice("precision", &precision)
    visitor.integer("subpixels", &subpixels, 1...32)
    visitor.choice("sampling", &sampling)
    visitor.choice("far_field", &farField)
    visitor.number("refinement_threshold", &refinementThreshold, .above(0, upTo: 1e3))
  }
}

import LensCore

/// The arithmetic of the kernels.
public enum Precision: String, CaseIterable, Sendable {
  /// Fast; noise-free images within 1e-4 of their peak of the Double ones.
  case single = "float32"
  /// The reference.
  case double = "float64"
}

/// Every knob that trades speed for accuracy, with its default.
///
/// | knob | cost | what it buys | shown by |
/// |---|---|---|---|
/// | `precision` | float64 about doubles the time | 1e-6 instead of 1e-4 of the peak | `ImageReferenceTests` |
/// | `subpixels` | the square of it | smaller error of the pixel integral | `PixelIntegrationTests` |
public struct AccuracySpec: SpecFields, Equatable {
  public var precision = Precision.single
  /// Rays per pixel and axis, at the centres of equal squares.
  public var subpixels = 2

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.choice("precision", &precision)
    visitor.integer("subpixels", &subpixels, 1...32)
  }
}

import LensCore

extension Stretch {
  /// Part of the pixels taken for background and shown black; the lower half of the noise, not all of it.
  private static let backgroundQuantile = 0.25
  /// Part of the pixels below the white level; a cosmic ray or a cusp then does not darken the picture.
  private static let brightQuantile = 0.999
  /// Part of the pixels within the limits of a linear stretch, counted from either end.
  private static let linearQuantile = 0.995
  /// Softening of the asinh, as a part of the range from background to white level.
  private static let softeningPart = 0.04
  /// Smallest softening, in distances from the first quartile to the median: 3 of them are two standard
  /// deviations of Gaussian noise, so noise stays in the linear part and takes up few of the colours.
  private static let softeningQuartiles = 3.0

  /// An asinh stretch from the background of an image to its bright core.
  ///
  /// Black is the first quartile of the pixels, white the 99.9th percentile, and the softening the larger of
  /// 4 per cent of the range between and two standard deviations of the noise. Pixels that are not finite are
  /// ignored; an image without others gets the limits 0 and 1.
  ///
  /// - Complexity: O(n log n) in the number of pixels.
  public static func asinh<Scalar: BinaryFloatingPoint & Sendable>(for image: Image<Scalar>) -> Stretch {
    let values = sortedFinite(image.pixels.map(Double.init))
    let limits = limits(of: values, from: backgroundQuantile, to: brightQuantile)
    let range = limits.upper - limits.lower
    let noise = values.isEmpty ? 0 : quantile(0.5, of: values) - quantile(backgroundQuantile, of: values)
    let softening = max(softeningPart * range, softeningQuartiles * noise)
    return .asinh(lower: limits.lower, upper: limits.upper, softening: softening)
  }

  /// A linear stretch from the 0.5th to the 99.5th percentile of an image.
  ///
  /// Pixels that are not finite are ignored; an image without others gets the limits 0 and 1.
  public static func linear<Scalar: BinaryFloatingPoint & Sendable>(for image: Image<Scalar>) -> Stretch {
    let values = sortedFinite(image.pixels.map(Double.init))
    let limits = limits(of: values, from: 1 - linearQuantile, to: linearQuantile)
    return .linear(lower: limits.lower, upper: limits.upper)
  }

  /// A linear stretch about zero, to the 99.5th percentile of the absolute values on either side.
  ///
  /// For `ColorMap.diverging`, whose white is then zero. Pixels that are not finite are ignored; an image
  /// without others gets the limits -1 and 1.
  public static func symmetric<Scalar: BinaryFloatingPoint & Sendable>(for image: Image<Scalar>) -> Stretch {
    let values = sortedFinite(image.pixels.map { abs(Double($0)) })
    let largest = limits(of: values, from: 0, to: linearQuantile).upper
    return .linear(lower: -largest, upper: largest)
  }

  /// Two quantiles of sorted values. Where they agree though the values differ, as for one bright pixel on
  /// an empty field, the extremes take their place: else what little there is would be lost.
  private static func limits(
    of values: [Double], from lower: Double, to upper: Double
  ) -> (lower: Double, upper: Double) {
    guard let first = values.first, let last = values.last else { return (0, 1) }
    let limits = (lower: quantile(lower, of: values), upper: quantile(upper, of: values))
    return limits.lower < limits.upper ? limits : (first, last)
  }

  private static func quantile(_ fraction: Double, of values: [Double]) -> Double {
    values[Int((fraction * Double(values.count - 1)).rounded())]
  }

  private static func sortedFinite(_ values: [Double]) -> [Double] {
    values.filter(\.isFinite).sorted()
  }
}

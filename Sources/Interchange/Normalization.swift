import Glibc
import LensCore

/// How pixel values are changed on their way into another file.
public enum Normalization: String, CaseIterable, Sendable {
  case none
  /// Each image divided by its largest value.
  case peak
  /// Each image stretched to 0 and 1.
  case minMax = "minmax"
  /// All images stretched by one factor, so that 0 and 1 are the extremes of the whole set.
  case setMinMax = "set-minmax"
  /// Each image's faint parts raised: asinh(10 x) / asinh(10) of the image stretched to 0 and 1.
  case asinh
}

/// A normalization with all that it needs to know.
package struct Normalizer {
  let kind: Normalization
  /// Of the whole set, for `.setMinMax`.
  private var extremes: (low: Float, high: Float) = (.infinity, -.infinity)

  package init(_ kind: Normalization) { self.kind = kind }

  /// Looks through the set where the kind asks for it.
  init(_ kind: Normalization, of reader: some CollectionReader, path: String) throws {
    self.kind = kind
    guard kind == .setMinMax else { return }
    var (low, high) = (Float.infinity, -Float.infinity)
    try reader.forEach { item in
      try requireFinite(item, reader.description, path)
      low = min(low, item.pixels.min() ?? low)
      high = max(high, item.pixels.max() ?? high)
    }
    extremes = (low, high)
  }

  /// The kind; for `.setMinMax` also the two numbers that became 0 and 1, from which the images follow again.
  private var text: String {
    kind == .setMinMax ? "\(kind.rawValue) \(extremes.low) \(extremes.high)" : kind.rawValue
  }

  /// What is true of images after it: they have no unit any more, and say what was done to them.
  func describing(_ original: CollectionDescription) -> CollectionDescription {
    guard kind != .none else { return original }
    var description = original
    let earlier = original.attribute(.normalize).map { $0 + ", " } ?? ""
    let outdated: [AttributeName] = [.unit, .normalize]
    description.attributes.removeAll { outdated.map(\.rawValue).contains($0.name) }
    description.attributes.append(.init(.normalize, earlier + text))
    return description
  }

  /// Why an image has no such form; nil if it has.
  func refusal(of pixels: [Float]) -> String? {
    guard kind == .peak, let low = pixels.min(), let high = pixels.max(), high <= 0, low < high else {
      return nil
    }
    return "its largest pixel is \(high), which nothing can be divided by"
  }

  /// An image without contrast becomes 0, which has no quotient in it.
  ///
  /// - Parameter pixels: Finite.
  package func apply(_ pixels: [Float]) -> [Float] {
    let low = pixels.min() ?? 0
    let high = pixels.max() ?? 0
    switch kind {
    case .none: return pixels
    case .peak: return high > 0 ? pixels.map { $0 / high } : pixels.map { _ in 0 }
    case .minMax: return stretched(pixels, low, high)
    case .setMinMax: return stretched(pixels, extremes.low, extremes.high)
    case .asinh:
      return stretched(pixels, low, high).map { Float(Glibc.asinh(10 * Double($0)) / Glibc.asinh(10)) }
    }
  }

  private func stretched(_ pixels: [Float], _ low: Float, _ high: Float) -> [Float] {
    // In Double: the range of two finite floats may be infinite as a float.
    let range = Double(high) - Double(low)
    return range > 0 ? pixels.map { Float((Double($0) - Double(low)) / range) } : pixels.map { _ in 0 }
  }
}

/// NaN never goes on silently.
func requireFinite(_ item: CollectionItem, _ description: CollectionDescription, _ path: String) throws {
  if let bad = item.pixels.firstIndex(where: { !$0.isFinite }) {
    let place = "\(description.groups[item.group].name), row \(item.row)"
    throw FileError(
      path: path,
      reason:
        "\(place): pixel (\(bad % description.width), \(bad / description.width % description.height)) is "
        + "\(item.pixels[bad])")
  }
}

import LensCore

/// A normalization with all that it needs to know.
package struct Normalizer {
  let kind: Normalization
  /// Of the whole set, for `.setMinMax`.
  private var extremes: (low: Float, high: Float)?

  package init(_ kind: Normalization) { self.kind = kind }

  /// Looks through the set where the kind asks for it.
  init(_ kind: Normalization, of reader: some CollectionReader, path: String) throws {
    self.kind = kind
    guard kind == .setMinMax else { return }
    var found: (low: Float, high: Float)?
    try reader.forEach { item in
      try requireFinite(item, reader.description, path)
      let own = Normalization.extremes(of: item.pixels)
      found = found.map { (min($0.low, own.low), max($0.high, own.high)) } ?? own
    }
    extremes = found
  }

  /// The kind; for `.setMinMax` also the two numbers that became 0 and 1, from which the images follow again.
  private var text: String {
    kind.rawValue + (extremes.map { " \($0.low) \($0.high)" } ?? "")
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
    let (low, high) = Normalization.extremes(of: pixels)
    guard kind == .peak || kind == .asinhPeak, high <= 0, low < high else { return nil }
    return "its largest pixel is \(high), which nothing can be divided by"
  }

  /// - Parameter pixels: Finite.
  package func apply(_ pixels: [Float]) -> [Float] { kind.apply(pixels, extremes: extremes) }
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

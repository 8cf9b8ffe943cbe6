import LensCore

/// What is done to an image before a network sees it.
package struct Preparation: SpecFields, Codable, Equatable {
  /// How pixels become numbers.
  package var normalization = Normalization.minMax
  /// Pixels of the square in the middle that is kept; nil for all.
  package var crop: Int?
  /// Side of the squares of pixels that are averaged to one.
  package var bin = 1

  package init() {}

  package mutating func visit(_ visitor: SpecVisitor) {
    visitor.choice("normalization", &normalization, of: Normalization.ofOneImage)
    visitor.integer("crop", &crop, 1...8192)
    visitor.integer("bin", &bin, 1...64)
  }

  /// Pixels along an axis that are left of so many.
  func side(of pixels: Int) -> Int { min(crop ?? pixels, pixels) / bin }

  /// - Throws: `TrainingError` if nothing is left.
  func check(width: Int, height: Int) throws {
    if side(of: width) > 0 && side(of: height) > 0 { return }
    throw TrainingError(
      "preparation: bin \(bin) given\(crop.map { " and crop \($0)" } ?? ""), which leaves nothing of \(width) x \(height) pixels"
    )
  }

  func apply(to image: [Float], channels: Int = 1, width: Int) -> [Float] {
    normalization.apply(
      cut(image, channels: channels, width: width).map { $0 / Float(bin * bin) })
  }

  /// As of one band, band by band.
  func cut(_ image: [Float], channels: Int, width: Int) -> [Float] {
    if channels == 1 { return cut(image, width: width) }
    let size = image.count / channels
    return (0..<channels).flatMap { cut(Array(image[($0 * size)..<(($0 + 1) * size)]), width: width) }
  }

  /// The square in the middle, and the sums over its squares of pixels. What is left over at the far sides is left out.
  func cut(_ image: [Float], width: Int) -> [Float] {
    let height = image.count / max(1, width)
    let (columns, rows) = (side(of: width), side(of: height))
    if columns == width && rows == height { return image }
    let (left, top) = ((width - columns * bin) / 2, (height - rows * bin) / 2)
    var sums = [Float](repeating: 0, count: columns * rows)
    for y in 0..<rows * bin {
      let (source, target) = ((top + y) * width + left, y / bin * columns)
      for x in 0..<columns * bin { sums[target + x / bin] += image[source + x] }
    }
    return sums
  }

  /// For people and for files of weights; empty if images are stretched to 0 and 1 and nothing else is done.
  var summary: String {
    [
      normalization == .minMax ? nil : normalization.rawValue, crop.map { "crop \($0)" },
      bin == 1 ? nil : "bin \(bin)",
    ].compactMap { $0 }.joined(separator: ", ")
  }
}

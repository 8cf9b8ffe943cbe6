import Foundation
import LensCore

/// How pixels become numbers.
public enum Stretch: String, CaseIterable, Sendable, Codable {
  /// The darkest pixel 0, the brightest 1; an image without contrast is 0 everywhere.
  case unit
  /// asinh(10 x) - 1 of an image divided by its brightest pixel, which shows the faint parts of arcs as well.
  ///
  /// Reference: Lupton, Gunn & Szalay (1999), AJ 118, 1406, eq. 3 (asinh magnitudes).
  case asinh

  private static let steepness: Float = 10

  func apply(to image: [Float]) -> [Float] {
    let (low, high) = image.reduce((Float.infinity, -Float.infinity)) { (min($0.0, $1), max($0.1, $1)) }
    switch self {
    case .unit:
      // In double precision: the difference of a bright sky's pixels is small.
      let (low, range) = (Double(low), Double(high) - Double(low))
      return image.map { range > 0 ? Float((Double($0) - low) / range) : 0 }
    case .asinh:
      let scale = high > 0 ? Self.steepness / high : 0
      return image.map { Foundation.asinh($0 * scale) - 1 }
    }
  }
}

/// What is done to an image before a network sees it.
public struct Preparation: SpecFields, Codable, Equatable {
  public var stretch = Stretch.unit
  /// Pixels of the square in the middle that is kept; nil for all.
  public var crop: Int?
  /// Side of the squares of pixels that are averaged to one.
  public var bin = 1

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.choice("stretch", &stretch)
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

  /// All bands are stretched alike, so that colours stay.
  func apply(to image: [Float], channels: Int = 1, width: Int) -> [Float] {
    stretch.apply(to: cut(image, channels: channels, width: width).map { $0 / Float(bin * bin) })
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

  /// For people and for files of weights; empty if nothing but the plain stretch is done.
  var summary: String {
    [
      stretch == .unit ? nil : "\(stretch.rawValue) stretch", crop.map { "crop \($0)" },
      bin == 1 ? nil : "bin \(bin)",
    ].compactMap { $0 }.joined(separator: ", ")
  }
}

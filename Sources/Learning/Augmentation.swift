import LensCore

/// Random rotations by quarter turns, reflections and small translations of images: what does not change their class.
///
/// A pure function of (seed, epoch, sky), so that a resumed training sees the same images and all images of a matched tuple are
/// treated alike.
package struct Augmentation: Sendable {
  package enum Kind: String, CaseIterable, Sendable, Codable {
    case none
    /// Quarter turns and reflections.
    case symmetries
    case symmetriesAndShifts = "symmetries_and_shifts"
  }

  private let seed: UInt64
  private let epoch: Int
  private let shifts: Bool
  /// Pixels by which an image may move along each axis; what enters at its border is the border repeated.
  private static let largestShift = 4

  /// Nil for none.
  package init?(_ kind: Kind, seed: UInt64, epoch: Int) {
    if kind == .none { return nil }
    (self.seed, self.epoch, shifts) = (seed, epoch, kind == .symmetriesAndShifts)
  }

  /// - Parameter image: All bands, which move alike.
  package func apply(to image: [Float], width: Int, height: Int, sky: Int) -> [Float] {
    let words = RandomKey(seed: seed, sample: UInt64(sky)).stream("augmentation").block(
      UInt32(truncatingIfNeeded: epoch))
    let range = shifts ? UInt32(2 * Self.largestShift + 1) : 1
    let largest = Int(range / 2)
    let shift = (Int(words[1] % range) - largest, Int(words[2] % range) - largest)
    // A quarter turn needs a square.
    let isTransposed = width == height && words[0] & 4 != 0
    let columns = places(width, shift.0, isMirrored: words[0] & 1 != 0)
    let rows = places(height, shift.1, isMirrored: words[0] & 2 != 0)
    var moved: [Float] = []
    moved.reserveCapacity(image.count)
    for start in stride(from: 0, to: image.count, by: width * height) {
      for v in rows {
        for u in columns {
          moved.append(image[start + (isTransposed ? u * width + v : v * width + u)])
        }
      }
    }
    return moved
  }

  /// Where the pixels of an axis come from.
  private func places(_ count: Int, _ shift: Int, isMirrored: Bool) -> [Int] {
    (0..<count).map { x in
      let place = min(max(x - shift, 0), count - 1)
      return isMirrored ? count - 1 - place : place
    }
  }
}

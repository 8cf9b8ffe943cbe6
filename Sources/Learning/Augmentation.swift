import LensCore

/// Random rotations by quarter turns, reflections and small translations of images: what does not change their class.
///
/// A pure function of (seed, epoch, sample), so that a resumed training sees the same images.
public struct Augmentation: Sendable {
  private let seed: UInt64
  private let epoch: Int
  /// Pixels by which an image may move along each axis; what enters at its border is the border repeated.
  private static let largestShift = 4

  init(seed: UInt64, epoch: Int) { (self.seed, self.epoch) = (seed, epoch) }

  func apply(to image: ArraySlice<Float>, width: Int, height: Int, sample: Int) -> [Float] {
    let words = RandomKey(seed: seed, sample: UInt64(sample)).stream("augmentation").block(
      UInt32(truncatingIfNeeded: epoch))
    let range = UInt32(2 * Self.largestShift + 1)
    let shift = (Int(words[1] % range) - Self.largestShift, Int(words[2] % range) - Self.largestShift)
    // A quarter turn needs a square.
    let isTransposed = width == height && words[0] & 4 != 0
    let (mirrorX, mirrorY) = (words[0] & 1 != 0, words[0] & 2 != 0)
    return (0..<height).flatMap { y in
      (0..<width).map { x in
        var (u, v) = (min(max(x - shift.0, 0), width - 1), min(max(y - shift.1, 0), height - 1))
        if mirrorX { u = width - 1 - u }
        if mirrorY { v = height - 1 - v }
        if isTransposed { swap(&u, &v) }
        return image[image.startIndex + v * width + u]
      }
    }
  }
}

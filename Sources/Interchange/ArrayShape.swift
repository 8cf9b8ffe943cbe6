/// What an array of a shape holds, if it holds images: (count, height, width), (count, bands, height, width), or (batches,
/// count, bands, height, width).
///
/// More than four bands of images up to four pixels wide are none: an axis of colours behind those of the pixels is not taken for
/// one of pixels.
struct ArrayShape {
  /// Of all batches together.
  let count: Int
  let bandCount: Int
  let height: Int
  let width: Int
  /// Images along the first axis' slices: more than one where batches are counted there.
  let perSlice: Int

  /// Of arrays that say nothing about themselves: more are taken for images.
  private static let mostBands = 64

  static let words =
    "(count, height, width), (count, bands, height, width) or (batches, count, bands, height, width), bands at most 64"

  /// - Returns: nil for other shapes.
  init?(_ shape: [Int]) {
    let sides = shape.suffix(2)
    guard (3...5).contains(shape.count), sides.allSatisfy({ $0 > 0 }) else { return nil }
    let bands = shape.count == 3 ? 1 : shape[shape.count - 3]
    guard (1...4).contains(bands) || (5...Self.mostBands).contains(bands) && shape[shape.count - 1] > 4 else {
      return nil
    }
    bandCount = bands
    perSlice = shape.count == 5 ? shape[1] : 1
    let (count, overflow) = shape[0].multipliedReportingOverflow(by: perSlice)
    guard !overflow else { return nil }
    (self.count, height, width) = (count, shape[shape.count - 2], shape[shape.count - 1])
  }
}

/// What an array of a shape holds, if it holds images: (count, height, width), with an axis of length 1 for the channel
/// before the height, or (batches, count, 1, height, width).
struct ArrayShape {
  /// Of all batches together.
  let count: Int
  let height: Int
  let width: Int
  /// Images along the first axis' slices: more than one where batches are counted there.
  let perSlice: Int

  static let words = "(count, height, width), (count, 1, height, width) or (batches, count, 1, height, width)"

  /// - Returns: nil for other shapes.
  init?(_ shape: [Int]) {
    guard (3...5).contains(shape.count), shape.count == 3 || shape[shape.count - 3] == 1,
      shape.suffix(2).allSatisfy({ $0 > 0 })
    else { return nil }
    perSlice = shape.count == 5 ? shape[1] : 1
    let (count, overflow) = shape[0].multipliedReportingOverflow(by: perSlice)
    guard !overflow else { return nil }
    (self.count, height, width) = (count, shape[shape.count - 2], shape[shape.count - 1])
  }
}

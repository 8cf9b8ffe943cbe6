/// Consecutive images of one group.
struct RowBuffer {
  private(set) var firstRow = 0
  private(set) var count = 0
  private(set) var pixels: [Float] = []
  private(set) var numbers: [Double] = []

  fileprivate mutating func append(_ item: CollectionItem) {
    if count == 0 { firstRow = item.row }
    count += 1
    pixels += item.pixels
    numbers += item.numbers
  }
}

/// Images that wait to be written, so that a file in which groups lie apart is not touched for each.
struct RowBuffers {
  private var buffers: [RowBuffer]
  private var waitingPixels = 0

  /// Rows of one group that are written at once.
  private static let mostRows = 64
  /// Of all groups together, so that many groups do not fill the memory.
  private static let mostPixels = 1 << 23

  init(groups: Int) { buffers = Array(repeating: RowBuffer(), count: groups) }

  /// - Returns: Groups to be taken and written now.
  mutating func append(_ item: CollectionItem) -> [Int] {
    buffers[item.group].append(item)
    waitingPixels += item.pixels.count
    if waitingPixels > Self.mostPixels { return waiting }
    return buffers[item.group].count == Self.mostRows ? [item.group] : []
  }

  /// Groups that have images here.
  var waiting: [Int] { buffers.indices.filter { buffers[$0].count > 0 } }

  mutating func take(_ group: Int) -> RowBuffer {
    defer { buffers[group] = RowBuffer() }
    waitingPixels -= buffers[group].pixels.count
    return buffers[group]
  }
}

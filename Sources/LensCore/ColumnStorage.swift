/// Bytes of a cache line: a vector that lies across two of them takes twice as long to load.
@usableFromInline let columnAlignment = 64

/// Memory of one column, which lives as long as this object. Not shared between threads.
public final class ColumnStorage<Element: BitwiseCopyable> {
  public let count: Int
  public let column: Column<Element>
  @usableFromInline let memory: UnsafeMutableBufferPointer<Element>

  /// - Parameter count: At least 1.
  @inlinable public init(count: Int, repeating value: Element) {
    precondition(count > 0)
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: count * MemoryLayout<Element>.stride, alignment: columnAlignment)
    memory = raw.bindMemory(to: Element.self)
    memory.initialize(repeating: value)
    self.count = count
    guard let column = Column(viewing: memory) else { preconditionFailure("memory has an address") }
    self.column = column
  }

  /// The elements from one on.
  @inlinable public func column(from start: Int) -> Column<Element> { column.advanced(by: start) }

  deinit { memory.deallocate() }
}

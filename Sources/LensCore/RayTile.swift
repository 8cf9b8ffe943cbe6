/// One column of numbers of a `RayTile`.
///
/// A column is a view: it is valid while the tile that it came from is alive. It does no bounds checks, so
/// that loops over `0..<count` vectorise; all columns of a tile have the tile's `count` elements.
@frozen
public struct Column<Scalar> {
  @usableFromInline let base: UnsafeMutablePointer<Scalar>

  @inlinable init(base: UnsafeMutablePointer<Scalar>) { self.base = base }

  /// Views memory that somebody else owns, for instance an array's inside `withUnsafeMutableBufferPointer`.
  ///
  /// - Returns: nil for an empty buffer.
  @inlinable public init?(viewing buffer: UnsafeMutableBufferPointer<Scalar>) {
    guard let base = buffer.baseAddress else { return nil }
    self.base = base
  }

  @inlinable public func advanced(by distance: Int) -> Column { Column(base: base + distance) }

  @inlinable public subscript(index: Int) -> Scalar {
    @inline(__always) get { base[index] }
    @inline(__always) nonmutating set { base[index] = newValue }
  }
}

extension Column where Scalar: SIMDScalar {
  /// Eight neighbouring elements, the first at an index.
  @inlinable @inline(__always)
  public func eight(at index: Int) -> SIMD8<Scalar> {
    UnsafeRawPointer(base + index).loadUnaligned(as: SIMD8<Scalar>.self)
  }

  /// Replaces eight neighbouring elements.
  @inlinable @inline(__always)
  public func set(_ values: SIMD8<Scalar>, at index: Int) {
    UnsafeMutableRawPointer(base + index).storeBytes(of: values, as: SIMD8<Scalar>.self)
  }
}

extension Column where Scalar == Float {
  /// Adds to eight neighbouring elements.
  @inlinable @inline(__always)
  public func add(_ values: SIMD8<Float>, at index: Int) { set(eight(at: index) + values, at: index) }
}

extension Column where Scalar: SIMDScalar {
  /// Sixteen neighbouring elements, the first at an index.
  @inlinable @inline(__always)
  public func sixteen(at index: Int) -> SIMD16<Scalar> {
    UnsafeRawPointer(base + index).loadUnaligned(as: SIMD16<Scalar>.self)
  }

  /// Replaces sixteen neighbouring elements.
  @inlinable @inline(__always)
  public func set(_ values: SIMD16<Scalar>, at index: Int) {
    UnsafeMutableRawPointer(base + index).storeBytes(of: values, as: SIMD16<Scalar>.self)
  }
}

/// Two columns: positions or deflections, in arcsec.
public struct VectorColumns<Scalar> {
  public let count: Int
  public let x: Column<Scalar>
  public let y: Column<Scalar>

  @inlinable public init(count: Int, x: Column<Scalar>, y: Column<Scalar>) {
    (self.count, self.x, self.y) = (count, x, y)
  }
}

/// Three columns: the second derivatives of the lensing potential (dimensionless).
public struct HessianColumns<Scalar> {
  public let count: Int
  public let xx: Column<Scalar>
  public let xy: Column<Scalar>
  public let yy: Column<Scalar>

  @usableFromInline init(count: Int, xx: Column<Scalar>, xy: Column<Scalar>, yy: Column<Scalar>) {
    (self.count, self.xx, self.xy, self.yy) = (count, xx, xy, yy)
  }
}

/// Columns for intermediate results of a kernel.
///
/// A loop that does one elementary function keeps a processor busier than one that does four: the next
/// iterations start before this one's long chain of operations ends. So kernels go over a tile in several short
/// loops and keep what lies between in these columns.
public struct ScratchColumns<Scalar> {
  public let a: Column<Scalar>
  public let b: Column<Scalar>
  public let c: Column<Scalar>
  public let d: Column<Scalar>
  public let e: Column<Scalar>
  public let f: Column<Scalar>

  /// - Parameter column: Gives the k-th scratch column, k from 0 to 5.
  @usableFromInline
  init(_ column: (Int) -> Column<Scalar>) {
    (a, b, c, d, e, f) = (column(0), column(1), column(2), column(3), column(4), column(5))
  }
}

/// A block of rays that kernels work on at once: small enough for the first-level cache, large enough that
/// one dynamic dispatch per tile costs nothing. Reused from tile to tile; not shared between threads.
public final class RayTile<Scalar: BinaryFloatingPoint & BitwiseCopyable> {
  public let count: Int
  /// Where the rays meet the image plane, unless a caller keeps their positions elsewhere.
  public let image: VectorColumns<Scalar>
  /// The sum of the deflections of all mass profiles.
  public let deflection: VectorColumns<Scalar>
  /// Where the rays meet the source plane.
  public let source: VectorColumns<Scalar>
  /// Surface brightness gathered along each ray.
  public let brightness: Column<Scalar>
  /// Lensing potential, arcsec^2.
  public let potential: Column<Scalar>
  public let hessian: HessianColumns<Scalar>
  /// Overwritten by every kernel.
  public let scratch: ScratchColumns<Scalar>

  @usableFromInline let storage: ColumnStorage<Scalar>
  @usableFromInline static var columnCount: Int { 17 }

  @inlinable public init(count: Int) {
    precondition(count > 0)
    let stride = Self.stride(count)
    let storage = ColumnStorage<Scalar>(count: Self.columnCount * stride, repeating: 0)
    func column(_ position: Int) -> Column<Scalar> { storage.column(from: position * stride) }
    func pair(_ position: Int) -> VectorColumns<Scalar> {
      VectorColumns(count: count, x: column(position), y: column(position + 1))
    }
    self.storage = storage
    self.count = count
    image = pair(0)
    deflection = pair(2)
    source = pair(4)
    brightness = column(6)
    potential = column(7)
    hessian = HessianColumns(count: count, xx: column(8), xy: column(9), yy: column(10))
    scratch = ScratchColumns { column(11 + $0) }
  }

  /// Elements from one column to the next: whole cache lines, and such that no two columns are a multiple of 4096 bytes
  /// apart, nor nearly. A load waits for an earlier store whose address is the same but for that. Of 64 lines, the first 16
  /// multiples of 27 keep three away from each other.
  @usableFromInline static func stride(_ count: Int) -> Int {
    let perLine = columnAlignment / MemoryLayout<Scalar>.stride
    let lines = (count + perLine - 1) / perLine
    return (lines + (27 - lines % 64 + 64) % 64) * perLine
  }

  /// Sets a column of this tile to zero.
  @inlinable public func clear(_ column: Column<Scalar>) {
    for i in 0..<count { column[i] = 0 }
  }
}

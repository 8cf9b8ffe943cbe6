import LensCore

/// A sample that could not be made.
public struct SampleError: ClassifiedError, Sendable, CustomStringConvertible {
  public let index: Int
  public let seed: UInt64
  /// Further draws that failed too.
  public let redraws: Int
  public let cause: NumericalError
  public var kind: ErrorKind { .numerical }

  public var description: String {
    let advice =
      redraws == 0
      ? "; the key redraw.attempts makes such samples be drawn again"
      : " (and so with \(redraws) further draws)"
    return "sample \(index) with seed \(seed): \(cause)\(advice)"
  }
}

/// The place of the first number that is infinite or not a number; nil if all are finite.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func firstNonFinite<Scalar: LensScalar>(_ values: [Scalar]) -> Int? {
  // x - x is 0 unless x is not finite. Two sums do not wait for each other.
  var (low, high) = (SIMD16<Scalar>.zero, SIMD16<Scalar>.zero)
  let whole = values.count / 32 * 32
  values.withUnsafeBytes { bytes in
    for i in stride(from: 0, to: whole, by: 32) {
      let offset = i &* MemoryLayout<Scalar>.stride
      let first = bytes.loadUnaligned(fromByteOffset: offset, as: SIMD16<Scalar>.self)
      let second = bytes.loadUnaligned(
        fromByteOffset: offset &+ MemoryLayout<SIMD16<Scalar>>.stride, as: SIMD16<Scalar>.self)
      low += first - first
      high += second - second
    }
  }
  if low + high == .zero { return values[whole...].firstIndex { !$0.isFinite } }
  return values.firstIndex { !$0.isFinite }
}

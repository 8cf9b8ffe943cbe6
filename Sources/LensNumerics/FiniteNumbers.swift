/// The place of the first number that is infinite or not a number; nil if all are finite.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func firstNonFinite<Scalar: LensScalar>(_ values: [Scalar]) -> Int? {
  // x - x is 0 unless x is not finite.
  var sum = SIMD16<Scalar>.zero
  let whole = values.count / 16 * 16
  values.withUnsafeBytes { bytes in
    for i in stride(from: 0, to: whole, by: 16) {
      let sixteen = bytes.loadUnaligned(
        fromByteOffset: i * MemoryLayout<Scalar>.stride, as: SIMD16<Scalar>.self)
      sum += sixteen - sixteen
    }
  }
  if sum == .zero { return values[whole...].firstIndex { !$0.isFinite } }
  return values.firstIndex { !$0.isFinite }
}

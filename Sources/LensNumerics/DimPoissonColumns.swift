import LensCore

/// Replaces the counts of a block whose means are below `smallestExpandedMean` by inversion: the number of values of
/// the distribution function that lie below a uniform number.
///
/// The values are summed in Float, which moves the distribution function by less than 1e-6 (`PoissonColumnTests`).
/// Uniform numbers in the `tail` are inverted in Double, so that the tails reach as far as 52 bits allow.
///
/// - Parameters:
///   - uniform, darkness: Overwritten.
func replaceDim(
  _ counts: Column<Float>, means: Column<Float>, words: RandomWords, uniform: Column<Float>,
  darkness: Column<Float>
) {
  words.fillUniform(uniform)
  for i in 0..<drawBlockSize { darkness[i] = Float.exp(-max(means[i], 0)) }
  for first in stride(from: 0, to: drawBlockSize, by: 32) {
    var low = DistributionWalk(means, uniform, darkness, at: first)
    var high = DistributionWalk(means, uniform, darkness, at: first + 16)
    if !low.isAnyDim && !high.isAnyDim { continue }
    var k: Float = 1
    // Past 100 the rest of a distribution whose mean is below 32 is below 1e-20.
    while k < 100 && (low.isOpen || high.isOpen) {
      for _ in 0..<4 {
        low.step(1 / k)
        high.step(1 / k)
        k += 1
      }
    }
    low.replace(counts, at: first)
    high.replace(counts, at: first + 16)
    if !low.isAnyTail && !high.isAnyTail { continue }
    for i in first..<(first + 32) where isTail(uniform[i]) && means[i] < smallestExpandedMean {
      counts[i] = Float(poissonByInversion(max(0, Double(means[i])), words.uniform(i)))
    }
  }
}

/// How near to 0 or 1 a uniform number is inverted in Double.
private let tail: Float = 0x1p-12

@inline(__always)
private func isTail(_ uniform: Float) -> Bool { uniform < tail || uniform > 1 - tail }

/// Sixteen pixels on their way up their distribution functions.
private struct DistributionWalk {
  private let mean: SIMD16<Float>
  private let uniform: SIMD16<Float>
  private let isDim: SIMDMask<SIMD16<Int32>>
  private let isTail: SIMDMask<SIMD16<Int32>>
  private var probability: SIMD16<Float>
  private var cumulative: SIMD16<Float>
  private var numbers = SIMD16<UInt32>.zero

  @inline(__always)
  init(_ means: Column<Float>, _ uniform: Column<Float>, _ darkness: Column<Float>, at first: Int) {
    let (allMeans, allUniform) = (means.sixteen(at: first), uniform.sixteen(at: first))
    isDim = allMeans .< smallestExpandedMean
    isTail = (allUniform .< tail) .| (allUniform .> 1 - tail)
    // Bright pixels, dark ones and tails have nowhere to go.
    let walks = isDim .& (allMeans .> 0) .& .!isTail
    mean = allMeans.replacing(with: 0, where: .!walks)
    self.uniform = allUniform.replacing(with: 0, where: .!walks)
    probability = darkness.sixteen(at: first)
    cumulative = probability
  }

  var isAnyDim: Bool { @inline(__always) get { any(isDim) } }
  var isAnyTail: Bool { @inline(__always) get { any(isDim .& isTail) } }
  var isOpen: Bool { @inline(__always) get { any(cumulative .< uniform) } }

  /// - Parameter factor: One over the number of the step.
  @inline(__always)
  mutating func step(_ factor: Float) {
    // The sign of the difference costs less than a comparison.
    numbers &+= unsafeBitCast(cumulative - uniform, to: SIMD16<UInt32>.self) &>> 31
    probability *= mean * factor
    cumulative += probability
  }

  @inline(__always)
  func replace(_ counts: Column<Float>, at first: Int) {
    // The bits of 2^23 plus a small whole number are that number plus 2^23.
    let values = unsafeBitCast(numbers &+ 0x4b00_0000, to: SIMD16<Float>.self) - 8_388_608
    counts.set(counts.sixteen(at: first).replacing(with: values, where: isDim), at: first)
  }
}

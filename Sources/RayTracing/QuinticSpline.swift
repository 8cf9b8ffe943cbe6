import LensCore
import LensNumerics

/// The centred B-spline of degree five: six nodes share what lies between the third and the fourth.
///
/// Reference: de Boor (2001), A Practical Guide to Splines, chapter IX.
enum QuinticSpline {
  static let nodes = 6

  /// The weights of the nodes -2 to 3 at a fraction from node 0 to node 1, and two zeros.
  @inline(__always)
  static func weights(_ f: Float) -> SIMD8<Float> {
    // One polynomial of degree five per node, all by Horner's rule at once.
    var sum = SIMD8<Float>(-1, 5, -10, 10, -5, 1, 0, 0) * f
    sum = (sum + SIMD8(5, -20, 30, -20, 5, 0, 0, 0)) * f
    sum = (sum + SIMD8(-10, 20, 0, -20, 10, 0, 0, 0)) * f
    sum = (sum + SIMD8(10, 20, -60, 20, 10, 0, 0, 0)) * f
    sum = (sum + SIMD8(-5, -50, 0, 50, 5, 0, 0, 0)) * f
    sum = sum + SIMD8(1, 26, 66, 26, 1, 0, 0, 0)
    return sum * (1 / 120)
  }

  /// Their derivatives with respect to the fraction.
  static func slopes(_ f: Double) -> [Double] {
    let g = 1 - f
    func outer(_ x: Double) -> Double { x * x * x * x / 24 }
    func middle(_ x: Double) -> Double { (-10 + x * (8 + x * (12 + x * (-16 + 5 * x)))) / 24 }
    func inner(_ x: Double) -> Double { x * (-24 + x * x * (24 - 10 * x)) / 24 }
    return [-outer(g), middle(f), inner(f), -inner(g), -middle(g), outer(f)]
  }

  /// The taps, from the middle outwards, with which charges that were spread by this spline must be convolved so
  /// that the result, read by this spline again, is exp(-x^2 / (2 width^2)).
  ///
  /// In Fourier space G B^2 / (sum over aliases of B^2)^2, which is best in the sense of least squares (Hockney &
  /// Eastwood 1988, Computer Simulation Using Particles, section 8.3). The integral is a sum because all is
  /// smooth and periodic.
  ///
  /// - Parameter firstSpread: Charges come from nodes this far apart, over which the spline has spread them before; 0
  ///   if they come as they are.
  static func gaussianTaps(width: Double, reach: Int, firstSpread: Double = 0) -> [Double] {
    let samples = 512
    let response = (0..<samples).map { m -> (k: Double, value: Double) in
      let k = Double.pi * (Double(m) + 0.5) / Double(samples)
      let aliases = (-4...4).reduce(0) { $0 + squaredTransform(k + 2 * Double.pi * Double($1)) }
      let gaussian = width * Double.squareRoot(2 * Double.pi) * Double.exp(-width * width * k * k / 2)
      let first = firstSpread == 0 ? 1 : Double.squareRoot(squaredTransform(k * firstSpread))
      return (k, gaussian * squaredTransform(k) / (aliases * aliases * first))
    }
    return (0...reach).map { n in
      response.reduce(0) { $0 + $1.value * sineAndCosine(Double(n) * $1.k).cosine } / Double(samples)
    }
  }

  /// sinc(k / 2)^12.
  private static func squaredTransform(_ k: Double) -> Double {
    let sinc = sineAndCosine(k / 2).sine / (k / 2)
    let cubed = sinc * sinc * sinc
    return cubed * cubed * cubed * cubed
  }
}

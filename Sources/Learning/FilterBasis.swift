import Foundation

/// The patterns that a steerable filter is a sum of, sampled on its pixels for every element of a group.
///
/// For quarter turns single pixels are a basis that the group moves onto itself (Cohen & Welling 2016, arXiv:1602.07576). For
/// finer turns they are circular harmonics on Gaussian rings, of as many periods as a ring of pixels holds (Weiler & Cesa 2019,
/// arXiv:1911.08251, appendix C; Weiler, Hamprecht & Storath 2018, arXiv:1711.07289, eq. 6).
struct FilterBasis {
  /// Patterns.
  let count: Int
  /// [count, elements, pixels], row-major.
  let values: [Float]

  private static let ringWidth = 0.6

  init(_ group: SymmetryGroup, kernel: Int) {
    let patterns = 4 % group.rotations == 0 ? Self.pixels(kernel) : Self.harmonics(kernel)
    let half = Double(kernel - 1) / 2
    count = patterns.count
    values = patterns.flatMap { pattern in
      (0..<group.count).flatMap { element in
        (0..<kernel * kernel).map { pixel -> Float in
          let (x, y) = (Double(pixel % kernel) - half, Double(pixel / kernel) - half)
          let there = group.moved(x, y, by: group.inverse(element))
          return Float(pattern(there.x, there.y))
        }
      }
    }
  }

  private typealias Pattern = (Double, Double) -> Double

  private static func pixels(_ kernel: Int) -> [Pattern] {
    let half = Double(kernel - 1) / 2
    return (0..<kernel * kernel).map { pixel in
      let (x, y) = (Double(pixel % kernel) - half, Double(pixel / kernel) - half)
      return { abs($0 - x) < 0.25 && abs($1 - y) < 0.25 ? 1 : 0 }
    }
  }

  private static func harmonics(_ kernel: Int) -> [Pattern] {
    (0...kernel / 2).flatMap { ring -> [Pattern] in
      // On the outermost ring as many as have no two periods within three pixels.
      let highest = ring == 0 ? 0 : ring == kernel / 2 ? 2 * ring - (ring > 1 ? 1 : 0) : 2 * ring
      return (0...highest).flatMap { order -> [Pattern] in
        let phases = order == 0 ? [0.0] : [0, Double.pi / 2]
        return phases.map { phase in normalized(kernel) { ringValue($0, $1, ring, order, phase) } }
      }
    }
  }

  private static func ringValue(_ x: Double, _ y: Double, _ ring: Int, _ order: Int, _ phase: Double)
    -> Double
  {
    let radius = (x * x + y * y).squareRoot()
    // In the middle there is no direction.
    if radius < 1e-9 && order > 0 { return 0 }
    let distance = (radius - Double(ring)) / ringWidth
    return exp(-distance * distance / 2) * cos(Double(order) * atan2(y, x) - phase)
  }

  /// With squares over the pixels that sum to 1.
  private static func normalized(_ kernel: Int, _ pattern: @escaping Pattern) -> Pattern {
    let half = Double(kernel - 1) / 2
    let sum = (0..<kernel * kernel).reduce(0.0) { sum, pixel in
      let value = pattern(Double(pixel % kernel) - half, Double(pixel / kernel) - half)
      return sum + value * value
    }
    let scale = 1 / sum.squareRoot()
    return { scale * pattern($0, $1) }
  }
}

import Glibc

/// How far substructure moves an image, in standard deviations of its noise.
public struct Detectability: Sendable, Equatable {
  /// If everything but the substructure were known.
  public let known: Double
  /// What is left if the parameters that the population draws for lens, light and source have to be told from the same
  /// image.
  public let projected: Double

  public init(known: Double, projected: Double) { (self.known, self.projected) = (known, projected) }

  /// The area under the curve that no classifier exceeds which tells images with substructure from those without.
  ///
  /// Of an observer who knows for every image which substructure it has, if it has any. The logarithm of the likelihood
  /// ratio is then normal with mean +-d^2 / 2 and variance d^2, so that the area is the mean of Phi(sqrt(a^2 + b^2) / 2) over pairs
  /// of distances. Who does not know the substructure has less. With `known` distances it is a bound; with `projected` ones it
  /// is one for who knows no more of the lens than its image tells.
  ///
  /// Reference: Green & Swets (1966), Signal Detection Theory and Psychophysics, section 2.6, for one distance: Phi(d / sqrt 2).
  ///
  /// - Parameter distances: Of images with substructure.
  /// - Returns: 0.5 without any.
  public static func areaBound(_ distances: [Double]) -> Double { 1 - missingArea(distances) }

  /// What is missing of the bound to 1, exactly also where that is little.
  public static func missingArea(_ distances: [Double]) -> Double {
    guard !distances.isEmpty else { return 0.5 }
    // Quantiles stand for all: pairs of thousands are millions.
    let sorted = distances.sorted()
    let count = min(sorted.count, 500)
    let chosen = (0..<count).map { sorted[(2 * $0 + 1) * sorted.count / (2 * count)] }
    var sum = 0.0
    for a in chosen { for b in chosen { sum += erfc((a * a + b * b).squareRoot() / 8.0.squareRoot()) / 2 } }
    return sum / Double(count * count)
  }
}

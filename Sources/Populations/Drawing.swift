import LensCore
import LensNumerics
import Priors

/// A parameter's name and the value that a sample has.
public struct DrawnParameter: Sendable, Equatable {
  public let name: String
  public let value: Double
  /// As FITS tables and astropy spell it; nil where the name tells it.
  public let unit: String?

  init(name: String, value: Double, unit: String? = nil) {
    (self.name, self.value, self.unit) = (name, value, unit)
  }
}

/// A drawn parameter that might as well have a value close by.
package struct FreeParameter {
  package let name: String
  package let value: Double
  /// How much it differs from sample to sample.
  package let width: Double
}

/// Draws the parameters of one sample and keeps what was drawn.
///
/// Each parameter has a random stream named after its key path, so that no draw depends on another.
struct Drawing {
  let key: RandomKey
  /// See `FaultsSpec.distinctValues`.
  let distinctValues: Int
  /// Of the whole set.
  let seed: UInt64
  /// Values that stand in the place of what would be drawn.
  private let replacements: [String: Double]
  private(set) var drawn: [DrawnParameter] = []
  /// Those that may have any value of an interval.
  private(set) var free: [FreeParameter] = []

  /// - Parameter attempt: How often the sample was drawn before.
  init(
    key: RandomKey, attempt: Int = 0, distinctValues: Int, replacing replacements: [String: Double] = [:]
  ) {
    self.replacements = replacements
    self.key = key.redrawn(attempt)
    self.distinctValues = distinctValues
    seed = key.seed
  }

  mutating func draw(_ name: String, _ distribution: Distribution) throws -> Double {
    let value = try replacements[name] ?? draw(distribution, of: name)
    note(name, value)
    if let width = distribution.width { free.append(FreeParameter(name: name, value: value, width: width)) }
    return value
  }

  mutating func draw(_ name: String, _ distribution: Distribution?) throws -> Double? {
    try distribution.map { try draw(name, $0) }
  }

  /// The i-th of many draws of a parameter, which are listed elsewhere.
  func draw(_ name: String, _ distribution: Distribution, number: Int) throws -> Double {
    try distribution.draw(key.stream(name), number: number)
  }

  mutating func note(_ name: String, _ value: Double) {
    drawn.append(DrawnParameter(name: name, value: value))
  }

  /// Draws without keeping: for what is changed before it is used.
  func draw(_ distribution: Distribution, of name: String) throws -> Double {
    if distinctValues == 0 { return try distribution.draw(key.stream(name)) }
    // The pool of values belongs to the whole set: its key is one that no sample has.
    let pool = RandomKey(seed: seed, sample: .max)
    let choice = Int(key.stream(name).uniform(0) * Double(distinctValues))
    return try distribution.draw(pool.stream(name), number: choice)
  }
}

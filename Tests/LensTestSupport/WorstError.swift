import Foundation
import Testing

/// Collects the errors of a sweep, prints the worst and holds it against a bound.
public struct WorstError {
  public let name: String
  public private(set) var value = 0.0
  public private(set) var place = ""
  public private(set) var count = 0

  public init(_ name: String) { self.name = name }

  /// Notes an error; one that is NaN counts as infinite.
  public mutating func note(_ error: Double, at place: @autoclosure () -> String = "") {
    count += 1
    let size = error.isNaN ? Double.infinity : abs(error)
    if size > value || count == 1 {
      value = size
      self.place = place()
    }
  }

  /// Notes |value - expected| in units of the larger of |expected| and `floor`.
  public mutating func note(
    _ value: Double, expected: Double, floor: Double, at place: @autoclosure () -> String = ""
  ) {
    note((value - expected) / max(abs(expected), floor), at: place())
  }

  /// Prints the worst error and expects it to be at most `bound`, in a sweep that was not empty.
  public func expect(atMost bound: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    print("worst error: \(name): \(value) of at most \(bound) in \(count) values \(place)")
    #expect(value <= bound, "\(name) \(place)", sourceLocation: sourceLocation)
    #expect(count > 0, "\(name): nothing was compared", sourceLocation: sourceLocation)
  }
}

/// Where a function crosses zero between 0 and 1, one value at a time: inverse quadratic interpolation where three values
/// suggest that it is safe, else bisection (Chandrupatla 1997, Adv. Eng. Software 28, 145). A sign change at a pole ends
/// there.
struct RootBracket {
  /// Ends of the bracket, the newest first, and the one before them.
  private var (a, b, c) = (0.0, 1.0, 1.0)
  private var (valueA, valueB, valueC): (Double, Double, Double)
  /// Where the next value is wanted; at the end the middle of the bracket.
  private(set) var next = 0.5

  /// - Parameter values: At 0 and 1, of opposite signs.
  init(values: (Double, Double)) {
    (valueA, valueB, valueC) = (values.0, values.1, values.1)
  }

  /// Of the bracket.
  var width: Double { abs(b - a) }

  /// Takes the value at `next`.
  mutating func take(_ value: Double) {
    if (value < 0) == (valueA < 0) {
      (c, valueC) = (a, valueA)
    } else {
      (c, valueC) = (b, valueB)
      (b, valueB) = (a, valueA)
    }
    (a, valueA) = (next, value)
    next = a + fraction * (b - a)
  }

  /// How far the next place lies from `a` towards `b`.
  private var fraction: Double {
    let xi = (a - b) / (c - b)
    let phi = (valueA - valueB) / (valueC - valueB)
    // Infinite and equal values make NaN, which takes the bisection.
    guard phi * phi < xi, (1 - phi) * (1 - phi) < 1 - xi, width > 1e-9 else { return 0.5 }
    let step =
      valueA / (valueB - valueA) * (valueC / (valueB - valueC))
      + (c - a) / (b - a) * (valueA / (valueC - valueA)) * (valueB / (valueC - valueB))
    // Not so near to an end that the bracket cannot close around the root.
    let least = 0.4e-9 / width
    return min(max(step, least), 1 - least)
  }
}

/// A number in at most three significant digits, the same in every locale: "0.5", "-12.3", "1230", "4.5e-7".
package func shortLabel(_ value: Double) -> String {
  guard !value.isNaN else { return "nan" }
  let sign = value < 0 ? "-" : ""
  guard value.isFinite else { return sign + "inf" }
  guard value != 0 else { return "0" }
  let number = ThreeDigits(abs(value))
  return sign + ((-3...4).contains(number.exponent) ? number.plain : number.scientific)
}

/// Round positions for ticks, 1, 2 or 5 times a power of ten apart.
///
/// - Parameters:
///   - range: The range to cover; one that is empty or beyond resolution gives no ticks.
///   - count: The largest number of intervals wanted.
package func tickValues(in range: ClosedRange<Double>, count: Int) -> [Double] {
  let smallestStep = (range.upperBound - range.lowerBound) / Double(max(1, count))
  guard smallestStep.isFinite, smallestStep > 0 else { return [] }
  let power = powerOfTen(notAbove: smallestStep)
  let step = [1.0, 2, 5, 10].map { $0 * power }.first { $0 >= smallestStep * (1 - tickTolerance) } ?? power
  let first = (range.lowerBound / step - tickTolerance).rounded(.up)
  let last = (range.upperBound / step + tickTolerance).rounded(.down)
  guard first <= last, abs(first) < mostSteps, abs(last) < mostSteps else { return [] }
  return (Int(first)...Int(last)).map { Double($0) * step }
}

/// Share of a step by which a tick may miss an edge by rounding and still be drawn there.
private let tickTolerance = 1e-6
/// Ticks further than this from zero, in steps, could not be told apart by three digits.
private let mostSteps = 1e6

/// The largest power of ten not above a positive finite number, within rounding.
private func powerOfTen(notAbove value: Double) -> Double {
  var power = 1.0
  while power * 10 <= value { power *= 10 }
  while power > value { power /= 10 }
  return power
}

/// A positive number rounded to `digits / 100 * 10 ** exponent`, with digits in 100...999.
private struct ThreeDigits {
  private(set) var digits: Int
  private(set) var exponent = 0

  init(_ value: Double) {
    var mantissa = value
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    digits = Int((mantissa * 100).rounded())
    if digits == 1000 {
      digits = 100
      exponent += 1
    }
  }

  var plain: String {
    if exponent < 0 { return Self.trimmed("0." + zeros(-exponent - 1) + "\(digits)") }
    let figures = "\(digits)" + zeros(exponent - 2)
    return Self.trimmed(figures.prefix(exponent + 1) + "." + figures.dropFirst(exponent + 1))
  }

  var scientific: String {
    Self.trimmed("\(digits / 100)." + zeros(digits % 100 < 10 ? 1 : 0) + "\(digits % 100)") + "e\(exponent)"
  }

  private func zeros(_ count: Int) -> String { String(repeating: "0", count: max(0, count)) }

  /// Without the zeros that end a decimal fraction, and without a point that ends a number.
  private static func trimmed(_ text: String) -> String {
    var kept = Substring(text)
    while kept.last == "0" { kept.removeLast() }
    if kept.last == "." { kept.removeLast() }
    return String(kept)
  }
}

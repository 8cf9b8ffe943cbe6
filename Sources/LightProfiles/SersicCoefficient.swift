import LensNumerics

/// How the coefficient b of the Sersic profile follows from the index n.
public enum SersicCoefficient: String, CaseIterable, Sendable {
  /// The b for which the effective radius holds half the light: P(2n, b) = 1/2 (Graham & Driver 2005, section 2.1).
  case halfLight = "half_light"
  /// b = 2n - 1/3 + 4/(405n) + 46/(25515n^2) + ..., as PyAutoLens has it; off by 4e-5 at n = 1 and by 3e-4 at 0.5.
  case series
  /// b = 1.9992n - 0.3271 (Capaccioli 1989), as lenstronomy has it; off by 6e-3 at n = 1.
  case linear

  func value(sersicIndex n: Double) -> Double {
    switch self {
    case .halfLight: halfLightCoefficient(n)
    case .series: seriesCoefficient(n)
    case .linear: 1.9992 * n - 0.3271
    }
  }
}

/// Reference: Ciotti & Bertin (1999), A&A 352, 447, eq. 18.
private func seriesCoefficient(_ n: Double) -> Double {
  let inverse = 1 / n
  var terms = 131.0 / 1_148_175 - inverse * 2_194_697 / 30_690_717_750
  terms = 46.0 / 25515 + inverse * terms
  terms = 4.0 / 405 + inverse * terms
  return 2 * n - 1.0 / 3 + inverse * terms
}

/// Newton's method from the series; three steps square an error of 1e-3 down to rounding.
private func halfLightCoefficient(_ n: Double) -> Double {
  let order = 2 * n
  var b = seriesCoefficient(n)
  for _ in 0..<3 {
    let density = Double.exp((order - 1) * Double.log(b) - b - logGamma(order))
    b -= (regularizedGamma(order, b) - 0.5) / density
  }
  return b
}

/// The regularised lower incomplete gamma function P(a, x), by its series; for x of the order of a.
///
/// Reference: Abramowitz & Stegun (1964), 6.5.29.
private func regularizedGamma(_ a: Double, _ x: Double) -> Double {
  var (term, sum) = (1.0, 1.0)
  // For a up to 20 and x below a the terms fall below rounding well before the hundredth.
  for k in stride(from: 1.0, through: 200, by: 1) {
    term *= x / (a + k)
    sum += term
    // All further terms are smaller, and below rounding.
    if term < 1e-18 * sum { break }
  }
  return sum * Double.exp(a * Double.log(x) - x - logGamma(a + 1))
}

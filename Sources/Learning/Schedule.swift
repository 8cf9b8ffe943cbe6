import Foundation

/// How the learning rate changes from step to step.
package enum Schedule: String, CaseIterable, Sendable, Codable {
  case constant
  /// Up from 1/25 of the rate within the warm-up, 30 per cent of the steps if none is given, then down to 1/250,000 of it,
  /// along cosines.
  ///
  /// Reference: Smith & Topin (2018), arXiv:1708.07120; numbers as in PyTorch's OneCycleLR, whose momentum is not
  /// cycled here.
  case oneCycle = "one_cycle"
  /// Down to zero along a cosine.
  ///
  /// Reference: Loshchilov & Hutter (2017), arXiv:1608.03983, eq. 5, without restarts.
  case cosine

  /// The factor for one of so many steps, counted from 0.
  ///
  /// - Parameter warmUp: The part of the steps in which the rate rises, linearly but for `oneCycle`; nil for the
  ///   schedule's own: none, or that of `oneCycle`.
  package func factor(step: Int, of steps: Int, warmUp: Double? = nil) -> Double {
    if self == .oneCycle { return oneCycleFactor(step, steps, summit: warmUp ?? 0.3) }
    let rising = Int((warmUp ?? 0) * Double(steps))
    if step < rising { return Double(step + 1) / Double(rising + 1) }
    let part = Double(step - rising) / Double(max(1, steps - rising))
    return self == .cosine ? anneal(1, 0, part) : 1
  }

  private func oneCycleFactor(_ step: Int, _ steps: Int, summit part: Double) -> Double {
    let summit = part * Double(steps) - 1
    let last = Double(steps - 1)
    let (start, end) = (1.0 / 25, 1.0 / 25 / 1e4)
    if Double(step) <= summit { return anneal(start, 1, Double(step) / max(summit, 1e-9)) }
    return anneal(1, end, last > summit ? (Double(step) - summit) / (last - summit) : 1)
  }

  private func anneal(_ from: Double, _ to: Double, _ part: Double) -> Double {
    to + (from - to) * (1 + cos(.pi * part)) / 2
  }
}

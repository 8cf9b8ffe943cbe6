import Foundation

/// Shows how long work goes: a bar on a terminal, a line for every part of the way elsewhere; on standard error.
package final class ProgressBar {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let isQuiet: Bool
  private var began = ContinuousClock.now
  private var title = ""
  private var start: Int?
  private var partsShown = 0
  private var lastShown: ContinuousClock.Instant?
  private var isOnLine = false
  private var step: StepReport?

  package init(isQuiet: Bool = false) { self.isQuiet = isQuiet }

  /// Something that cannot be counted, until work that can be is shown or the bar is finished.
  package func begin(_ step: String) {
    finish()
    if !isQuiet { self.step = StepReport(step) }
  }

  /// Work of its own, counted from the beginning, which a line announces.
  package func announce(_ title: String) {
    finish()
    (self.title, start, began, partsShown) = ("\(title): ", nil, .now, 0)
    if !isQuiet { printError("\(title)\n") }
  }

  /// - Parameters:
  ///   - done: How much of the work is done, of `total`.
  ///   - resumed: What of it an earlier run did; nil for all before the first call.
  ///   - parts: How many lines there are where there is no terminal.
  ///   - text: What is said of it, from the work that is done per second.
  package func show(
    done: Int, of total: Int, resumed: Int? = nil, parts: Int = 10, _ text: (Double) -> String
  ) {
    if isQuiet || total <= 0 { return }
    step?.end()
    step = nil
    let first = resumed ?? start ?? done - 1
    if start == nil { partsShown = first * parts / total }
    start = first
    let rate = Double(done - first) / max((ContinuousClock.now - began) / .seconds(1), 1e-9)
    let left = Self.duration(Double(total - done) / max(rate, 1e-9))
    let line = "\(title)\(text(rate))  \(left) left"
    isTerminal ? showBar(done, total, line) : showLine(done, total, parts, line)
  }

  private func showBar(_ done: Int, _ total: Int, _ line: String) {
    // Ten times a second is smooth enough and costs nothing.
    if let lastShown, done < total, ContinuousClock.now - lastShown < .milliseconds(100) { return }
    (lastShown, isOnLine) = (.now, done < total)
    let filled = done * 20 / total
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 20 - filled)
    // Of a line that goes on below, only the last part would be cleared.
    let shown = "[\(bar)] \(line)".prefix(Self.terminalWidth - 1)
    printError("\r\u{1B}[K\(shown)\(done < total ? "" : "\n")")
  }

  private func showLine(_ done: Int, _ total: Int, _ parts: Int, _ line: String) {
    let part = done * parts / total
    if part > partsShown { printError("\(line)\n") }
    partsShown = part
  }

  /// After it nothing is shown that is not begun anew.
  package func finish() {
    step?.end()
    step = nil
    if isOnLine { printError("\r\u{1B}[K") }
    isOnLine = false
  }

  /// 80 where it is not known.
  private static var terminalWidth: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  package static func duration(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 1e9).rounded())
    if whole < 60 { return "\(whole) s" }
    return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
  }
}

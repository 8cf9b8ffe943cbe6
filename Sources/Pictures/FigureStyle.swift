/// The colours and letter sizes that all figures share.
package enum FigureStyle {
  /// Dark and neutral: lensed images are mostly dark, and a white page would blind the eye for faint arcs.
  package static let background = RGB(30, 31, 34)
  package static let title = RGB(245, 245, 245)
  package static let heading = RGB(255, 200, 96)
  package static let label = RGB(205, 207, 212)
  package static let frame = RGB(140, 143, 150)

  /// Pixels per dot of the letters.
  package static let titleScale = 3
  package static let headingScale = 2
  package static let labelScale = 1

  /// How wide a page shows a picture on a telephone, in pixels.
  package static let smallestWidth = 420

  /// Pixels per dot so that a letter's dots are at least a pixel each when a picture of this width is shown that small: a capital
  /// is then 7 pixels high.
  package static func readableScale(width: Int, atLeast smallest: Int) -> Int {
    max(smallest, (width + smallestWidth - 1) / smallestWidth)
  }

  /// Empty pixels around a figure.
  package static let margin = 20
}

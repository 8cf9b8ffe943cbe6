/// The colours and letter sizes that all figures share.
enum FigureStyle {
  /// Dark and neutral: lensed images are mostly dark, and a white page would blind the eye for faint arcs.
  static let background = RGB(30, 31, 34)
  static let title = RGB(245, 245, 245)
  static let heading = RGB(255, 200, 96)
  static let label = RGB(205, 207, 212)
  static let frame = RGB(140, 143, 150)

  /// Pixels per dot of the letters.
  static let titleScale = 3
  static let headingScale = 2
  static let labelScale = 1

  /// Empty pixels around a figure.
  static let margin = 20
}

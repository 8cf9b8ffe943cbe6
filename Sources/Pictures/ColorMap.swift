/// The colours that stand for values.
public enum ColorMap: String, CaseIterable, Sendable {
  /// Black to white.
  case gray
  /// Black, purple, orange, yellow, white; lightness rises throughout, so it survives a grey print.
  case heat
  /// Blue, white, red, with white at 0.5: for values whose sign matters.
  case diverging

  /// The colour of NaN: not on any of the maps, so that a failed pixel is seen and not taken for a faint one.
  public static let invalidColor = RGB(255, 0, 255)

  /// The colour at a fraction of the map.
  ///
  /// - Parameter fraction: Clamped to 0...1; NaN gives `invalidColor`.
  public func color(_ fraction: Double) -> RGB {
    guard !fraction.isNaN else { return Self.invalidColor }
    let anchors = self.anchors
    let position = min(max(fraction, 0), 1)
    // The anchors begin at 0 and end at 1, so one of them is the first that is not below the position.
    let upper = max(1, anchors.firstIndex { $0.position >= position } ?? anchors.count - 1)
    let (from, to) = (anchors[upper - 1], anchors[upper])
    let share = (position - from.position) / (to.position - from.position)
    return from.color.mixed(with: to.color, fraction: share)
  }

  private struct Anchor {
    let position: Double
    let color: RGB

    init(_ position: Double, _ color: RGB) {
      self.position = position
      self.color = color
    }
  }

  private var anchors: [Anchor] {
    switch self {
    case .gray: Self.grayAnchors
    case .heat: Self.heatAnchors
    case .diverging: Self.divergingAnchors
    }
  }

  private static let grayAnchors = [Anchor(0, RGB(0, 0, 0)), Anchor(1, RGB(255, 255, 255))]

  // Placed by eye so that CIE lightness is close to 100 times the position (`ColorMapTests`).
  private static let heatAnchors = [
    Anchor(0, RGB(0, 0, 0)),
    Anchor(0.14, RGB(43, 12, 74)),
    Anchor(0.32, RGB(122, 26, 110)),
    Anchor(0.50, RGB(208, 60, 62)),
    Anchor(0.68, RGB(246, 134, 28)),
    Anchor(0.84, RGB(252, 203, 60)),
    Anchor(1, RGB(255, 255, 250)),
  ]

  private static let divergingAnchors = [
    Anchor(0, RGB(20, 50, 130)),
    Anchor(0.25, RGB(85, 145, 215)),
    Anchor(0.5, RGB(255, 255, 255)),
    Anchor(0.75, RGB(225, 110, 85)),
    Anchor(1, RGB(125, 15, 35)),
  ]
}

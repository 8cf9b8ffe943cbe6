import LensCore
import Pictures
import Testing

/// Finite values over the whole range of doubles, where differences and quotients overflow or vanish.
private let extremes = [
  -Double.greatestFiniteMagnitude, -1, -Double.leastNonzeroMagnitude, 0, .leastNonzeroMagnitude, 1e-300, 1,
  .greatestFiniteMagnitude,
]

@Suite struct StretchTests {
  @Test(arguments: [Stretch.linear(lower: 2, upper: 6), .asinh(lower: 2, upper: 6, softening: 0.1)])
  func limitsAreZeroAndOneAndValuesBeyondThemAreClamped(stretch: Stretch) {
    #expect(stretch.fraction(2) == 0 && stretch.fraction(6) == 1)
    #expect(stretch.fraction(-9) == 0 && stretch.fraction(-.infinity) == 0)
    #expect(stretch.fraction(9) == 1 && stretch.fraction(.infinity) == 1)
    #expect(stretch.fraction(.nan).isNaN)
  }

  @Test func asinhLiftsFaintValues() {
    #expect(Stretch.linear(lower: 0, upper: 100).fraction(1) == 0.01)
    #expect(Stretch.asinh(lower: 0, upper: 100, softening: 1).fraction(1) > 0.15)
  }

  @Test func theValueAtAFractionHasThatFraction() {
    for stretch in [Stretch.linear(lower: -1, upper: 3), .asinh(lower: -1, upper: 3, softening: 0.2)] {
      for fraction in [0, 0.25, 0.5, 0.75, 1] {
        #expect(abs(stretch.fraction(stretch.value(at: fraction)) - fraction) < 1e-12)
      }
    }
  }

  @Test func finiteValuesNeverGiveNaN() {
    for lower in extremes {
      for upper in extremes {
        for softening in extremes + [.nan, .infinity] {
          for stretch in [
            Stretch.linear(lower: lower, upper: upper),
            .asinh(lower: lower, upper: upper, softening: softening),
          ] {
            #expect(extremes.allSatisfy { (0...1).contains(stretch.fraction($0)) }, "\(stretch)")
          }
        }
      }
    }
  }

  @Test func aFlatImageIsShownInTheMiddleOfTheMap() {
    let image = Image<Float>(width: 4, height: 3, repeating: 7)
    for stretch in [Stretch.asinh(for: image), .linear(for: image)] { #expect(stretch.fraction(7) == 0.5) }
    #expect(Stretch.symmetric(for: image) == .linear(lower: -7, upper: 7))
    #expect(Stretch.symmetric(for: image.map { _ in Float(0) }).fraction(0) == 0.5)
  }

  @Test func pixelsThatAreNotFiniteAreIgnored() {
    var image = Image<Float>(width: 20, height: 20, pixels: (0..<400).map { Float($0) })
    image[x: 3, y: 3] = .nan
    image[x: 4, y: 3] = .infinity
    image[x: 5, y: 3] = -.infinity
    let stretches = [Stretch.asinh(for: image), .linear(for: image), .symmetric(for: image)]
    for stretch in stretches { #expect(stretch.lower.isFinite && stretch.upper.isFinite) }
    #expect(stretches[0].lower < 105 && stretches[0].upper == 399)
  }

  @Test func anImageOfNaNStillHasAStretch() {
    let image = Image<Float>(width: 2, height: 2, repeating: .nan)
    #expect(Stretch.asinh(for: image) == .asinh(lower: 0, upper: 1, softening: 0.04))
    #expect(Stretch.linear(for: image) == .linear(lower: 0, upper: 1))
    #expect(Stretch.symmetric(for: image) == .linear(lower: -1, upper: 1))
  }

  @Test func oneBrightPixelOnAnEmptyFieldIsSeen() {
    var image = Image<Double>(width: 100, height: 100, repeating: 0)
    image[x: 50, y: 50] = 8
    for stretch in [Stretch.asinh(for: image), .linear(for: image)] {
      #expect(stretch.fraction(0) == 0 && stretch.fraction(8) == 1)
    }
    #expect(Stretch.symmetric(for: image) == .linear(lower: -8, upper: 8))
  }
}

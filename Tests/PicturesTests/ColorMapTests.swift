import Pictures
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

@Suite struct ColorMapTests {
  @Test(arguments: [ColorMap.gray, .heat])
  func lightnessRisesThroughout(map: ColorMap) {
    let lightness = (0...255).map { cieLightness(map.color(Double($0) / 255)) }
    for (darker, lighter) in zip(lightness, lightness.dropFirst()) { #expect(darker < lighter) }
    #expect(lightness[0] < 1 && lightness[255] > 99)
  }

  @Test func heatIsCloseToEvenInLightness() {
    let worst = (0...100).map { abs(cieLightness(ColorMap.heat.color(Double($0) / 100)) - Double($0)) }.max()
    #expect(worst ?? 100 < 7, "worst departure \(worst ?? 100)")
  }

  @Test func theMiddleOfDivergingIsWhiteAndItsEndsBlueAndRed() {
    let (low, high) = (ColorMap.diverging.color(0), ColorMap.diverging.color(1))
    #expect(ColorMap.diverging.color(0.5) == RGB(255, 255, 255))
    #expect(low.blue > low.red && high.red > high.blue)
  }

  @Test(arguments: ColorMap.allCases)
  func fractionsBeyondTheEndsAreClamped(map: ColorMap) {
    #expect(map.color(-3) == map.color(0) && map.color(-.infinity) == map.color(0))
    #expect(map.color(3) == map.color(1) && map.color(.infinity) == map.color(1))
  }

  @Test(arguments: ColorMap.allCases)
  func aNumberNeverHasTheColorOfNaN(map: ColorMap) {
    #expect(map.color(.nan) == ColorMap.invalidColor)
    #expect(!(0...1000).contains { map.color(Double($0) / 1000) == ColorMap.invalidColor })
  }

  /// CIE 1976 lightness of an sRGB colour, 0 for black to 100 for white (IEC 61966-2-1, CIE 15).
  private func cieLightness(_ color: RGB) -> Double {
    func linear(_ channel: UInt8) -> Double {
      let value = Double(channel) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    let luminance = 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
    return luminance > 216.0 / 24389 ? 116 * cbrt(luminance) - 16 : luminance * 24389 / 27
  }
}

import Foundation
import Instrument
import LensCore
import LensTestSupport
import Testing

struct SignalToNoiseTests {
  private static let cases: [(sky: Double, readNoise: Double)] = [(0.1, 4), (0.1, 0), (0, 5), (2, 10)]

  private func instrument(sky: Double, readNoise: Double) -> InstrumentSpec {
    var instrument = InstrumentSpec()
    (instrument.sky, instrument.readNoise) = (sky, readNoise)
    return instrument
  }

  private func ratios(
    _ source: Image<Float>, _ lens: Image<Float>, sky: Double, readNoise: Double
  ) -> SignalToNoise {
    SignalToNoise(source: source, lens: lens, instrument: instrument(sky: sky, readNoise: readNoise))
  }

  /// A ring of light around a lens, in electrons per second per pixel.
  private static let (source, lens): (Image<Float>, Image<Float>) = {
    let side = 40
    var (source, lens) = (Image<Float>(width: side, height: side, repeating: 0), [Float]())
    for index in 0..<side * side {
      let (x, y) = (Float(index % side) - 19.3, Float(index / side) - 18.8)
      let radius = (x * x + y * y).squareRoot()
      source.pixels[index] = (1 + 0.5 * x / (radius + 1)) / (1 + (radius - 10) * (radius - 10))
      lens.append(3 / (1 + radius))
    }
    return (source, Image(width: side, height: side, pixels: lens))
  }()

  /// The definitions, pixel by pixel, as the documentation of the cases has them.
  private func direct(
    _ definition: SignalToNoiseDefinition, sky: Double, readNoise: Double, time: Double,
    _ source: Image<Float> = Self.source, _ lens: Image<Float> = Self.lens
  ) -> Double {
    var (best, signal, noise) = (0.0, 0.0, 0.0)
    for (s, l) in zip(source.pixels, lens.pixels) {
      let (s, l) = (Double(s), Double(l))
      let variance = (s + l + sky) * time + readNoise * readNoise
      switch definition {
      case .peak: best = max(best, s * time / variance.squareRoot())
      case .background: best = max(best, s * time / (sky * time + readNoise * readNoise).squareRoot())
      case .total where s * time / variance.squareRoot() >= 1:
        signal += s * time
        noise += variance
        best = signal / noise.squareRoot()
      case .total: break
      }
    }
    return best
  }

  private func value(_ definition: SignalToNoiseDefinition, _ values: SignalToNoiseValues) -> Double? {
    switch definition {
    case .peak: values.peak
    case .background: values.background
    case .total: values.total
    }
  }

  @Test(arguments: SignalToNoiseDefinition.allCases)
  func `the ratio is what its definition says`(definition: SignalToNoiseDefinition) throws {
    var worst = WorstError("\(definition) signal-to-noise ratio, relative")
    for (sky, readNoise) in Self.cases {
      for time in [1.0, 30, 1000, 1e6] {
        let expected = direct(definition, sky: sky, readNoise: readNoise, time: time)
        let values = ratios(Self.source, Self.lens, sky: sky, readNoise: readNoise).values(exposureTime: time)
        worst.note(
          try #require(value(definition, values)), expected: expected, floor: 1e-300, at: "time \(time)")
      }
    }
    // The same sums in another order.
    worst.expect(atMost: 1e-12)
  }

  /// Which pixel decides is a matter of source and lens; here any may, the last ones of an odd number too.
  @Test func `any pixel may decide`() throws {
    var worst = WorstError("signal-to-noise ratios of random images, relative")
    for seed in 0..<200 {
      let stream = RandomKey(seed: UInt64(seed), sample: 0).stream("pixels")
      func image(_ first: Int, _ power: Double) -> Image<Float> {
        Image(
          width: 7, height: 5, pixels: (0..<35).map { Float(pow(stream.uniform(UInt32(first + $0)), power)) })
      }
      let (source, lens) = (image(0, 2), image(100, -1))
      for (sky, readNoise) in Self.cases {
        let ratios = ratios(source, lens, sky: sky, readNoise: readNoise)
        let time = try ratios.exposureTime(for: .peak, value: 5)
        worst.note(
          direct(.peak, sky: sky, readNoise: readNoise, time: time, source, lens), expected: 5, floor: 0)
        for definition in SignalToNoiseDefinition.allCases {
          worst.note(
            try #require(value(definition, ratios.values(exposureTime: 30))),
            expected: direct(definition, sky: sky, readNoise: readNoise, time: 30, source, lens),
            floor: 1e-300)
        }
      }
    }
    worst.expect(atMost: 1e-9)
  }

  @Test(arguments: [SignalToNoiseDefinition.peak, .background])
  func `the exposure time gives the ratio that was asked for`(definition: SignalToNoiseDefinition) throws {
    var worst = WorstError("\(definition) ratio at the exposure time found, relative")
    for (sky, readNoise) in Self.cases {
      let ratios = ratios(Self.source, Self.lens, sky: sky, readNoise: readNoise)
      for target in [2.0, 5, 20, 100, 1234.5] {
        let time = try ratios.exposureTime(for: definition, value: target)
        let reached = try #require(value(definition, ratios.values(exposureTime: time)))
        worst.note(
          reached, expected: target, floor: 0, at: "target \(target), sky \(sky), read noise \(readNoise)")
      }
    }
    worst.expect(atMost: 1e-9)
  }

  /// The total ratio jumps where a pixel enters the region: it is reached from below, not always met.
  @Test func `the exposure time is where the total ratio reaches the one that was asked for`() throws {
    for (sky, readNoise) in Self.cases {
      let ratios = ratios(Self.source, Self.lens, sky: sky, readNoise: readNoise)
      for target in [2.0, 5, 20, 100, 1234.5] {
        let time = try ratios.exposureTime(for: .total, value: target)
        let after = try #require(ratios.values(exposureTime: time).total)
        let before = try #require(ratios.values(exposureTime: time * (1 - 1e-9)).total)
        #expect(after >= target && before < target, "\(before) and \(after) at target \(target)")
      }
    }
  }

  @Test func `no shorter exposure reaches the ratio`() throws {
    for (sky, readNoise) in Self.cases {
      let ratios = ratios(Self.source, Self.lens, sky: sky, readNoise: readNoise)
      for definition in [SignalToNoiseDefinition.peak, .background] {
        let time = try ratios.exposureTime(for: definition, value: 25)
        for fraction in [0.001, 0.1, 0.9, 0.999_999] {
          #expect(direct(definition, sky: sky, readNoise: readNoise, time: fraction * time) < 25)
        }
      }
    }
  }

  /// All pixels enter the region at the same time, when the ratio of all is already the root of their number.
  @Test func `a total ratio between two jumps is exceeded at the upper one`() throws {
    let flat = Image<Float>(width: 10, height: 10, repeating: 1)
    let ratios = ratios(flat, flat.map { _ in 0 }, sky: 1, readNoise: 3)
    let time = try ratios.exposureTime(for: .total, value: 5)
    let reached = try #require(ratios.values(exposureTime: time).total)
    #expect(abs(reached - 10) < 1e-6)
  }

  @Test(arguments: SignalToNoiseDefinition.allCases)
  func `a dark source has no exposure time`(definition: SignalToNoiseDefinition) {
    let dark = Image<Float>(width: 3, height: 3, repeating: 0)
    for (sky, readNoise) in Self.cases {
      #expect(throws: NumericalError.self) {
        _ = try ratios(dark, dark, sky: sky, readNoise: readNoise).exposureTime(
          for: definition, value: 10)
      }
    }
  }

  @Test func `there is no ratio where there is no noise`() {
    let dark = Image<Float>(width: 3, height: 3, repeating: 0)
    let none = ratios(dark, dark, sky: 0, readNoise: 0).values(exposureTime: 100)
    #expect(none.peak == nil && none.background == nil)
    #expect(none.total == nil)
    let lit = ratios(Self.source, Self.lens, sky: 0, readNoise: 0)
    #expect(lit.values(exposureTime: 100).background == nil)
    #expect(lit.values(exposureTime: 100).peak != nil && lit.values(exposureTime: 100).total != nil)
    #expect(throws: NumericalError.self) { _ = try lit.exposureTime(for: .background, value: 10) }
  }

  @Test func `an infinite or a vast ratio is refused`() {
    let ratios = ratios(Self.source, Self.lens, sky: 0.1, readNoise: 4)
    for definition in SignalToNoiseDefinition.allCases {
      #expect(throws: NumericalError.self) { _ = try ratios.exposureTime(for: definition, value: .infinity) }
    }
    #expect(throws: NumericalError.self) { _ = try ratios.exposureTime(for: .total, value: 1e12) }
  }
}

import FileFormats
import Interchange
import LensCore
import LensTestSupport
import Testing

/// Stretching brightness is safe whatever the image holds.
struct NormalizationTests {
  private let image: [Float] = [-1, 0, 1, 3]

  @Test func `each kind does what it says`() {
    func apply(_ kind: Normalization) -> [Float] { Normalizer(kind).apply(image) }
    #expect(apply(.none) == image)
    #expect(apply(.peak) == [-1 / 3, 0, 1 / 3, 1])
    #expect(apply(.minMax) == [0, 0.25, 0.5, 1])
    let asinh = apply(.asinh)
    // asinh(2.5) / asinh(10) = 0.5494025
    #expect(asinh[0] == 0 && asinh[3] == 1 && abs(asinh[1] - 0.5494025) < 1e-6)
  }

  @Test(arguments: Normalization.allCases.filter { $0 != .none && $0 != .setMinMax })
  func `an image without contrast becomes zero`(_ kind: Normalization) {
    #expect(Normalizer(kind).apply([0, 0, 0]) == [0, 0, 0])
    if kind != .peak { #expect(Normalizer(kind).apply([7, 7, 7]) == [0, 0, 0]) }
    let wide = Normalizer(kind).apply([-Float.greatestFiniteMagnitude, .greatestFiniteMagnitude])
    #expect(wide.allSatisfy(\.isFinite) && wide[1] == 1)
  }

  @Test func `the extremes of a set are those of all its images`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      var options = ConversionOptions()
      options.normalization = .setMinMax
      try Conversion("\(folder)/set", to: "\(folder)/npy", .npy, options).run()
      let all = try Contents("\(folder)/npy").pixels.values
      #expect(all.compactMap { $0.min() }.min() == 0 && all.compactMap { $0.max() }.max() == 1)
      #expect(all.count { $0.max() == 1 } == 1)
    }
  }

  @Test(arguments: [Float.nan, .infinity])
  func `what is not finite is refused and named`(value: Float) throws {
    try withScratchFolder { folder in
      let writer = try NpyWriter(creating: "\(folder)/lens_train.npy", shape: [2, 1, 2, 3])
      try writer.write([0, 1, 2, 3, 4, 5], at: 0)
      try writer.write([0, 1, 2, 3, value, 5], at: 1)
      try writer.close()
      for kind in Normalization.allCases {
        var options = ConversionOptions()
        options.normalization = kind
        reason("lens_train, row 1: pixel (1, 1)") {
          try Conversion(folder, to: "\(folder)-out", .npyFiles, options).run()
        }
        #expect(!fileExists("\(folder)-out"))
      }
    }
  }

  /// Tiny peaks overflow the quotient, and peaks below zero turn an image over.
  @Test(arguments: [[1e-39, -1, -1, -1], [-2, -1, -3, -4]] as [[Float]])
  func `an image that has no peak to divide by is refused`(pixels: [Float]) throws {
    try withScratchFolder { folder in
      let writer = try NpyWriter(creating: "\(folder)/lens_train.npy", shape: [1, 1, 2, 2])
      try writer.write(pixels, at: 0)
      try writer.close()
      var options = ConversionOptions()
      options.normalization = .peak
      reason("lens_train, row 0") { try Conversion(folder, to: "\(folder)-out", .npyFiles, options).run() }
      #expect(!fileExists("\(folder)-out"))
    }
  }
}

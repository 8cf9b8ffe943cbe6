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
    // asinh(2.5) / asinh(10) = 0.5494025, asinh(10 / 3) = 1.9188965 (Python's math).
    let expected: [(Normalization, [Float])] = [
      (.asinh, [0, 0.5494025, 0.7712696, 1]), (.asinhPeak, [-2.9188965, -1, 0.9188965, 1.9982230]),
    ]
    for (kind, values) in expected {
      #expect(zip(apply(kind), values).allSatisfy { abs($0 - $1) < 1e-6 }, "\(kind): \(apply(kind))")
    }
  }

  @Test(arguments: Normalization.allCases.filter { $0 != .none && $0 != .setMinMax })
  func `an image without contrast, or of the largest numbers, stays finite`(_ kind: Normalization) {
    let dark: Float = kind == .asinhPeak ? -1 : 0
    #expect(Normalizer(kind).apply([0, 0, 0]) == [dark, dark, dark])
    if kind == .minMax || kind == .asinh { #expect(Normalizer(kind).apply([7, 7, 7]) == [0, 0, 0]) }
    let wide = Normalizer(kind).apply([-Float.greatestFiniteMagnitude, .greatestFiniteMagnitude])
    #expect(wide.allSatisfy(\.isFinite) && abs(wide[1] - (kind == .asinhPeak ? 1.998223 : 1)) < 1e-6)
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

  /// Through every format and back: what was stretched has no unit, and says what was done to it, also after the next.
  @Test(arguments: CollectionFormat.writable)
  func `stretched images have no unit and say how they came about`(format: CollectionFormat) throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      func attributes(_ path: String) throws -> [String: String] {
        let found = try CollectionFormat(detecting: path).reader(path).description.attributes
        return Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.value) })
      }
      let extremes = try Contents("\(folder)/set").pixels.values.flatMap { $0 }
      let (low, high) = (extremes.min() ?? 0, extremes.max() ?? 0)
      for kind in Normalization.allCases where kind != .none {
        try createFolder("\(folder)/\(kind.rawValue)")
        let path = format.path(in: "\(folder)/\(kind.rawValue)")
        var options = format.testOptions
        options.normalization = kind
        // Sky noise below zero is no picture.
        if (kind == .peak || kind == .asinhPeak) && [.png8, .png16].contains(format) { continue }
        try Conversion("\(folder)/set", to: path, format, options).run()
        let told = kind == .setMinMax ? "set-minmax \(low) \(high)" : kind.rawValue
        #expect(try attributes(path)["normalize"] == told && attributes(path)["unit"] == nil)
        #expect(try attributes(path)["seed"] == "1")
        try Conversion(path, to: path + ".npz", .npz, ConversionOptions()).run()
        #expect(
          try attributes(path + ".npz")["normalize"] == told && attributes(path + ".npz")["unit"] == nil)
        options.normalization = .minMax
        try Conversion(path, to: path + ".2.npz", .npz, options).run()
        #expect(try attributes(path + ".2.npz")["normalize"] == told + ", minmax")
      }
      #expect(try attributes("\(folder)/set")["unit"] == "electron/s")
    }
  }

  @Test func `converted FITS files have the cards of a dataset's`() throws {
    let check = """
      import glob
      paths = sorted(glob.glob(sys.argv[1], recursive=True))
      heads = [fits.getheader(path) for path in paths]
      keys = ('MODEL', 'SEED', 'NOISSEED', 'BUNIT', 'PIXSCALE', 'PROGRAM', 'NORMALIZ')
      print(len(heads) > 0, sorted({tuple(str(head.get(key)) for key in keys) for head in heads}))
      """
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set", noiseSeed: 7)
      let whole = try python(check, "\(folder)/set/*_*.fits")
      #expect(whole.hasPrefix("True [('model-a', '1', '7', 'electron/s', '0.2', 'SwiftLensing "))
      for format in [CollectionFormat.fits, .fitsFiles] {
        let path = format.path(in: folder)
        try Conversion("\(folder)/set", to: path, format, ConversionOptions()).run()
        #expect(try python(check, "\(path)/**/*.fits") == whole)
        var options = ConversionOptions()
        options.normalization = .peak
        try Conversion("\(folder)/set", to: path + "-peak", format, options).run()
        #expect(
          try python(check, "\(path)-peak/**/*.fits")
            == whole.replacing("'electron/s'", with: "'None'").replacing("'None')]", with: "'peak')]"))
      }
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

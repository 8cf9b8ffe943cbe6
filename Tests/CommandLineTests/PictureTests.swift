import FileFormats
import Foundation
import LensTestSupport
import Testing

/// The files of `preview` and `render` open and show something.
struct PictureTests {
  /// Expects a picture with many colours, of which none but the paper's and the night sky's takes much room.
  private func expectPicture(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let picture = try readPNG(path)
    let colors = stride(from: 0, to: picture.rgb.count, by: 3).map { Array(picture.rgb[$0..<($0 + 3)]) }
    var counts: [[UInt8]: Int] = [:]
    for color in colors { counts[color, default: 0] += 1 }
    #expect(picture.width > 200 && picture.height > 200, sourceLocation: sourceLocation)
    #expect(counts.count > 300, "\(path) has \(counts.count) colours", sourceLocation: sourceLocation)
    let bright = picture.rgb.count { $0 > 250 }
    #expect(bright * 10 < picture.rgb.count, "\(path) is saturated", sourceLocation: sourceLocation)
    let lit = picture.rgb.count { $0 > 64 }
    #expect(lit * 20 > picture.rgb.count, "\(path) is blank", sourceLocation: sourceLocation)
    let common = counts.values.max() ?? 0
    #expect(common * 4 < colors.count * 3, "\(path) is empty", sourceLocation: sourceLocation)
  }

  @Test func `preview draws a preset, a file and a dataset`() throws {
    try withScratchFolder { folder in
      #expect(
        try output(of: ["preview", "model-a", "--columns", "3"] + smallImages, in: folder)
          == "model-a-preview.png\n")
      try expectPicture("\(folder)/model-a-preview.png")
      _ = try output(
        of: ["generate", "model-b", "--count", "5", "--json", "-o", "set"] + smallImages, in: folder)
      #expect(try output(of: ["preview", "set"], in: folder) == "set/preview.png\n")
      try expectPicture("\(folder)/set/preview.png")
      let arguments = ["preview", "set/spec.yaml", "--columns", "2", "-o", "own.png"]
      #expect(try output(of: arguments, in: folder) == "own.png\n")
      try expectPicture("\(folder)/own.png")
      #expect(try listFolder(folder) == ["model-a-preview.png", "own.png", "set"])
    }
  }

  @Test func `the same preview is the same file`() throws {
    try withScratchFolder { folder in
      for (name, seed) in [("a", "1"), ("b", "1"), ("c", "2")] {
        _ = try output(
          of: ["preview", "model-a", "--columns", "1", "--seed", seed, "-o", "\(name).png"] + smallImages,
          in: folder)
      }
      let bytes = try ["a", "b", "c"].map { try readFile("\(folder)/\($0).png") }
      #expect(bytes[0] == bytes[1] && bytes[0] != bytes[2])
    }
  }

  @Test func `render draws a scene and its maps`() throws {
    try withScratchFolder { folder in
      #expect(try output(of: ["render", "quad"], in: folder) == "Output/quad.fits\nOutput/quad.png\n")
      try expectPicture("\(folder)/Output/quad.png")
      let program = """
        with fits.open(sys.argv[1]) as maps:
            maps.verify('exception')
            print([m.name for m in maps[1:]])
            assert all(m.data.shape == (150, 150) and numpy.isfinite(m.data).all() and m.data.std() > 0 for m in maps[1:])
            header = maps[0].header
            print(header['PIXSCALE'], header['BUNIT'], header['SEED'], header['EXPTIME'] > 0)
            clean = (maps['SOURCE'].data + maps['LENS'].data)
            noise = maps['IMAGE'].data - clean
            # Sky, read noise and photons of this exposure; the mean over 22500 pixels is within five deviations.
            time = header['EXPTIME']
            variance = (clean + 0.1) / time + 16 / time ** 2
            print(abs((noise ** 2 / variance).mean() - 1) < 5 * (2 / noise.size) ** 0.5)
            print(abs(noise.mean()) < 5 * (variance.mean() / noise.size) ** 0.5)
        """
      #expect(
        try python(program, "\(folder)/Output/quad.fits") == """
          ['IMAGE', 'SOURCE', 'LENS', 'CONVERGENCE', 'DEFLECTION_X', 'DEFLECTION_Y', 'POTENTIAL', 'MAGNIFICATION']
          0.05 electron/s 2675144850311630 True
          True
          True
          """)
    }
  }

  @Test(arguments: ["pairs=false", "pairs=true"])
  func `render makes the dataset's sample, with noise and without`(_ pairs: String) throws {
    try withScratchFolder { folder in
      let common = ["model-a", "--seed", "5", "--set", pairs, "--set", "split.validation=0"] + smallImages
      let noiseFree = ["--set", "instrument.noise=false"]
      for (name, more) in [("noisy", []), ("clean", noiseFree)] {
        _ = try output(of: ["generate", "--count", "3", "--json", "-o", name] + common + more, in: folder)
        _ = try output(of: ["render", "--index", "4", "-o", "\(name)-4"] + common + more, in: folder)
      }
      try expectPicture("\(folder)/noisy-4.png")
      let program = """
        for name in ('noisy', 'clean'):
            # Sample 4 is the second of the class vortex.
            stored = numpy.load(sys.argv[1] + '/' + name + '/vortex_train.npy')[1, 0]
            with fits.open(sys.argv[1] + '/' + name + '-4.fits') as maps:
                assert numpy.array_equal(maps['IMAGE'].data.astype('f4'), stored), name
                total = maps['SOURCE'].data.astype('f4') + maps['LENS'].data.astype('f4')
                print(name, numpy.array_equal(total, stored))
        """
      #expect(try python(program, folder) == "noisy False\nclean True")
    }
  }
}

import FileFormats
import Foundation
import LensCore
import LensTestSupport
import Testing

struct FITSImageTests {
  private let cards = [
    FITSCard("SEED", .integer(-42), "random seed"), FITSCard("SCALE", .real(0.1), "arcsec per pixel"),
    FITSCard("TINY", .real(1e-300), ""), FITSCard("NOISY", .flag(true), "with noise"),
    FITSCard("SURVEY", .text("O'Neil's"), "name"),
    FITSCard("LONGTEXT", .text(String(repeating: "spec ", count: 40) + "."), ""),
  ]

  @Test func `astropy reads the cube and its cards`() throws {
    try withScratchFolder { folder in
      // CFITSIO would take all of these for instructions.
      let path = "\(folder)/!cube[1:2] (x).fits.gz"
      let writer = try FITSImageCubeWriter(creating: path, width: 3, height: 2, count: 4, header: cards)
      try writer.write([1, 2, 3, 4, 5, 6.5], at: 3)
      try writer.synchronize()
      try writer.close()
      let program = """
        h = fits.open(sys.argv[1]); h.verify('exception'); d = h[0].data
        print(len(h), d.dtype.str, d.shape, d[3].tolist(), d[:3].any(), 'DATE' in h[0].header)
        print([h[0].header[k] for k in ('SEED', 'SCALE', 'TINY', 'NOISY', 'SURVEY')])
        print(h[0].header['LONGTEXT'] == 'spec ' * 40 + '.', h[0].header.comments['SCALE'])
        """
      #expect(
        try python(program, path) == """
          1 >f4 (4, 2, 3) [[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]] False False
          [-42, 0.1, 1e-300, True, "O'Neil's"]
          True arcsec per pixel
          """)
      #expect(try listFolder(folder) == ["!cube[1:2] (x).fits.gz"])
    }
  }

  @Test func `a resumed cube keeps its images and equals one written at once`() throws {
    try withScratchFolder { folder in
      let (path, other) = ("\(folder)/a.fits", "\(folder)/b.fits")
      func create(_ path: String) throws -> FITSImageCubeWriter {
        try FITSImageCubeWriter(creating: path, width: 40, height: 30, count: 2, header: cards)
      }
      let images = (0..<2).map { image in (0..<1200).map { Float($0 + image) } }
      try create(path).write(images[0], at: 0)
      try FITSImageCubeWriter(resuming: path, width: 40, height: 30, count: 2).write(images[1], at: 1)
      let whole = try create(other)
      for (index, image) in images.enumerated() { try whole.write(image, at: index) }
      #expect(try readFile(path) == readFile(other))
      #expect(try fileSize(path) % 2880 == 0)
      reason("this is not the stack", "start again") {
        try FITSImageCubeWriter(resuming: path, width: 30, height: 40, count: 2)
      }
      try writeFileAtomically(readFile(path).dropLast(2880), to: path)
      reason("start again") { try FITSImageCubeWriter(resuming: path, width: 40, height: 30, count: 2) }
      try writeFileAtomically(Array("no FITS".utf8), to: path)
      reason("CFITSIO") { try FITSImageCubeWriter(resuming: path, width: 40, height: 30, count: 2) }
      reason("No such file") {
        try FITSImageCubeWriter(resuming: path + "x", width: 40, height: 30, count: 2)
      }
    }
  }

  @Test func `a cube of no images is a valid file`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.fits"
      try FITSImageCubeWriter(creating: path, width: 3, height: 2, count: 0, header: cards).close()
      let writer = try FITSImageCubeWriter(resuming: path, width: 3, height: 2, count: 0)
      reason("holds 0") { try writer.write([1, 2, 3, 4, 5, 6], at: 0) }
      let program = """
        h = fits.open(sys.argv[1]); h.verify('exception')
        print(h[0].shape, h[0].header['SEED'])
        """
      #expect(try python(program, path) == "(0, 2, 3) -42")
    }
  }

  @Test func `impossible cubes are refused`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.fits"
      func create(
        _ width: Int, _ height: Int, _ count: Int, _ cards: FITSCard...
      ) throws -> FITSImageCubeWriter {
        try FITSImageCubeWriter(creating: path, width: width, height: height, count: count, header: cards)
      }
      reason("positive") { try create(0, 2, 1) }
      reason("not negative") { try create(1, 2, -1) }
      reason("that large") { try create(1 << 31, 1 << 31, 1) }
      reason("finite") { try create(1, 1, 1, FITSCard("A", .real(.nan), "")) }
      reason("ASCII") { try create(1, 1, 1, FITSCard("A", .text("5°"), "")) }
      #expect(!fileExists(path))
      reason("has 1 numbers, must have 6") { try create(3, 2, 1).write([1], at: 0) }
      reason("No such file or directory") {
        try FITSImageCubeWriter(creating: "\(folder)/none/a", width: 1, height: 1, count: 1, header: [])
      }
    }
  }

  @Test func `named images are extensions that astropy and the reader read`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/[maps].fits"
      let kappa = Image(width: 2, height: 3, pixels: [0.1, 1, 2, 3, 4, Double.pi])
      let gamma = Image(width: 1, height: 1, pixels: [-1e300])
      try writeFITSImages([("KAPPA", kappa), ("GAMMA", gamma)], header: cards, to: path)
      let program = """
        h = fits.open(sys.argv[1]); h.verify('exception')
        print(h[0].data, h[0].header['SCALE'], [x.name for x in h[1:]], 'DATE' in h[0].header)
        print(h['KAPPA'].data.tolist(), h['GAMMA'].data.tolist(), h[1].data.dtype.str)
        """
      #expect(
        try python(program, path) == """
          None 0.1 ['KAPPA', 'GAMMA'] False
          [[0.1, 1.0], [2.0, 3.0], [4.0, 3.141592653589793]] [[-1e+300]] >f8
          """)
      #expect(try readFITSImage(path, extension: "kappa") == kappa)
      let first = try readFile(path)
      try writeFITSImages([("KAPPA", kappa), ("GAMMA", gamma)], header: cards, to: path)
      #expect(try readFile(path) == first)
    }
  }

  @Test func `a large image survives the growth of the memory file`() throws {
    try withScratchFolder { folder in
      let image = Image(width: 700, height: 900, pixels: (0..<630_000).map(Double.init))
      try writeFITSImages([("A", image), ("B", image)], header: [], to: "\(folder)/a.fits")
      #expect(try readFITSImage("\(folder)/a.fits", extension: "2") == image)
    }
  }

  @Test func `images by astropy are read, scaled or compressed`() throws {
    try withScratchFolder { folder in
      let program = """
        a = numpy.arange(6, dtype='i2').reshape(2, 3)
        fits.PrimaryHDU(a.astype('u2')).writeto(sys.argv[1] + '/u.fits')
        fits.CompImageHDU(a).writeto(sys.argv[1] + '/c.fits')
        fits.PrimaryHDU(a).writeto(sys.argv[1] + '/z.fits.gz')
        fits.PrimaryHDU(numpy.zeros(4)).writeto(sys.argv[1] + '/one.fits')
        """
      _ = try python(program, folder)
      for name in ["u.fits", "c.fits", "z.fits.gz"] {
        let image = try readFITSImage("\(folder)/\(name)")
        #expect(image == Image(width: 3, height: 2, pixels: [0, 1, 2, 3, 4, 5]))
      }
      reason("two-dimensional") { try readFITSImage("\(folder)/one.fits") }
      reason("No such file") { try readFITSImage("\(folder)/none.fits") }
      reason("directory") { try readFITSImage(folder) }
    }
  }

  @Test func `an image that claims more than its file is refused`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.fits"
      let image = Image(width: 9, height: 9, repeating: 1.0)
      try writeFITSImages([("A", image)], header: [], to: path)
      let bytes = try readFile(path)
      try writeFileAtomically(Array(bytes.prefix(5760)), to: path)
      reason("cannot read image 0") { try readFITSImage(path) }
      let text = String(decoding: bytes, as: UTF8.self)
      let huge = text.replacingOccurrences(of: "                   9 ", with: "          3000000000 ")
      try writeFileAtomically(Array(huge.utf8.prefix(5760)), to: path)
      reason("truncated") { try readFITSImage(path) }
    }
  }
}

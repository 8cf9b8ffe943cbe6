import FileFormats
import LensCore
import LensTestSupport
import Testing

/// Images that astropy writes: every number type, wherever in the file, compressed or packed.
struct FITSReadingTests {
  /// Writes random images as NUMBER.fits (or .fits.gz), and what they must become as raw numbers.
  private static let randomImages = """
    import os, shutil, gzip
    random = numpy.random.default_rng(int(sys.argv[2]))
    warnings.simplefilter('ignore')
    number = 0
    def write(units, expected, packed, words):
        global number
        path = f'{sys.argv[1]}/{number}.fits' + packed
        fits.HDUList(units).writeto(path)
        expected.astype('<f8').tofile(f'{sys.argv[1]}/{number}.doubles')
        print(packed or '-', *expected.shape[::-1], words)
        number += 1
    for kind in ['u1', 'i1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f4', 'f8']:
        for axes in (2, 3):
            shape = tuple(int(n) for n in random.integers(2, 9, axes))
            whole = numpy.frombuffer(random.bytes(int(numpy.prod(shape)) * numpy.dtype(kind).itemsize), kind).reshape(shape)
            if kind[0] == 'f':
                whole = random.normal(size=shape).astype(kind)
                whole[(0,) * axes] = numpy.nan
            for packed in ('', '.gz'):
                write([fits.PrimaryHDU(whole)], whole, packed, f'{kind} primary')
                table = fits.BinTableHDU.from_columns([fits.Column('a', '1D', array=[1.0])])
                write([fits.PrimaryHDU(), table, fits.ImageHDU(whole)], whole, packed, f'{kind} extension')
            # Degenerate axes, as radio images and stacks from (N, 1, height, width) have.
            if axes == 3: write([fits.PrimaryHDU(whole[:, None])], whole, '', f'{kind} four axes')
            for method in ('RICE_1', 'GZIP_1', 'GZIP_2'):
                if kind in ('i8', 'u8', 'i1') or (kind[0] == 'f' and not method.startswith('GZIP')): continue
                unit = fits.CompImageHDU(whole, compression_type=method, quantize_level=0)
                write([fits.PrimaryHDU(), unit], whole, '', f'{kind} {method}')
    # astropy's other encoders crash on small or rough images.
    smooth = numpy.add.outer(numpy.arange(40), 2 * numpy.arange(50)).astype('i2')
    for method in ('HCOMPRESS_1', 'PLIO_1'):
        write([fits.PrimaryHDU(), fits.CompImageHDU(smooth, compression_type=method)], smooth, '', method)
    # Scaled whole numbers with pixels that have no value, in steps that single precision holds.
    for kind in ('u1', 'i2', 'i4', 'i8'):
        raw = random.integers(0, 100, (5, 4)).astype(kind)
        raw[1, 2] = 77
        unit = fits.PrimaryHDU(raw)
        unit.header['BLANK'], unit.header['BSCALE'], unit.header['BZERO'] = 77, 0.25, -3.5
        expected = numpy.where(raw == 77, numpy.nan, raw * 0.25 - 3.5)
        write([unit], expected, '', f'{kind} BLANK')
        if kind == 'i8': continue
        unit = fits.CompImageHDU(raw)
        unit._header['BLANK'] = 77
        write([fits.PrimaryHDU(), unit], numpy.where(raw == 77, numpy.nan, raw.astype(float)), '', f'{kind} compressed BLANK')
    """

  @Test(arguments: [1, 2, 3])
  func `random images of every kind come back`(seed: Int) throws {
    try withScratchFolder { folder in
      let lines = try python(Self.randomImages, folder, "\(seed)").split(separator: "\n")
      #expect(lines.count > 110)
      for (number, line) in lines.enumerated() {
        let words = line.split(separator: " ")
        let ending = words[0] == "-" ? "fits" : "fits.gz"
        let axes = words.dropFirst().prefix { Int($0) != nil }.compactMap { Int($0) }
        let reader = try FITSImageReader("\(folder)/\(number).\(ending)")
        try #require(
          [reader.width, reader.height] + (axes.count == 3 ? [reader.count] : []) == axes, "\(line)")
        let expected = try doubles("\(folder)/\(number).doubles")
        let found = try (0..<reader.count).flatMap { try reader.readDoubles(at: $0) }
        let differing = zip(found, expected).count { $0 != $1 && !($0.isNaN && $1.isNaN) }
        #expect(found.count == expected.count && differing == 0, "\(line): \(differing) differ")
        let floats = try (0..<reader.count).flatMap { try reader.read(at: $0) }
        #expect(zip(floats, expected).allSatisfy { $0 == Float($1) || ($0.isNaN && $1.isNaN) }, "\(line)")
        guard axes.count == 2 else {
          reason("two-dimensional") { try readFITSImage("\(folder)/\(number).\(ending)") }
          continue
        }
        let image = try readFITSImage("\(folder)/\(number).\(ending)")
        #expect(zip(image.pixels, expected).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }, "\(line)")
      }
    }
  }

  private func doubles(_ path: String) throws -> [Double] {
    try readFile(path).withUnsafeBytes { bytes in
      (0..<(bytes.count / 8)).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Double.self) }
    }
  }

  @Test func `of several images one must be named, and all are listed`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.fits"
      _ = try python(
        """
        def image(value, side): return numpy.full((side, side), value)
        fits.HDUList([fits.PrimaryHDU(image(0.0, 3)), fits.ImageHDU(image(1, 5), name='Mask'), fits.ImageHDU(image(2.0, 7)),
            fits.ImageHDU(numpy.ones((2, 9, 9)), name='cube'), fits.CompImageHDU(image(5.0, 9), name='PSF'),
            fits.BinTableHDU.from_columns([fits.Column('a', '1D', array=[1.0])], name='LIST'),
            fits.ImageHDU(image(6.0, 3), name='twice'), fits.ImageHDU(image(7.0, 3), name='TWICE'),
        ]).writeto(sys.argv[1])
        """, path)
      let list = "0 (3 x 3), 1 MASK (5 x 5), 2 (7 x 7), 3 CUBE (9 x 9 x 2), 4 PSF (9 x 9), 5 LIST (a table)"
      reason("holds 7 images; choose one", list) { try readFITSImage(path) }
      reason("to a file of its own", list) { try FITSImageReader(path) }
      for (name, value) in [("0", 0), ("1", 1), ("mask", 1), ("2", 2), ("psf", 5), ("PSF", 5), ("7", 7)] {
        #expect(try readFITSImage(path, extension: name).pixels[0] == Double(value), "\(name)")
      }
      reason("has no extension 'PFS'", list) { try readFITSImage(path, extension: "PFS") }
      reason("has no extension '8'", list) { try readFITSImage(path, extension: "8") }
      reason("no two-dimensional image in extension 'list'", list) {
        try readFITSImage(path, extension: "list")
      }
      reason("has 2 extensions 'twice'; give the number", list) {
        try readFITSImage(path, extension: "twice")
      }
      reason("must be two-dimensional") { try readFITSImage(path, extension: "cube") }
      #expect(try FITSImageReader(path, extension: "cube").count == 2)
    }
  }

  @Test func `a mask is not taken where the other image is a cube`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.fits"
      let program = """
        cube, mask = fits.PrimaryHDU(numpy.ones((4, 5, 5))), fits.ImageHDU(numpy.ones((5, 5), 'u1'), name='DQ')
        fits.HDUList([cube, mask]).writeto(sys.argv[1])
        """
      _ = try python(program, path)
      reason("holds 2 images", "1 DQ (5 x 5)") { try readFITSImage(path) }
    }
  }

  @Test func `a double beyond single precision is refused`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.fits"
      _ = try python("fits.PrimaryHDU(numpy.full((2, 2), 1e200)).writeto(sys.argv[1])", path)
      reason("1e+200 is beyond single precision") { try FITSImageReader(path).read(at: 0) }
    }
  }

  @Test func `world coordinates are offsets from the middle`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.fits"
      for (width, height, scale) in [(1, 1, 0.05), (4, 7, 0.1), (150, 99, 1e-5), (3, 2, 12.5)] {
        let image = Image(width: width, height: height, repeating: 1.0)
        try writeFITSImages([("A", image)], header: [], pixelScale: scale, to: path)
        let program = """
          from astropy.wcs import WCS
          width, height, scale = int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
          with fits.open(sys.argv[1]) as units:
              units.verify('exception')
              assert 'CTYPE1' not in units[0].header
              system = WCS(units[1].header)
          assert system.naxis == 2 and not system.has_celestial and list(system.wcs.ctype) == ['XOFFSET', 'YOFFSET']
          assert [str(unit) for unit in system.wcs.cunit] == ['arcsec', 'arcsec']
          x, y = numpy.meshgrid(numpy.arange(width), numpy.arange(height))
          world = system.pixel_to_world_values(x, y)
          worst = max(abs(world[0] - (x - (width - 1) / 2) * scale).max(), abs(world[1] - (y - (height - 1) / 2) * scale).max())
          # Rounding of one product and one sum.
          assert worst <= 4e-16 * scale * max(width, height), worst
          assert numpy.allclose(system.world_to_pixel_values(0, 0), [(width - 1) / 2, (height - 1) / 2])
          """
        _ = try python(program, path, "\(width)", "\(height)", "\(scale)")
      }
    }
  }
}

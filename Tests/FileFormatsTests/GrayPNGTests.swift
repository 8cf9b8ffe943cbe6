import FileFormats
import LensCore
import LensTestSupport
import Testing

/// Pictures are numbers: what is stored, whatever the file says about how it is to be shown.
struct GrayPNGTests {
  /// Every colour type and bit depth, plain and interlaced, under every chunk that changes how a picture is shown, made
  /// byte by byte: random samples, and the values that they must become.
  private static let pictures = """
    import itertools, json, os, struct, zlib
    from PIL import ImageCms
    folder, random = sys.argv[1], numpy.random.default_rng(int(sys.argv[2]))
    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    def gamma(value): return chunk(b'gAMA', struct.pack('>I', value))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
    shown = {
        'plain': b'', 'gamma1': gamma(100000), 'gamma45': gamma(45455), 'gamma22': gamma(220000),
        'srgb': chunk(b'sRGB', b'\\0'), 'both': gamma(45455) + chunk(b'sRGB', b'\\1'),
        'primaries': gamma(50000) + chunk(b'cHRM', struct.pack('>8I', 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)),
        'profile': chunk(b'iCCP', b'x\\0\\0' + zlib.compress(profile)), 'bits': chunk(b'sBIT', b'\\3'),
        'cicp': chunk(b'cICP', bytes([9, 16, 0, 1])), 'size': chunk(b'pHYs', struct.pack('>IIB', 3, 9, 0)),
    }
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    def rows(samples, bits):
        for row in samples:
            flat = row.ravel()
            if bits == 16: yield b'\\0' + flat.astype('>u2').tobytes()
            elif bits == 8: yield b'\\0' + flat.astype('u1').tobytes()
            else:
                text = ''.join(format(int(v), f'0{bits}b') for v in flat)
                text += '0' * (-len(text) % 8)
                yield b'\\0' + bytes(int(text[k:k + 8], 2) for k in range(0, len(text), 8))
    def picture(samples, bits, kind, extra, interlaced, alpha=b''):
        parts = [samples[y::dy, x::dx] for x, y, dx, dy in passes] if interlaced else [samples]
        data = b''.join(b''.join(rows(part, bits)) for part in parts if part.size)
        header = struct.pack('>IIBBBBB', samples.shape[1], samples.shape[0], bits, kind, 0, 0, interlaced)
        return (b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', header) + extra + alpha + chunk(b'IDAT', zlib.compress(data))
            + chunk(b'IEND', b''))
    depths = {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
    expected = {}
    for kind, interlaced, name in itertools.product(depths, (0, 1), shown):
        for bits in depths[kind]:
            largest = 2**bits - 1
            samples = random.integers(0, largest + 1, (5, 7, channels[kind]))
            if kind in (2, 6) and random.integers(3) == 0: samples[..., 1] = samples[..., 2] = samples[..., 0]
            if kind in (4, 6): samples[..., -1] = largest
            extra, colors, most = shown[name], samples, largest
            if kind == 3:
                palette = random.integers(0, 256, (largest + 1, 3))
                extra += chunk(b'PLTE', palette.astype('u1').tobytes())
                colors, most = palette[samples[..., 0]], 255
            if colors.shape[2] >= 3:
                grey = (colors[..., :3] * [2126, 7152, 722]).sum(axis=2) / (10000 * most)
                same = (colors[..., 0] == colors[..., 1]) & (colors[..., 0] == colors[..., 2])
                assert (grey[same] == colors[same][:, 0] / most).all()
            else: grey = colors[..., 0] / most
            label = f'{kind}-{bits}-{interlaced}-{name}'
            open(f'{folder}/{label}.png', 'wb').write(picture(samples, bits, kind, extra, interlaced))
            grey.astype('<f4').tofile(f'{folder}/{label}.expected')
    """

  @Test(arguments: [1, 2])
  func `stored samples are read whatever a file says of its display`(seed: Int) throws {
    try withScratchFolder { folder in
      _ = try python(Self.pictures, folder, "\(seed)")
      let names = try listFolder(folder).filter { $0.hasSuffix(".png") }
      #expect(names.count == 15 * 2 * 11)
      for name in names {
        let bytes = try readFile("\(folder)/\(name.dropLast(4)).expected")
        let expected = bytes.withUnsafeBytes { bytes in
          (0..<35).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
        let picture = try readGrayPNG("\(folder)/\(name)")
        #expect(picture.width == 7 && picture.height == 5 && picture.values == expected, "\(name)")
      }
    }
  }

  @Test func `what is written is read`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.png"
      try writeGrayPNG(width: 16, height: 16, (0..<256).map { UInt8($0) }, to: path)
      #expect(try readGrayPNG(path).values == (0..<256).map { Float($0) / 255 })
      try writeGrayPNG(width: 256, height: 256, (0..<65_536).map { UInt16($0) }, to: path)
      #expect(try readGrayPNG(path).values == (0..<65_536).map { Float($0) / 65_535 })
    }
  }

  /// By an alpha channel, by the palette, and by a sample that stands for nothing.
  @Test(arguments: [
    "samples[2, 3, 1] = 254; data = picture(samples, 8, 4, b'', 0)",
    "data = picture(samples[..., [0, 0, 0, 1]] * 257 - [[[0, 0, 0, 9]]], 16, 6, b'', 0)",
    "data = picture(samples[..., :1] % 4, 2, 3, chunk(b'PLTE', bytes(range(12))), 0, chunk(b'tRNS', bytes([255, 9])))",
    "samples[1, 1, 0] = 7; data = picture(samples[..., :1], 8, 0, b'', 1, chunk(b'tRNS', bytes([0, 7])))",
  ])
  func `transparent pixels are refused`(program: String) throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.png"
      _ = try python(
        Self.pictures
          + "\nsamples = numpy.full((5, 7, 2), 255)\nsamples[..., 0] = numpy.arange(35).reshape(5, 7)"
          + "\n\(program)\nopen('\(path)', 'wb').write(data)", folder, "1")
      reason("pixels are transparent") { try readGrayPNG(path) }
    }
  }
}

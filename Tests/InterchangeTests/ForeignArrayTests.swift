import FileFormats
import Foundation
import Interchange
import LensTestSupport
import Testing

/// Arrays of others, in every number type, byte order and order of axes, in every kind of file that holds arrays; and
/// files of others that are not read, which are told what they hold.
struct ForeignArrayTests {
  /// Random images of one class in each kind of file, and what they must become.
  private static let images = """
    import os, zipfile
    folder, seed = sys.argv[1], int(sys.argv[2])
    random = numpy.random.default_rng(seed)
    warnings.simplefilter('ignore')
    os.makedirs(folder + '/arrays')
    arrays = {}
    def save(path, array):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        numpy.save(path, array)
    for name in ['b1', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8']:
        for order in '<>':
            for layout in 'CF':
                images = (random.normal(size=(3, 4, 6)) * 50).astype(order + name)
                expected = images.astype('<f4')
                label = f"{name}{'L' if order == '<' else 'B'}{layout}"
                shape = [(3, 4, 6), (3, 1, 4, 6), (1, 3, 1, 4, 6)][int(random.integers(3))]
                arrays[label] = numpy.array(images.reshape(shape), order=layout)
                numpy.save(f'{folder}/arrays/{label}_val.npy', arrays[label])
                for row, image in enumerate(images):
                    image = numpy.array(image, order=layout)
                    save(f'{folder}/tree/train/{label}/{row}.npy', image)
                    pair = numpy.empty(2, dtype=object)
                    pair[0], pair[1] = image, images.dtype.type(row)
                    save(f'{folder}/objects/train/{label}/{row}.npy', pair)
                expected.tofile(f'{folder}/{label}.expected')
    numpy.savez(folder + '/plain.npz', **arrays)
    numpy.savez_compressed(folder + '/packed.npz', **arrays)
    with zipfile.ZipFile(folder + '/plain.npz') as source, zipfile.ZipFile(folder + '/mac.npz', 'w') as target:
        for name in random.permutation(source.namelist()):
            target.writestr('__MACOSX/._' + name, b'Mac OS X')
            target.writestr('./' + name, source.read(name))
    for place in ('arrays', 'tree/train', 'tree/train/b1BC', 'objects/train/f8LF', 'tree'):
        for name in ('._0.npy', '.DS_Store', '._f4LC_val.npy', '._x.tar', '._x.fits'):
            open(f'{folder}/{place}/{name}', 'wb').write(b'Mac OS X')
    """

  @Test(arguments: [1, 2])
  func `every number type and order is read from every kind of file`(seed: Int) throws {
    try withScratchFolder { folder in
      _ = try python(Self.images, folder, "\(seed)")
      for (name, split) in [
        ("arrays", "validation"), ("tree", "train"), ("objects", "train"), ("plain.npz", "train"),
        ("packed.npz", "train"), ("mac.npz", "train"),
      ] {
        let found = try Contents("\(folder)/\(name)")
        #expect(found.order.count == 144, "\(name)")
        for (key, pixels) in found.pixels {
          let label = key.replacingOccurrences(of: "_\(split)/", with: " ").split(separator: " ")
          let bytes = try readFile("\(folder)/\(label[0]).expected")
          let row = try #require(Int(label[1]))
          let expected = bytes.withUnsafeBytes { bytes in
            (0..<24).map { bytes.loadUnaligned(fromByteOffset: (row * 24 + $0) * 4, as: Float.self) }
          }
          #expect(pixels == expected, "\(name), \(key)")
          if name == "objects" {
            #expect(found.numbers[key] == [Double(label[0].hasPrefix("b1") ? min(row, 1) : row).bitPattern])
          }
        }
      }
    }
  }

  @Test func `numbers in our own archives may be of any type`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      try Conversion("\(folder)/set", to: "\(folder)/a.npz", .npz, ConversionOptions()).run()
      try Conversion("\(folder)/set", to: "\(folder)/a.h5", .hdf5, ConversionOptions()).run()
      _ = try python(
        """
        import zipfile, h5py, io
        with zipfile.ZipFile(sys.argv[1] + '/a.npz') as source, zipfile.ZipFile(sys.argv[1] + '/b.npz', 'w') as target:
            target.writestr('dataset.json', b'\\xef\\xbb\\xbf' + source.read('dataset.json'))
            for name in source.namelist()[1:]:
                array = numpy.load(io.BytesIO(source.read(name)))
                if 'numbers' not in name: array = array.astype('>f8')
                with target.open(name, 'w') as entry: numpy.lib.format.write_array(entry, numpy.asfortranarray(array))
        def visit(name, item):
            if not isinstance(item, h5py.Dataset) or name == 'dataset.json': return
            values = item[:]
            kind = '>f8' if name.endswith('images') else '>f8'
            del target[name]
            target.create_dataset(name, data=values.astype(kind))
        with h5py.File(sys.argv[1] + '/a.h5') as source, h5py.File(sys.argv[1] + '/b.h5', 'w') as target:
            for name in source: source.copy(name, target)
            source.visititems(visit)
        """, folder)
      let source = try Contents("\(folder)/set")
      for name in ["b.npz", "b.h5"] {
        let found = try Contents("\(folder)/\(name)")
        #expect(found.pixels == source.pixels && found.numbers == source.numbers, "\(name)")
      }
    }
  }

  /// The arrays of an HDF5 file of our layout, each in another type.
  @Test(
    arguments: [
      ("i1", nil), ("u1", nil), (">i2", nil), ("<u2", nil), (">i4", nil), ("<u4", nil), ("<i8", nil),
      (">u8", nil),
      ("<f2", nil), (">f4", nil), (">f8", nil), ("bool", "named values"), ("c8", "records"), ("S4", "text"),
    ] as [(String, String?)])
  func `HDF5 arrays of every type are read or refused by name`(type: String, refusal: String?) throws {
    try withScratchFolder { folder in
      _ = try python(
        """
        import h5py, json
        images = (numpy.random.default_rng(3).normal(size=(5, 1, 3, 4)) * 40).astype(sys.argv[2])
        about = dict(groups=[dict(label='a', split='train', count=5)], height=3, width=4, columns=[], attributes=[])
        with h5py.File(sys.argv[1] + '/a.h5', 'w') as file:
            file['dataset.json'] = numpy.bytes_(json.dumps(about))
            file['train/a/images'] = images
        if images.dtype.kind not in 'cS': images.astype('<f4').tofile(sys.argv[1] + '/expected')
        """, folder, type)
      if let refusal {
        reason(refusal, "train/a/images") { try Contents("\(folder)/a.h5") }
        return
      }
      let found = try Contents("\(folder)/a.h5")
      let bytes = try readFile("\(folder)/expected")
      let expected = bytes.withUnsafeBytes { bytes in
        (0..<60).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      }
      #expect((0..<5).flatMap { found.pixels["a_train/\($0)"] ?? [] } == expected)
    }
  }

  /// Every filter that h5py offers; LZF is its own.
  @Test(arguments: [
    ("compression='gzip'", true), ("shuffle=True, fletcher32=True", true), ("scaleoffset=3", true),
    ("compression='lzf'", false), ("compression='lzf', shuffle=True, fletcher32=True", false),
  ])
  func `HDF5 arrays are unpacked or their filter is named`(options: String, isKnown: Bool) throws {
    try withScratchFolder { folder in
      _ = try python(
        """
        import h5py, json
        images = numpy.arange(60).reshape(5, 1, 3, 4) / 4
        about = dict(groups=[dict(label='a', split='train', count=5)], height=3, width=4, columns=[], attributes=[])
        with h5py.File(sys.argv[1] + '/a.h5', 'w') as file:
            file['dataset.json'] = numpy.bytes_(json.dumps(about))
            file.create_dataset('train/a/images', data=images.astype('f4'), \(options))
        """, folder)
      guard isKnown else {
        reason("train/a/images is packed by the filter lzf (number 32000)", "gzip") {
          try Contents("\(folder)/a.h5")
        }
        return
      }
      let found = try Contents("\(folder)/a.h5").pixels
      let expected: [Float] = (0..<60).map { Float($0) / 4 }
      let pixels: [Float] = (0..<5).flatMap { found["a_train/\($0)"] ?? [] }
      #expect(pixels == expected)
    }
  }

  @Test(
    arguments: [
      (
        "h5py.File(path + '.h5', 'w').update({'x/y': numpy.ones((3, 4), 'f4'), 'labels': numpy.arange(7)})",
        "h5",
        ["labels [7] of 64-bit integers", "x/y [3, 4] of 32-bit floats", "SPLIT/CLASS/images"]
      ),
      ("h5py.File(path + '.h5', 'w').create_group('a')", "h5", ["no arrays"]),
      (
        """
        file = h5py.File(path + '.h5', 'w'); file.create_group('a'); file['a/b'] = h5py.SoftLink('/')
        file['a/x'] = 1.0
        """, "h5", ["a/x [] of 64-bit floats"]
      ),
      ("open(path + '.h5', 'wb').write(b'SIMPLE  =   T')", "h5", ["is no HDF5 file, but a FITS file"]),
      ("numpy.save(path + '.npy', numpy.ones(3))", "npy", ["is a NumPy array (.npy)", "must be a folder"]),
      (
        "fits.PrimaryHDU(numpy.ones((3, 3))).writeto(path + '.fits')", "fits",
        ["is a FITS file", "must be a folder"]
      ),
      (
        "scipy.io.savemat(path + '.mat', {'images': numpy.ones((4, 5, 6)), 'y': numpy.ones(3)})", "mat",
        ["images [4, 5, 6]", "y [1, 3]", "CLASS_SPLIT (height, width, count)"]
      ),
      ("open(path + '.mat', 'wb').write(b'x' * 1000)", "mat", ["is no MATLAB file"]),
      (
        "numpy.savez(path + '.npz', images=numpy.ones((9, 4, 4)), labels=numpy.arange(9))", "npz",
        ["has in labels no images of a class", "images [9, 4, 4], labels [9]", "CLASS_SPLIT"]
      ),
      (
        "numpy.savez(path + '.npz', a=numpy.ones((2, 6, 6, 3)))", "npz",
        ["a [2, 6, 6, 3]", "(count, bands, height, width)"]
      ),
      ("numpy.savez(path + '.npz')", "npz", ["holds nothing"]),
      (
        "numpy.savez(path + '.npz', a=numpy.ones((2, 3, 4)), b=numpy.ones((2, 3, 5)))", "npz",
        ["different sizes", "b [2, 3, 5]"]
      ),
      (
        "os.makedirs(path + '/x'); open(path + '/readme.txt', 'w')", "",
        ["holds readme.txt, x, but no images"]
      ),
      ("os.makedirs(path); open(path + '/._a.npy', 'w')", "", ["holds nothing, but no images"]),
      (
        "os.makedirs(path); numpy.save(path + '/a.npy', numpy.ones((2, 3)))", "",
        ["a.npy has the shape [2, 3], must be (count, height, width)"]
      ),
      (
        "os.makedirs(path); fits.HDUList([fits.PrimaryHDU(numpy.ones((2, 3, 3))), fits.ImageHDU(numpy.ones((3, 3)), name='DQ')])"
          + ".writeto(path + '/a.fits')", "", ["holds 2 images", "1 DQ (3 x 3)"]
      ),
    ] as [(String, String, [String])])
  func `files of others say what they hold`(program: String, ending: String, words: [String]) throws {
    try withScratchFolder { folder in
      let path = "\(folder)/other"
      _ = try python("import os, h5py, scipy.io\npath = sys.argv[1]\n\(program)", path)
      let source = path + (ending.isEmpty ? "" : ".\(ending)")
      let result = try lensing("convert", source, "--to", "npz", "--output", "\(folder)/out.npz")
      #expect(result.status == 3)
      for word in words {
        #expect(
          result.errors.replacingOccurrences(of: ": has", with: " has").contains(word), "\(result.errors)")
      }
      #expect(!fileExists("\(folder)/out.npz"))
    }
  }

  @Test func `arrays of others may have bands`() throws {
    try withScratchFolder { folder in
      _ = try python(
        "numpy.savez(sys.argv[1], lens_test=numpy.arange(120.0).reshape(2, 3, 4, 5))", "\(folder)/other.npz")
      let reader = try CollectionFormat.npz.reader("\(folder)/other.npz")
      #expect(
        reader.description.bands == 3 && reader.description.height == 4 && reader.description.width == 5)
      let found = try Contents(reader)
      #expect(found.pixels["lens_test/1"] == (60..<120).map { Float($0) })
    }
  }

  @Test func `a file that a tree's table names twice is refused`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      try Conversion("\(folder)/set", to: "\(folder)/tree", .npyFiles, ConversionOptions()).run()
      let path = "\(folder)/tree/samples.csv"
      let text = try readText(path)
      try writeFileAtomically(
        Array(text.replacingOccurrences(of: "train/vortex/000001.npy", with: "train/vortex/000000.npy").utf8),
        to: path)
      reason("train/vortex/000000.npy' is there twice") { try Contents("\(folder)/tree") }
    }
  }

  @Test func `folders of FITS files are read whatever their endings`() throws {
    try withScratchFolder { folder in
      _ = try python(
        """
        import os
        images = numpy.arange(24, dtype='>i2').reshape(2, 3, 4)
        os.makedirs(sys.argv[1] + '/cubes'); os.makedirs(sys.argv[1] + '/tree/lens')
        fits.PrimaryHDU(images).writeto(sys.argv[1] + '/cubes/a_train.fits.gz')
        fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(images)]).writeto(sys.argv[1] + '/cubes/b.fits')
        fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(images)]).writeto(sys.argv[1] + '/cubes/c_val.FIT')
        for row, ending in enumerate(['fits', 'fits.gz']):
            fits.PrimaryHDU(images[row]).writeto(f'{sys.argv[1]}/tree/lens/{row}.{ending}')
        """, folder)
      let expected = (12..<24).map { Float($0) }
      let cubes = try Contents("\(folder)/cubes").pixels
      for name in ["a_train", "b_train", "c_validation"] {
        #expect(cubes["\(name)/1"] == expected, "\(name)")
      }
      #expect(try Contents("\(folder)/tree").pixels["lens_train/1"] == expected)
    }
  }
}

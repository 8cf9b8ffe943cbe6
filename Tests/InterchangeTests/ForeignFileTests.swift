import FileFormats
import Foundation
import Interchange
import LensTestSupport
import Testing

/// What others write is read, and others read what is written here.
struct ForeignFileTests {
  @Test func `DeepLense's three shapes of files are read`() throws {
    try withScratchFolder { folder in
      _ = try python(
        """
        import os, pickle
        random = numpy.random.default_rng(3)
        for split in ('train', 'val'):
            for label in ('no', 'axion'):
                for shape in ('plain', 'object', 'flat'):
                    os.makedirs(f'{sys.argv[1]}/{shape}/{split}/{label}')
                    for number in range(3):
                        image = random.normal(size=(5, 5)).astype('f4' if number else 'f8')
                        mass = [float(number), numpy.float64(number), numpy.float32(number)][number]
                        path = f'{sys.argv[1]}/{shape}/{split}/{label}/{number}.npy'
                        if shape == 'plain': numpy.save(path, image if number else image[None])
                        elif shape == 'flat': numpy.save(path, numpy.append(image.astype('f8').ravel(), number))
                        else:
                            pair = numpy.empty(2, dtype=object)
                            pair[0], pair[1] = image, mass
                            numpy.save(path, pair)
                        numpy.save(os.path.dirname(path) + f'/.{number}.npy', image.astype('f4'))
        """, folder)
      for (shape, hasNumber) in [("plain", false), ("object", true), ("flat", true)] {
        let reader = try CollectionFormat(detecting: "\(folder)/\(shape)").reader("\(folder)/\(shape)")
        #expect(
          reader.description.groups.map(\.name) == [
            "axion_train", "no_train", "axion_validation", "no_validation",
          ])
        #expect(reader.description.columns.isEmpty != hasNumber)
        var count = 0
        try reader.forEach { item in
          let group = reader.description.groups[item.group]
          let split = group.split == "train" ? "train" : "val"
          let expected = try readNpy("\(folder)/\(shape)/\(split)/\(group.label)/.\(item.row).npy")
          #expect(item.pixels.map { Double($0) } == expected.values)
          #expect(item.numbers == (hasNumber ? [Double(item.row)] : []))
          count += 1
        }
        #expect(count == 12)
      }
    }
  }

  @Test(arguments: [
    "image = [1.0, 2.0]", "image = {'a': 1}", "image = numpy.array(['x'])",
    "image = numpy.ones((2, 3), 'f16')",
    "image = numpy.ones(3, 'c16')", "image = Evil()",
    "image = numpy.array([None, Evil()], dtype=object)", "image = b'bytes'", "image = print",
  ])
  func `other objects are refused and never executed`(_ program: String) throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.npy"
      _ = try python(
        """
        import os
        class Evil:
            def __reduce__(self): return (os.system, ('touch ' + sys.argv[1] + '.executed',))
        \(program)
        pair = numpy.empty(2, dtype=object)
        pair[0], pair[1] = image, 1.0
        numpy.save(sys.argv[1], pair)
        """, path)
      reason() { try readImageFile(path) }
      #expect(!fileExists(path + ".executed"))
    }
  }

  /// Python's own integers and truths, NumPy's scalars, and arrays of one number.
  @Test func `a mass may be any kind of number`() throws {
    try withScratchFolder { folder in
      let found = try python(
        """
        random = numpy.random.default_rng(7)
        numbers = [3, True, False, -1, 0, numpy.array(0.8), numpy.array([0.8]), numpy.array([[7]]), numpy.bool_(True), 1e300]
        numbers += [sign * 2**power + step for power in range(63) for step in (-1, 0) for sign in (-1, 1)]
        numbers += [int(random.integers(-2**62, 2**62)) >> int(random.integers(62)) for _ in range(100)]
        numbers += [kind(value) for kind in (numpy.int8, numpy.int64, numpy.uint64, numpy.float16) for value in (0, 5, 127)]
        for row, number in enumerate(numbers):
            pair = numpy.empty(2, dtype=object)
            pair[0], pair[1] = numpy.ones((2, 3)), number
            assert type(pair[1]) is type(number)
            numpy.save(f'{sys.argv[1]}/{row}.npy', pair)
            print(repr(float(number)))
        """, folder)
      for (row, text) in found.split(separator: "\n").enumerated() {
        let image = try readImageFile("\(folder)/\(row).npy")
        #expect(image.number == Double(text) && image.width == 3, "\(row): \(text)")
      }
    }
  }

  @Test(arguments: [
    ("None", "something else"), ("'3'", "something else"), ("numpy.ones(2)", "no single number"),
    ("numpy.ones(0)", "no single number"), ("2**70", "an integer of 9 bytes"),
    ("1j", "would call builtins.complex"),
  ])
  func `a mass that is no single number is refused`(mass: String, words: String) throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.npy"
      _ = try python(
        "pair = numpy.empty(2, dtype=object); pair[0], pair[1] = numpy.ones((2, 3)), \(mass); numpy.save('\(path)', pair)"
      )
      reason(words) { try readImageFile(path) }
    }
  }

  @Test func `arrays of others are read by their names`() throws {
    try withScratchFolder { folder in
      _ = try python(
        """
        import os
        os.makedirs(sys.argv[1] + '/arrays')
        images = numpy.arange(240, dtype='f4').reshape(10, 1, 4, 6)
        numpy.save(sys.argv[1] + '/arrays/vortex_val.npy', images)
        numpy.save(sys.argv[1] + '/arrays/no_sub.npy', images[:, 0])
        numpy.save(sys.argv[1] + '/arrays/batched_test.npy', images.reshape(5, 2, 1, 4, 6))
        numpy.savez(sys.argv[1] + '/a.npz', vortex_val=images, no_sub=images[:, 0].astype('f8'))
        numpy.savez_compressed(sys.argv[1] + '/b.npz', vortex_val=images, no_sub=images[:, 0])
        """, folder)
      let arrays = try Contents("\(folder)/arrays")
      #expect(
        arrays.order.count == 30 && arrays.pixels["vortex_validation/9"] == (216..<240).map { Float($0) })
      #expect(arrays.pixels["batched_test/9"] == arrays.pixels["no_sub_train/9"])
      for name in ["a", "b"] {
        let file = try Contents("\(folder)/\(name).npz")
        #expect(file.order.count == 20 && file.pixels["no_sub_train/3"] == (72..<96).map { Float($0) })
      }
    }
  }

  @Test func `Python reads every format`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      for format in CollectionFormat.writable {
        try Conversion("\(folder)/set", to: format.path(in: folder), format, format.testOptions).run()
      }
      let program = """
        import csv, glob, io, json, os, tarfile, h5py
        from PIL import Image
        folder = sys.argv[1]
        groups = json.load(open(folder + '/npy/dataset.json'))['groups']
        rows = list(csv.DictReader(open(folder + '/set/samples.csv')))
        npz = numpy.load(folder + '/images.npz')
        h5, mat = h5py.File(folder + '/images.h5'), h5py.File(folder + '/images.mat')
        assert h5.attrs['seed'] in ('1', b'1') and json.loads(h5['dataset.json'][()])['width'] == 24
        for group in groups:
            name, tree = group['label'] + '_' + group['split'], group['split'] + '/' + group['label']
            images = numpy.load(f'{folder}/set/{name}.npy')
            mine = [r for r in rows if (r['class'], r['split']) == (group['label'], group['split'])]
            times = numpy.array([float(r['exposure_time']) for r in mine])
            assert images.shape == (group['count'], 1, 20, 24)
            assert (numpy.load(f'{folder}/npy/{name}.npy') == images).all()
            assert (numpy.load(f'{folder}/batches/{name}.npy') == images[:, None]).all()
            assert (npz[name] == images).all() and (h5[tree + '/images'][:] == images).all()
            assert h5[tree + '/images'].compression == 'gzip' and (h5[tree + '/exposure_time'][:] == times).all()
            # MATLAB's axes come reversed through HDF5: M(row, column, k).
            assert (mat[name][:].reshape(-1, 24, 20).transpose(0, 2, 1) == images[:, 0]).all()
            with fits.open(f'{folder}/fits/{name}.fits', checksum=True) as file:
                file.verify('exception')
                assert all('CHECKSUM' in unit.header and 'DATASUM' in unit.header for unit in file)
                assert all(unit.verify_checksum() == 1 and unit.verify_datasum() == 1 for unit in file)
                assert (file[0].data == images[:, 0]).all() and (file[1].data['exposure_time'] == times).all()
            for row in range(group['count']):
                path = f'{tree}/{row:06d}'
                assert (numpy.load(f'{folder}/npy-files/{path}.npy') == images[row]).all()
                with fits.open(f'{folder}/fits-files/{path}.fits', checksum=True) as file:
                    assert (file[0].data[0] == images[row, 0]).all()
                low, high = images[row].min(), images[row].max()
                for levels, kind in ((255, 'png8'), (65535, 'png16')):
                    picture = numpy.asarray(Image.open(f'{folder}/{kind}/{path}.png')).astype(float)
                    expected = (images[row, 0, ::-1].astype(float) - low) / (float(high) - low) * levels
                    assert abs(picture - expected).max() < 0.51, (kind, abs(picture - expected).max())
        samples = 0
        for shard in sorted(glob.glob(folder + '/webdataset/*.tar')):
            with tarfile.open(shard) as tar:
                content = {m.name: tar.extractfile(m).read() for m in tar}
            for key in sorted({n.split('.')[0] for n in content}):
                about = json.loads(content[key + '.json'])
                row = rows[int(about['index'])]
                image = numpy.load(io.BytesIO(content[key + '.npy']))
                stored = numpy.load(f"{folder}/set/{row['class']}_{row['split']}.npy")[int(row['row']), 0]
                assert (image == stored).all() and about['class'] == row['class']
                assert content[key + '.cls'] == str(['no_sub', 'vortex', 'spherical'].index(row['class'])).encode()
                samples += 1
        print(samples)
        """
      #expect(try python(program, folder) == "30")
    }
  }

  @Test func `numbers are found wherever they stand in the archive`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      try Conversion("\(folder)/set", to: "\(folder)/a.npz", .npz, ConversionOptions()).run()
      _ = try python(
        """
        import zipfile
        with zipfile.ZipFile(sys.argv[1] + '/a.npz') as source, zipfile.ZipFile(sys.argv[1] + '/b.npz', 'w') as target:
            for name in sorted(source.namelist(), reverse=True): target.writestr(name, source.read(name))
        """, folder)
      let (a, b) = (try Contents("\(folder)/a.npz"), try Contents("\(folder)/b.npz"))
      #expect(a.pixels == b.pixels && a.numbers == b.numbers)
    }
  }

  @Test func `no class of a tree is passed over`() throws {
    try withScratchFolder { folder in
      let image = "import os\nnumpy.save(sys.argv[1], numpy.ones((2, 2), 'f4'))"
      for name in ["a b", "c", "d/.ipynb_checkpoints", "d"] { try createFolder("\(folder)/\(name)") }
      for name in ["a b", "c", "d"] { _ = try python(image, "\(folder)/\(name)/0.npy") }
      reason("'a b' is no name") { try readTree(folder) }
      try FileManager.default.removeItem(atPath: "\(folder)/a b")
      #expect(try Contents(folder).order == ["c_train/0", "d_train/0"])
      try createFolder("\(folder)/d/sub")
      reason("holds images and folders") { try readTree(folder) }
    }
  }

  private func readTree(_ folder: String) throws -> CollectionDescription {
    try CollectionFormat.npyFiles.reader(folder).description
  }
}

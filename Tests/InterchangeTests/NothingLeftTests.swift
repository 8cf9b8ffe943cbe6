import FileFormats
import Foundation
import Interchange
import LensTestSupport
import Testing

/// Nothing that may be data is passed over: it is read, or the conversion ends with its name.
struct NothingLeftTests {
  // MARK: Files

  /// What would be left out of each folder, and how the error names it.
  @Test(arguments: [
    ("save('train/a/0.npy'); save('b/0.npy'); save('stray.npy', 3)", "train/a/0.npy"),
    ("save('train/a/0.npy'); picture('stray.png')", "stray.png"),
    ("save('a.npy', 3); fits.writeto(path + '/b.fits', image)", "b.fits"),
    ("save('a.npy', 3); numpy.savez(path + '/b.npz', c=image)", "b.npz"),
    ("save('a.npy', 3); h5py.File(path + '/b.h5', 'w')['c'] = image", "b.h5"),
    ("save('a.npy', 3); open(path + '/b.tar', 'w')", "no dataset.json"),
    ("save('a.npy', 3); open(path + '/b.NPY.gz', 'w')", "b.NPY.gz"),
    ("save('a.npy', 3); open(path + '/b.csv', 'w').write('m\\n1\\n')", "b.csv"),
    ("save('a.npy', 3); open(path + '/a_train.csv', 'w').write('m\\n1\\n2\\n3\\n')", "a_train.csv"),
    ("save('a.npy', 3); save('more/b.npy', 3)", "more/b.npy"),
    ("fits.writeto(path + '/a.fits', image); picture('b.png')", "b.png"),
    ("fits.writeto(path + '/a.fits', image); save('x/y/z/b.npy')", "x/y/z/b.npy"),
    ("save('a/0.npy'); picture('a/2.jpg')", "2.jpg"),
    ("save('train/a/0.npy'); picture('train/a/2.JPEG')", "2.JPEG"),
    ("save('train/a/0.npy'); picture('train/a/2.tif')", "2.tif"),
    ("save('train/a/0.npy'); save('train/b/0.npy'); save('train/b/deeper/1.npy')", "deeper/1.npy"),
    ("save('train/a/0.npy'); save('train/b/deeper.npy/1.npy')", "deeper.npy/1.npy"),
    ("save('train/a/0.npy'); save('test/b/far/down/1.npy')", "far/down/1.npy"),
    ("save('train/a/0.npy'); save('train/1.npy')", "holds images and folders"),
    ("save('a/0.npy'); numpy.savez(path + '/a/1.npz', image)", "1.npz"),
    ("save('a/0.npy'); open(path + '/a/labels.csv', 'w').write('m\\n1\\n')", "labels.csv"),
    ("save('a/0.npy'); open(path + '/labels.csv', 'w').write('m\\n1\\n')", "labels.csv"),
    ("save('a/0.npy'); open(path + '/samples.csv', 'w').write('name,m\\n0,1\\n')", "must be 'file'"),
    ("save('a/0.npy'); os.makedirs(path + '/b/c/d'); os.symlink(path + '/b', path + '/b/c/d/e')", "d/e"),
  ])
  func `a file that would be left out is named`(program: String, words: String) throws {
    try withScratchFolder { folder in
      try make(program, "\(folder)/in")
      let result = try lensing(
        "convert", "\(folder)/in", "--to", "npy", "--output", "\(folder)/out", "--quiet")
      #expect(result.status == 3 && result.errors.contains(words), "\(result)")
      #expect(try listFolder(folder) == ["in"])
    }
  }

  @Test(arguments: [
    ("save('a_train.npy', 3); save('b_test.NPY', 3)", 6),
    ("save('a/0.NPY'); save('a/1.npy'); picture('a/2.PNG')", 3),
    ("save('a.Npy', 3)", 3),
    ("fits.writeto(path + '/a.FITS', image)", 3),
  ])
  func `endings may be written in capitals`(program: String, count: Int) throws {
    try withScratchFolder { folder in
      try make(program, "\(folder)/in")
      #expect(try Contents("\(folder)/in").order.count == count)
    }
  }

  /// In folders of all kinds, with and without a description: a file at any place and of any name changes nothing, or is
  /// named; data never do the first.
  @Test func `a file put anywhere is named or clearly no data`() throws {
    let data = [
      "9.jpg", "b.npz", "x.h5", "y.tar.gz", "z.tsv", "labels.json", "w.parquet", "v.gif", "images", "u.bmp",
    ]
    let others = [
      "README", "readme.md", "notes.txt", ".hidden.npy", "._0.npy", "__MACOSX/0.npy", ".git/0.npy", "LICENSE",
      "Thumbs.db",
      "plots.py", "preview.PNG", "report.html", "more/notes.txt", "run.log",
    ]
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      for format in [CollectionFormat.npy, .fits, .npyFiles, .fitsFiles, .webdataset] {
        for isDescribed in format == .webdataset ? [true] : [true, false] {
          let path = "\(folder)/\(format.rawValue)-\(isDescribed)"
          try Conversion("\(folder)/set", to: path, format, format.testOptions).run()
          if !isDescribed { try removeFile("\(path)/dataset.json") }
          let whole = try Contents(path)
          let places =
            [path]
            + (try FileManager.default.subpathsOfDirectory(atPath: path)
              .map { "\(path)/\($0)" }.filter(isFolder))
          for (number, name) in (data + others).enumerated() {
            let isPicture = name == "preview.PNG"
            let place = isPicture ? path : places[number % places.count]
            try createFolder(FileFormats.folder(of: "\(place)/\(name)"))
            try writeFileAtomically([1, 2, 3], to: "\(place)/\(name)")
            if data.contains(name) {
              reason("\(name) would be left out") { try Contents(path) }
            } else {
              #expect(try Contents(path) == whole, "\(path): \(name)")
            }
            try removeFile("\(place)/\(name)")
          }
        }
      }
    }
  }

  @Test func `an array that an archive's description does not name is told`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      try Conversion("\(folder)/set", to: "\(folder)/a.npz", .npz, ConversionOptions()).run()
      for name in ["extra.npy", "extra_train.npy", "no_sub_train.masses.npy", "table.csv"] {
        try createFolder("\(folder)/again")
        try FileManager.default.copyItem(atPath: "\(folder)/a.npz", toPath: "\(folder)/again/a.npz")
        _ = try python(
          """
          import zipfile
          with zipfile.ZipFile(sys.argv[1], 'a') as file:
              file.writestr('README.txt', 'what this is')
              with file.open(sys.argv[2], 'w') as entry: numpy.lib.format.write_array(entry, numpy.ones((2, 1, 20, 24)))
          """, "\(folder)/again/a.npz", name)
        reason("\(name) would be left out") { try Contents("\(folder)/again/a.npz") }
        try FileManager.default.removeItem(atPath: "\(folder)/again")
      }
    }
  }

  @Test(arguments: [
    ("file['extra'] = numpy.ones(3)", "h5", "extra in / would be left out"),
    ("file['train/extra/images'] = numpy.ones(3)", "h5", "extra in train would be left out"),
    ("file['test/vortex/mass'] = numpy.ones(3)", "h5", "mass in test/vortex would be left out"),
    (
      "file['extra'] = numpy.ones((2, 3)); file['extra'].attrs['MATLAB_class'] = numpy.bytes_('double')",
      "mat",
      "extra would be left out"
    ),
  ])
  func `an array that HDF5's or MATLAB's description does not name is told`(
    program: String, ending: String, words: String
  ) throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      let (path, format) = ("\(folder)/a.\(ending)", ending == "mat" ? CollectionFormat.mat : .hdf5)
      try Conversion("\(folder)/set", to: path, format, ConversionOptions()).run()
      _ = try Contents(path)
      _ = try python("import h5py\nwith h5py.File(sys.argv[1], 'a') as file: \(program)", path)
      reason(words) { try Contents(path) }
    }
  }

  private func make(_ program: String, _ path: String) throws {
    _ = try python(
      """
      import os, h5py
      from PIL import Image
      path = sys.argv[1]
      image = numpy.arange(60, dtype='f4').reshape(3, 4, 5)
      os.makedirs(path)
      def at(name):
          os.makedirs(os.path.dirname(f'{path}/{name}'), exist_ok=True)
          return f'{path}/{name}'
      def save(name, count=None):
          with open(at(name), 'wb') as file: numpy.save(file, image if count else image[0])
      def picture(name): Image.fromarray(image[0].astype('u1')).save(at(name))
      \(program)
      """, path)
  }

  // MARK: Numbers

  /// Every file on its own is plain, an object array with or without a mass, or flat with a label behind the pixels.
  @Test(arguments: 0..<6)
  func `numbers of some images of a tree are kept, whichever they are`(seed: Int) throws {
    try withScratchFolder { folder in
      let found = try python(
        """
        import os
        random = numpy.random.default_rng(int(sys.argv[2]))
        # The first case is DeepLense's own: a class without masses before one with them.
        kinds = {'a_no': ['plain'], 'b_axion': ['mass']}
        if sys.argv[2] != '0':
            kinds = {label: ['plain'] * 6 + ['mass', 'alone', 'flat'] for label in 'abc'}
        for label in kinds:
            os.makedirs(f'{sys.argv[1]}/{label}')
            for row in range(4):
                kind, image = random.choice(kinds[label]), random.normal(size=(4, 4))
                number = 'nan'
                if kind == 'plain': array = image
                elif kind == 'flat':
                    array, number = numpy.append(image.ravel(), row), float(row)
                else:
                    array = numpy.empty(2 if kind == 'mass' else 1, dtype=object)
                    array[0] = image
                    if kind == 'mass': array[1] = number = 0.5 + row
                numpy.save(f'{sys.argv[1]}/{label}/{row}.npy', array)
                print(f'{label}_train/{row}', number, kind)
        """, "\(folder)/tree", "\(seed)")
      let lines = found.split(separator: "\n").map { $0.split(separator: " ") }
      // Of an array of objects its header does not tell whether there is a number beside the image.
      let hasNumbers = lines.contains { $0[2] != "plain" }
      let contents = try Contents("\(folder)/tree")
      #expect(contents.order.count == lines.count)
      for line in lines {
        let expected = line[1] == "nan" ? 0x7FF8_0000_0000_0000 : (Double(line[1]) ?? 0).bitPattern
        #expect(contents.numbers[String(line[0])] == (hasNumbers ? [expected] : []), "\(line)")
      }
    }
  }

  /// The description may get lost; the tables beside the images say enough.
  @Test(arguments: [CollectionFormat.npy, .batches, .fits, .npyFiles, .fitsFiles, .png16])
  func `numbers are kept without the description`(format: CollectionFormat) throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      let path = format.path(in: folder)
      try Conversion("\(folder)/set", to: path, format, format.testOptions).run()
      let whole = try CollectionFormat(detecting: path).reader(path)
      let (contents, description) = (try Contents(whole), whole.description)
      try removeFile("\(path)/dataset.json")
      let reader = try CollectionFormat(detecting: path).reader(path)
      let found = try Contents(reader)
      #expect(found.pixels == contents.pixels && found.numbers == contents.numbers)
      #expect(reader.description.columns.map(\.name) == description.columns.map(\.name))
      if format == .fits {
        // FITS has no electrons: the writer names them in a comment.
        let units = description.columns.map { $0.unit.contains("electron") ? "" : $0.unit }
        #expect(reader.description.columns.map(\.unit) == units)
      }
    }
  }

  @Test func `tables may have other columns and be missing for some arrays`() throws {
    try withScratchFolder { folder in
      try make(
        """
        for name in ('a_train', 'b_val', 'c'): save(name + '.npy', 3)
        open(path + '/a_train.csv', 'w').write('mass,angle\\n1,\\n2,0.5\\n3,-1e9\\n')
        open(path + '/b_val.CSV', 'w').write('\\ufeffsize,mass\\r\\n7,4\\r\\n8,5\\r\\n9,6\\r\\n')
        """, "\(folder)/in")
      let reader = try CollectionFormat(detecting: "\(folder)/in").reader("\(folder)/in")
      #expect(reader.description.columns.map(\.name) == ["mass", "angle", "size"])
      let contents = try Contents(reader)
      let expected: [(String, [Double?])] = [
        ("a_train/0", [1, nil, nil]), ("a_train/2", [3, -1e9, nil]), ("b_validation/1", [5, nil, 8]),
        ("c_train/0", [nil, nil, nil]),
      ]
      for (key, numbers) in expected {
        let bits: [UInt64] = numbers.map { $0?.bitPattern ?? 0x7FF8_0000_0000_0000 }
        #expect(contents.numbers[key] == bits, "\(key)")
      }
    }
  }

  @Test(arguments: [
    ("csv('m\\n1\\n2\\n')", "has fewer rows"), ("csv('m\\n1\\n2\\n3\\n4\\n')", "has more rows"),
    ("csv('m,m\\n1,1\\n2,2\\n3,3\\n')", "same name"), ("csv('kind\\nx\\n2\\n3\\n')", "'x' is no number"),
    ("csv('0.5\\n1\\n2\\n3\\n')", "no name of a class, split or column"), ("csv('')", "is empty"),
    ("table(m=[1, 2])", "has fewer rows"), ("table(m=[1, 2, 3, 4])", "has more rows"),
    ("table(m=['a', 'b', 'c'])", "holds no single numbers"),
    ("table(m=numpy.ones((3, 2)))", "holds no single numbers"),
    ("table(m=[1, 2, 3]); table(m=[1, 2, 3])", "has 2 tables"),
  ])
  func `a table that does not fit is refused`(program: String, words: String) throws {
    try withScratchFolder { folder in
      try make(
        """
        def csv(text):
            save('a.npy', 3)
            open(path + '/a.csv', 'w').write(text)
        def table(**columns):
            if not os.path.exists(path + '/a.fits'): fits.writeto(path + '/a.fits', image)
            fits.append(path + '/a.fits', fits.table_to_hdu(Table(columns)).data)
        \(program)
        """, "\(folder)/in")
      reason(words) { try Contents("\(folder)/in") }
    }
  }
}

import FileFormats
import Foundation
import Interchange
import LensCore
import LensTestSupport
import Testing

/// Broken and hostile files end in a typed error or in images, never in a crash.
///
/// `LENSING_FUZZ=1000000 make test ONLY=HostileInputTests` is the long tier: so many inputs per reader.
@Suite(.serialized) struct HostileInputTests {
  private static let inputs = Int(ProcessInfo.processInfo.environment["LENSING_FUZZ"] ?? "") ?? 10_000

  @Test(arguments: [
    "array.npy", "object.npy", "images.npz", "shard.tar", "cube.fits", "image.png", "table.csv",
  ])
  func `mutated files`(name: String) throws {
    try withScratchFolder { folder in
      let original = try makeOriginal(name, folder)
      let stream = RandomKey(seed: 5, sample: 0).stream(name)
      var refused = 0
      for number in 0..<Self.inputs {
        var random = Mutation(stream: stream, number: number)
        try writeFile(random.mutated(original), to: "\(folder)/\(name)")
        do {
          try read(name, folder)
        } catch is FileError {
          refused += 1
        }
      }
      #expect(refused > Self.inputs / 20, "\(refused) of \(Self.inputs) were refused")
    }
  }

  /// Other libraries parse these two; a crash of theirs would end the tests, so that each batch has a process of its own.
  @Test(arguments: ["images.h5", "images.mat"])
  func `mutated files of HDF5 and MATLAB`(name: String) throws {
    try withScratchFolder { folder in
      let original = try makeOriginal(name, folder)
      let stream = RandomKey(seed: 5, sample: 0).stream(name)
      var refused = 0
      // A process per input is what costs here.
      let inputs = max(100, Self.inputs / 50)
      for number in 0..<inputs {
        var random = Mutation(stream: stream, number: number)
        try writeFile(random.mutated(original), to: "\(folder)/\(name)")
        let result = try lensing(
          "convert", "\(folder)/\(name)", "--to", "npz", "--output", "\(folder)/out.npz", "--overwrite",
          "--quiet")
        #expect(
          result.status == 0 || result.status == 3,
          "input \(number): \(result.status) \(result.errors.prefix(200))")
        #expect(!result.errors.contains("HDF5-DIAG"))
        refused += result.status == 3 ? 1 : 0
      }
      #expect(refused > inputs / 20)
    }
  }

  @Test func `a pickle that nests or repeats itself without end is refused`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.npy"
      _ = try python(
        """
        pair = numpy.empty(2, dtype=object)
        pair[0], pair[1] = numpy.ones(3), 1.0
        numpy.save(sys.argv[1], pair)
        data = open(sys.argv[1], 'rb').read()
        start = data.index(b'\\x80')
        open(sys.argv[1], 'wb').write(data[:start] + b')' + b'\\x85' * 3000000 + b'.')
        """, path)
      reason("instructions") { try readImageFile(path) }
    }
  }

  @Test func `sizes that a file cannot hold are refused before memory or disk is taken`() throws {
    try withScratchFolder { folder in
      _ = try python(
        """
        import zipfile
        header = numpy.lib.format.header_data_from_array_1_0(numpy.ones((1, 1, 2, 2), '<f8'))
        with zipfile.ZipFile(sys.argv[1] + '/a.npz', 'w') as file:
            with file.open('x.npy', 'w') as entry:
                numpy.lib.format.write_array_header_1_0(entry, header | {'shape': (9, 1, 8192, 8192)})
        """, folder)
      // What one image of such a size takes is more than the process may have.
      let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
        path: "lensing"
      ).path
      let result = try runProcess(
        "/bin/sh",
        [
          "-c",
          "ulimit -v 1500000; exec \(program) convert \(folder)/a.npz --to npy --output \(folder)/out --quiet",
        ])
      #expect(result.status == 3 && result.errors.contains("file of this size"), "\(result)")
      #expect(try listFolder(folder) == ["a.npz"])
    }
  }

  /// HDF5 1.10 dies of this file, which has a few bytes of a good one changed.
  @Test func `a library that dies is an error like any other`() throws {
    let file = repositoryRoot.appending(path: "Tests/InterchangeTests/Data/crashes-hdf5-1.10.h5").path
    try withScratchFolder { folder in
      let result = try lensing("convert", file, "--to", "npz", "--output", "\(folder)/out.npz")
      #expect(result.status == 3 && result.errors.contains("died of it"), "\(result)")
      #expect(try listFolder(folder).isEmpty)
    }
  }

  @Test(arguments: ["../../etc/passwd", "/etc/passwd", "a/../../b.npy"])
  func `names in archives never lead out of them`(name: String) throws {
    try withScratchFolder { folder in
      _ = try python(
        """
        import tarfile, io
        with tarfile.open(sys.argv[1], 'w') as tar:
            member = tarfile.TarInfo(sys.argv[2])
            member.size = 4
            tar.addfile(member, io.BytesIO(b'evil'))
        """, "\(folder)/a.tar", name)
      reason("leads out") { try ArchiveReader("\(folder)/a.tar").next() as Any }
    }
  }

  // MARK: Inputs

  private func makeOriginal(_ name: String, _ folder: String) throws -> [UInt8] {
    let path = "\(folder)/\(name)"
    switch name {
    case "array.npy": return npyBytes((0..<60).map { Float($0) }, shape: [3, 1, 4, 5])
    case "table.csv": return Array("file,mass\n\"a,b\",1.5\nc,2\n".utf8)
    case "image.png": try writeGrayPNG(width: 5, height: 4, (0..<20).map { UInt8($0) }, to: path)
    case "object.npy":
      _ = try python(
        """
        pair = numpy.empty(2, dtype=object)
        pair[0], pair[1] = numpy.ones((4, 5)), 3.5
        numpy.save(sys.argv[1], pair)
        """, path)
    default: try makeCollection(name, folder)
    }
    return try readFile(path)
  }

  private func makeCollection(_ name: String, _ folder: String) throws {
    let writer = try NpyWriter(creating: "\(folder)/in_train.npy", shape: [3, 1, 4, 5])
    for k in 0..<3 { try writer.write((0..<20).map { Float($0 + k) }, at: k) }
    try writer.close()
    let formats: [String: CollectionFormat] = [
      "images.npz": .npz, "images.h5": .hdf5, "images.mat": .mat, "shard.tar": .webdataset,
      "cube.fits": .fits,
    ]
    guard let format = formats[name] else { return }
    let target = format.isFile ? "\(folder)/\(name)" : "\(folder)/made"
    try Conversion(folder, to: target, format, ConversionOptions()).run(from: .npy)
    if name == "shard.tar" { try moveFile("\(target)/train-000000.tar", to: "\(target)/../shard.tar") }
    if name == "cube.fits" { try moveFile("\(target)/in_train.fits", to: "\(target)/../cube.fits") }
  }

  private func read(_ name: String, _ folder: String) throws {
    let path = "\(folder)/\(name)"
    switch name {
    case "array.npy": _ = try NpySliceReader(path).read(at: 0)
    case "object.npy", "image.png": _ = try readImageFile(path)
    case "images.npz": try NpzReader(path).forEach { _ in }
    case "cube.fits":
      let cube = try FITSImageCubeReader(path)
      for k in 0..<min(cube.count, 4) { _ = try cube.read(at: k) }
    case "shard.tar":
      let archive = try ArchiveReader(path)
      while let entry = try archive.next() {
        if entry.hasSuffix(".npy") {
          _ = try NpyStream(path: path, read: archive.read).next(20)
        } else {
          _ = try archive.readAll(limit: 1 << 20)
        }
      }
    default:
      let table = try CSVTableReader(path)
      while try table.next() != nil {}
    }
  }
}

/// One way to break a file.
private struct Mutation {
  let stream: RandomStream
  let number: Int
  private var drawn: UInt32 = 0

  init(stream: RandomStream, number: Int) { (self.stream, self.number) = (stream, number) }

  private mutating func random(_ bound: Int) -> Int {
    drawn += 1
    return Int(stream.uniform(UInt32(number * 64) &+ drawn) * Double(max(1, bound)))
  }

  mutating func mutated(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0..<(1 + random(3)) where !bytes.isEmpty {
      let place = random(bytes.count)
      switch random(6) {
      case 0: bytes = Array(bytes.prefix(place))
      case 1: bytes[place] ^= 1 << UInt8(random(8))
      case 2: bytes[place] = UInt8(random(256))
      // Sizes that are huge or negative.
      case 3:
        for k in place..<min(bytes.count, place + [1, 2, 4, 8][random(4)]) {
          bytes[k] = random(2) == 0 ? 0xFF : 0x7F
        }
      case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random(40)))
      // Words of another array's header, in the same place.
      default:
        let words = ["<f8", ">f4", "|O", "True", "-1", "99999999999", "../", "(0,)"]
        let word = Array(words[random(words.count)].utf8)
        bytes.replaceSubrange(place..<min(bytes.count, place + word.count), with: word)
      }
    }
    return bytes
  }
}

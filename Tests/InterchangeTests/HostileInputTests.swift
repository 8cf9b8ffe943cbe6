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
    let outcome = try readMutations(of: name)
    #expect(outcome.deaths.isEmpty, "\(outcome.deaths)")
    #expect(outcome.refused > Self.inputs / 20, "\(outcome.refused) of \(Self.inputs) were refused")
  }

  /// Other libraries parse these two, and may die: `lensing convert` reads them in a process of its own. That neither Swift
  /// nor the clock ends the process is asked of them too, and that the limit on addresses is borne.
  @Test(arguments: ["images.h5", "images.mat"])
  func `mutated files of HDF5 and MATLAB`(name: String) throws {
    let outcome = try readMutations(of: name)
    let crashes = [SIGSEGV, SIGABRT, SIGFPE, SIGBUS]
    let others = outcome.deaths.filter { !crashes.contains($0.status) }
    #expect(others.isEmpty, "\(others)")
    #expect(outcome.deaths.count < Self.inputs / 100, "\(outcome.deaths)")
    #expect(outcome.refused > Self.inputs / 20, "\(outcome.refused) of \(Self.inputs) were refused")
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
      let program = builtProgram("lensing").path
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

  /// The process that reads is ended by the signal of a library that dies, as soon as it is there. The file is large, so that
  /// it is met while it reads.
  @Test func `a library that dies is an error like any other`() throws {
    let script = """
      import glob, h5py, os, signal, subprocess
      def killed_while_reading(command):
          run = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
          while run.poll() is None:
              try: readers = [int(word) for path in glob.glob(f"/proc/{run.pid}/task/*/children") for word in open(path).read().split()]
              except OSError: continue
              if readers:
                  os.kill(readers[0], signal.SIGSEGV)
                  return run.communicate()[1], run.returncode
      h5py.File(sys.argv[2], "w")["x"] = numpy.ones((200, 1, 256, 256))
      command = [sys.argv[1], "convert", sys.argv[2], "--to", "npz", "--output", sys.argv[3], "--quiet"]
      errors, status = next(filter(None, (killed_while_reading(command) for attempt in range(20))))
      assert status == 3 and "died of it" in errors, (errors, status)
      """
    try withScratchFolder { folder in
      _ = try python(script, builtProgram("lensing").path, "\(folder)/large.h5", "\(folder)/out.npz")
      #expect(try listFolder(folder) == ["large.h5"])
    }
  }

  /// HDF5 1.10 reads memory that is not its own for this file, which has a few bytes of a good one changed: it dies, or gets
  /// what the memory holds, which glibc is asked to fill with what is no number. Either is an error.
  @Test func `a library that reads beyond its memory is an error like any other`() throws {
    let file = repositoryRoot.appending(path: "Tests/InterchangeTests/Data/crashes-hdf5-1.10.h5").path
    try withScratchFolder { folder in
      let result = try runProcess(
        "/usr/bin/env",
        [
          "MALLOC_PERTURB_=255", builtProgram("lensing").path, "convert", file, "--to", "npz", "--output",
          "\(folder)/out.npz",
        ])
      #expect(result.status == 3, "\(result)")
      #expect(["died of it", "nan"].contains { result.errors.contains($0) }, "\(result)")
      #expect(try listFolder(folder).isEmpty)
    }
  }

  /// matio 1.5 reads 2^61 entries of this file, of which there are none.
  @Test func `a file in which a library reads for ever is refused`() throws {
    let file = repositoryRoot.appending(path: "Tests/InterchangeTests/Data/endless-matio-1.5.mat").path
    try withScratchFolder { folder in
      let result = try lensing("convert", file, "--to", "npz", "--output", "\(folder)/out.npz")
      #expect(result.status == 3 && result.errors.contains("claims an array"), "\(result)")
    }
  }

  /// HDF5 1.10 takes all memory that there is for this file, of which a few bytes are changed.
  @Test func `a file for which a library wants all memory is refused`() throws {
    let file = repositoryRoot.appending(path: "Tests/InterchangeTests/Data/insatiable-hdf5-1.10.mat").path
    try withScratchFolder { folder in
      let kilobytes = try python(
        """
        import subprocess, resource
        run = subprocess.run(sys.argv[1:], capture_output=True, text=True)
        assert run.returncode == 3 and sys.argv[3] in run.stderr, run
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        """, builtProgram("lensing").path, "convert", file, "--to", "npz", "--output", "\(folder)/out.npz")
      #expect(try #require(Int(kilobytes)) < 3 << 20)
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

  // MARK: Reading in another process

  private struct Death: CustomStringConvertible {
    let input: Int
    let status: Int32
    let errors: String
    var description: String { "input \(input): status \(status) \(errors.suffix(300))" }
  }

  /// Goes on after an input that ends the process.
  private func readMutations(of name: String) throws -> (refused: Int, deaths: [Death]) {
    try withScratchFolder { folder in
      try writeFile(makeOriginal(name, folder), to: "\(folder)/\(name)")
      try createFolder("\(folder)/broken")
      var (refused, next, deaths) = (0, 0, [Death]())
      while next < Self.inputs {
        let result = try runBuilt("HostileReader", ["\(folder)/\(name)", "\(next)", "\(Self.inputs)"])
        refused += result.output.count { $0 == "r" }
        next += result.output.utf8.count
        if next == Self.inputs && result.status == 0 { break }
        deaths.append(Death(input: next, status: result.status, errors: result.errors))
        // Many alike say no more than a few.
        if deaths.count > max(100, Self.inputs / 100) { break }
        next += 1
      }
      return (refused, deaths)
    }
  }
}

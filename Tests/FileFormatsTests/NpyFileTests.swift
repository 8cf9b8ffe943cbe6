import FileFormats
import LensTestSupport
import Testing

struct NpyFileTests {
  @Test func `numpy reads what the writer wrote in any order`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/images [1]!.npy"
      let writer = try NpyWriter(creating: path, shape: [3, 2, 2])
      try writer.write([8, 9, 10, 11.5], at: 2)
      try writer.write([0, 1, 2, 3], at: 0)
      try writer.synchronize()
      try writer.close()
      let program = """
        a = numpy.load(sys.argv[1], mmap_mode='r')
        print(a.dtype.str, a.shape, a.ravel().tolist())
        """
      #expect(
        try python(program, path)
          == "<f4 (3, 2, 2) [0.0, 1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 0.0, 8.0, 9.0, 10.0, 11.5]")
      let array = try readNpy(path)
      #expect(array.shape == [3, 2, 2])
      #expect(array.values == [0, 1, 2, 3, 0, 0, 0, 0, 8, 9, 10, 11.5])
    }
  }

  @Test func `the header is the one that numpy writes`() throws {
    try withScratchFolder { folder in
      for shape in [[5], [2, 3], [0, 4]] {
        let (ours, theirs) = ("\(folder)/ours.npy", "\(folder)/theirs.npy")
        try NpyWriter(creating: ours, shape: shape).close()
        _ = try python("numpy.save(sys.argv[1], numpy.zeros(eval(sys.argv[2]), '<f4'))", theirs, "\(shape)")
        #expect(try Array(readFile(ours).prefix(64)) == Array(readFile(theirs).prefix(64)))
        #expect(try fileSize(ours) % 64 == shape.reduce(4, *) % 64)
      }
    }
  }

  @Test(arguments: [
    "numpy.arange(24, dtype='<f8').reshape(2, 3, 4)",
    "numpy.asfortranarray(numpy.arange(24, dtype='<f8').reshape(2, 3, 4))",
    "numpy.asfortranarray(numpy.arange(24, dtype='<f4').reshape(2, 3, 4))",
  ])
  func `all orders and types are read in C order`(array: String) throws {
    try withScratchFolder { folder in
      for version in ["(1, 0)", "(2, 0)"] {
        let program = """
          warnings.simplefilter('ignore')
          numpy.lib.format.write_array(open(sys.argv[1], 'wb'), \(array), \(version))
          """
        _ = try python(program, "\(folder)/a.npy")
        let read = try readNpy("\(folder)/a.npy")
        #expect(read.shape == [2, 3, 4])
        #expect(read.values == (0..<24).map(Double.init))
      }
    }
  }

  @Test func `a resumed file keeps its slices`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.npy"
      try NpyWriter(creating: path, shape: [2, 2]).write([1, 2], at: 0)
      try NpyWriter(resuming: path, shape: [2, 2]).write([3, 4], at: 1)
      #expect(try readNpy(path).values == [1, 2, 3, 4])
      reason("shape [2, 3]", "start again") { try NpyWriter(resuming: path, shape: [2, 3]) }
      reason("No such file") { try NpyWriter(resuming: path + "x", shape: [2, 2]) }
      try writeFileAtomically(readFile(path).dropLast(), to: path)
      reason("143 bytes, must be 144") { try NpyWriter(resuming: path, shape: [2, 2]) }
    }
  }

  @Test func `wrong slices and shapes are refused`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.npy"
      let writer = try NpyWriter(creating: path, shape: [2, 3])
      reason("has 2 numbers, must have 3") { try writer.write([1, 2], at: 0) }
      reason("slice 2", "holds 2") { try writer.write([1, 2, 3], at: 2) }
      reason("slice -1") { try writer.write([1, 2, 3], at: -1) }
      try writer.close()
      reason("closed") { try writer.write([1, 2, 3], at: 0) }
      reason("at least one axis") { try NpyWriter(creating: path, shape: []) }
      reason("negative") { try NpyWriter(creating: path, shape: [-1]) }
      for shape in [[Int.max], [Int.max, Int.max], [0, Int.max, Int.max], [1 << 61]] {
        reason("that large") { try NpyWriter(creating: path, shape: shape) }
      }
      reason("No such file or directory", "create its folder") {
        try NpyWriter(creating: "\(folder)/none/a.npy", shape: [1])
      }
      reason("Is a directory") { try NpyWriter(creating: folder, shape: [1]) }
    }
  }

  @Test func `a file larger than the disk is refused at once and takes no space`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.npy"
      // 8 EiB / 4: more than any file system has.
      reason("reserve") { try NpyWriter(creating: path, shape: [1 << 59]) }
      let size = try fileSize(path)
      #expect(size == 0)
    }
  }

  @Test(arguments: [
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "is truncated"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "is too long"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", "negative"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 2), }", "larger than any file"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }", "is truncated"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "too large"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2), }", "no tuple"),
    ("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }", "'False' was expected"),
    ("{'descr': '<f4', 'shape': (2,), }", "must all be given"),
    ("{'descr': '<f4', 'descr': '<f4', 'shape': (2,), }", "given twice"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } + 1", "closing brace"),
    ("{'descr': '<f4", "quoted word"), ("", "'{' was expected"),
  ])
  func `a header that does not fit the file is refused`(header: String, words: String) throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.npy"
      let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
      try writeFileAtomically(start + Array(header.utf8) + Array(repeating: 0, count: 8), to: path)
      reason(words) { try readNpy(path) }
    }
  }

  @Test func `every truncation of a file is refused`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.npy"
      try NpyWriter(creating: path, shape: [2]).close()
      let bytes = try readFile(path)
      for count in 0..<bytes.count {
        try writeFileAtomically(Array(bytes.prefix(count)), to: path)
        reason { try readNpy(path) }
      }
      let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [3, 0]
      try writeFileAtomically(start + Array(repeating: 0, count: 99), to: path)
      reason("version 3.0") { try readNpy(path) }
    }
  }

  @Test func `an empty array in Fortran order with overflowing strides is read`() throws {
    try withScratchFolder { folder in
      let header = "{'descr': '<f8', 'fortran_order': True, 'shape': (4611686018427387904, 4, 0), }"
      let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
      try writeFileAtomically(start + Array(header.utf8), to: "\(folder)/a.npy")
      #expect(try readNpy("\(folder)/a.npy").values.isEmpty)
    }
  }
}

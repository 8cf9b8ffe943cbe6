import FileFormats
import Foundation
import LensTestSupport
import Testing

/// Arrays of every type, byte order and order of axes that NumPy writes.
struct NpyTypeTests {
  /// Writes arrays of random bits as NUMBER.npy, and what they must become as raw numbers.
  private static let randomArrays = """
    random = numpy.random.default_rng(int(sys.argv[2]))
    warnings.simplefilter('ignore')
    number = 0
    for name in ['b1', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8']:
        for order in '<>':
            for layout in 'CF':
                shape = tuple(random.integers(1, 6, random.integers(1, 6)))
                kind = numpy.dtype(order + name)
                array = numpy.frombuffer(random.bytes(int(numpy.prod(shape)) * kind.itemsize), kind).reshape(shape)
                if name == 'b1': array = array.view('u1') % 2 == 1
                # Not every pattern of bits is a number, and not every double fits single precision.
                if name[0] == 'f': array = numpy.where(numpy.isfinite(array), array, 0).astype(kind)
                if name == 'f8': array = random.normal(size=shape).astype(kind)
                path = f'{sys.argv[1]}/{number}'
                numpy.save(path, numpy.array(array, order=layout))
                array.astype('<f8').tofile(path + '.doubles')
                array.astype('<f4').tofile(path + '.floats')
                print(name, order, layout, *shape)
                number += 1
    """

  @Test(arguments: [1, 2, 3])
  func `random arrays of every type and order come back`(seed: Int) throws {
    try withScratchFolder { folder in
      let lines = try python(Self.randomArrays, folder, "\(seed)").split(separator: "\n")
      #expect(lines.count == 48)
      for (number, line) in lines.enumerated() {
        let path = "\(folder)/\(number)"
        let shape = line.split(separator: " ").dropFirst(3).compactMap { Int($0) }
        let array = try readNpy(path + ".npy")
        #expect(array.shape == shape)
        #expect(array.values == (try numbers(path + ".doubles")), "\(line)")
        let reader = try NpySliceReader(path + ".npy")
        // Out of turn, as a training reads.
        let slices = try (0..<shape[0]).reversed().map { try reader.read(at: $0) }.reversed().joined()
        let floats: [Float] = try numbers(path + ".floats")
        #expect(Array(slices) == floats, "\(line)")
        guard shape.count > 1 else { continue }
        let parts = try (0..<(shape[0] * shape[1])).flatMap { try reader.read(at: $0, of: shape[1]) }
        #expect(parts == floats, "\(line) in parts")
      }
    }
  }

  private func numbers<Number>(_ path: String) throws -> [Number] {
    try readFile(path).withUnsafeBytes { bytes in
      (0..<(bytes.count / MemoryLayout<Number>.size)).map {
        bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Number>.size, as: Number.self)
      }
    }
  }

  /// More than the reader gathers at once (2^24 numbers).
  @Test func `a large array in Fortran order is read in turns`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.npy"
      let program = """
        array = (numpy.arange(40 * 700 * 700) % 251).astype('u1').reshape(40, 700, 700)
        numpy.save(sys.argv[1], numpy.asfortranarray(array))
        """
      _ = try python(program, path)
      let reader = try NpySliceReader(path)
      for index in [0, 33, 34, 39, 1] {
        let expected = (0..<490_000).map { Float((index * 490_000 + $0) % 251) }
        #expect(try reader.read(at: index) == expected)
      }
    }
  }

  /// What a message advises is done, and must then be read.
  @Test(
    arguments: [
      ("numpy.ones(3, 'c8')", "complex", "abs(array)"), ("numpy.ones(3, '>c16')", "complex", "array.real"),
      ("numpy.ones(3, 'f16')", "'<f16'", "array.astype('f8')"),
      ("numpy.array(['1', '2'])", "text", "array.astype('f8')"),
      ("numpy.array([b'1'])", "text", "array.astype('f8')"),
      ("numpy.array([{}, []], dtype=object)", "Python objects", nil),
      ("numpy.zeros(3, dtype=[('a', 'f4')])", "records", "array['a']"),
      ("numpy.zeros(3, 'M8[s]')", "times", nil), ("numpy.zeros(3, 'm8[s]')", "times", nil),
      ("numpy.zeros(3, 'V4')", "'|V4'", nil),
    ] as [(String, String, String?)])
  func `other types are refused by name, and advice is good`(array: String, word: String, advice: String?)
    throws
  {
    try withScratchFolder { folder in
      let path = "\(folder)/a.npy"
      _ = try python("numpy.save(sys.argv[1], \(array))", path)
      let words = reason(word) { try readNpy(path) }
      #expect(words == reason(word) { try NpySliceReader(path) })
      guard let advice else { return }
      #expect(words.contains(advice) || words.contains("each of their fields"))
      _ = try python(
        "array = numpy.load(sys.argv[1]); warnings.simplefilter('ignore'); numpy.save(sys.argv[1], \(advice))",
        path)
      #expect(try readNpy(path).values.count == NpySliceReader(path).shape[0])
    }
  }

  @Test func `a number beyond single precision is refused, not made infinite`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.npy"
      _ = try python("numpy.save(sys.argv[1], numpy.array([1.0, -1e300]))", path)
      #expect(try readNpy(path).values == [1, -1e300])
      let reader = try NpySliceReader(path)
      #expect(try reader.read(at: 0) == [1])
      reason("-1e+300 is beyond single precision") { try reader.read(at: 1) }
    }
  }
}

import FileFormats
import Foundation
import Learning
import LensCore
import LensTestSupport
import Tensors
import Testing

/// Files of weights: whole, broken and hostile ones.
struct SafeTensorsTests {
  private let file = SafeTensorsFile(
    entries: [
      "b.weight": .init(shape: [2, 3], values: [1, -2, 3.5, 1e-30, -0.0, 1e30]),
      "a": .init(shape: [], values: [7]),
      "empty": .init(shape: [0, 4], values: []),
    ], metadata: ["network": "test"])

  /// A file from its table of contents and its numbers.
  private func write(_ header: String, bytes count: Int, length: UInt64? = nil, to path: String) throws {
    var bytes = withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Array($0) }
    bytes += Array(header.utf8) + [UInt8](repeating: 1, count: count)
    try writeFileAtomically(bytes, to: path)
  }

  @Test func `what is written is read`() throws {
    try withScratchFolder { folder in
      try file.write(to: "\(folder)/w.safetensors")
      #expect(try SafeTensorsFile(path: "\(folder)/w.safetensors") == file)
    }
  }

  @Test(arguments: [
    ("", 0, "too few"), ("{", 0, "not JSON"), ("[]", 0, "not JSON"), ("{\"a\": 3}", 0, "no dtype"),
    ("{\"a\": {\"dtype\": \"F64\", \"shape\": [1], \"data_offsets\": [0, 8]}}", 8, "type F64"),
    ("{\"a\": {\"dtype\": \"F32\", \"shape\": [-1], \"data_offsets\": [0, 4]}}", 4, "shape [-1]"),
    ("{\"a\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [0, 4]}}", 4, "cannot fill"),
    ("{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [4, 0]}}", 8, "cannot fill"),
    ("{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 400]}}", 4, "cannot fill"),
    ("{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [4, 8]}}", 8, "a gap"),
    ("{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}", 8, "belong to no tensor"),
    (
      "{\"a\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}, "
        + "\"b\": {\"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}", 4, "overlap"
    ),
    (
      "{\"a\": {\"dtype\": \"F32\", \"shape\": [4611686018427387904, 4], \"data_offsets\": [0, 4]}}", 4,
      "larger than the file"
    ), ("{\"__metadata__\": {\"a\": 1}}", 0, "metadata"),
  ])
  func `a broken file says what is wrong`(header: String, bytes: Int, reason: String) throws {
    try withScratchFolder { folder in
      let path = "\(folder)/w.safetensors"
      if header.isEmpty {
        try writeFileAtomically([1, 2], to: path)
      } else {
        try write(header, bytes: bytes, to: path)
      }
      do {
        _ = try SafeTensorsFile(path: path)
        Issue.record("read without an error")
      } catch let error as FileError {
        #expect(error.path == path && error.reason.contains(reason), "\(error)")
      }
    }
  }

  @Test func `a length beyond the file is refused`() throws {
    try withScratchFolder { folder in
      for length in [100, UInt64(1) << 40, .max] {
        try write("{}", bytes: 0, length: length, to: "\(folder)/w")
        #expect(throws: FileError.self) { _ = try SafeTensorsFile(path: "\(folder)/w") }
      }
      #expect(throws: FileError.self) { _ = try SafeTensorsFile(path: "\(folder)/nothing") }
    }
  }

  /// Seeded changes of single bytes and cuts: each gives a file or an error, never a crash.
  @Test func `mutated files are read or refused`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/w.safetensors"
      try file.write(to: path)
      let whole = try readFile(path)
      let stream = RandomKey(seed: 2, sample: 0).stream("mutations")
      var read = 0
      for i in 0..<10_000 {
        let words = stream.block(UInt32(i))
        var bytes = whole
        bytes[Int(words[0]) % bytes.count] = UInt8(truncatingIfNeeded: words[1])
        if words[2] % 8 == 0 { bytes.removeLast(Int(words[3]) % bytes.count) }
        do {
          _ = try SafeTensorsFile(bytes: bytes)
          read += 1
        } catch is WeightsError {}
      }
      // Numbers may change, a table of contents may not.
      #expect(read > 100 && read < 9000)
    }
  }
}

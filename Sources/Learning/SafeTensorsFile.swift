import FileFormats
import Foundation
import LensCore
import Tensors

/// What is wrong with the bytes of a file of weights, or why they do not fit a network.
package struct WeightsError: Error, Equatable, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

/// Weights in the safetensors format: an 8-byte little-endian length, a JSON table of contents, the numbers.
///
/// Only 32-bit floats, which is what the networks here hold. The format allows neither code nor gaps or overlaps, so
/// files from strangers are safe to read: whatever is wrong with them is a `FileError`.
///
/// Reference: https://github.com/huggingface/safetensors, README, "Format".
package struct SafeTensorsFile: Equatable {
  package struct Entry: Equatable {
    package let shape: [Int]
    /// Row-major.
    package let values: [Float]

    package init(shape: [Int], values: [Float]) { (self.shape, self.values) = (shape, values) }
  }

  package var entries: [String: Entry]
  package var metadata: [String: String]

  /// Longest table of contents that is read, as in the reference implementation.
  private static let longestHeader = 100_000_000

  package init(entries: [String: Entry], metadata: [String: String] = [:]) {
    (self.entries, self.metadata) = (entries, metadata)
  }

  // MARK: Writing

  /// Appears under its name only when it is whole.
  package func write(to path: String) throws {
    var (header, offset) = ([String: Any](), 0)
    if !metadata.isEmpty { header["__metadata__"] = metadata }
    let names = entries.keys.sorted()
    for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
      let end = offset + 4 * entry.values.count
      header[name] = ["dtype": "F32", "shape": entry.shape, "data_offsets": [offset, end]] as [String: Any]
      offset = end
    }
    var json = try JSONSerialization.data(
      withJSONObject: header, options: [.sortedKeys, .withoutEscapingSlashes])
    // Numbers begin at a multiple of eight bytes.
    json.append(contentsOf: [UInt8](repeating: 0x20, count: (8 - json.count % 8) % 8))
    var bytes = withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) }
    bytes += json
    for name in names {
      for value in entries[name]?.values ?? [] {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    try writeFileAtomically(bytes, to: path)
  }

  // MARK: Reading

  /// - Throws: `FileError` that says what is wrong with the file.
  package init(path: String) throws {
    do {
      try self.init(bytes: try readFile(path))
    } catch let error as WeightsError {
      throw FileError(path: path, reason: "not a safetensors file of 32-bit floats: \(error)")
    }
  }

  /// - Throws: `WeightsError`.
  package init(bytes: [UInt8]) throws {
    func fail(_ reason: String) -> WeightsError { WeightsError(reason) }
    guard bytes.count >= 8 else { throw fail("\(bytes.count) bytes are too few") }
    let length = bytes.prefix(8).enumerated().reduce(UInt64(0)) {
      $0 | UInt64($1.element) << (8 * UInt64($1.offset))
    }
    guard length <= Self.longestHeader, Int(length) <= bytes.count - 8 else {
      throw fail("the table of contents is said to have \(length) bytes")
    }
    let (start, end) = (8 + Int(length), bytes.count)
    guard let object = try? JSONSerialization.jsonObject(with: Data(bytes[8..<start])),
      let header = object as? [String: Any]
    else { throw fail("the table of contents is not JSON") }
    (entries, metadata) = ([:], [:])
    var places: [(place: Range<Int>, name: String, shape: [Int])] = []
    for (name, value) in header {
      if name == "__metadata__" {
        guard let strings = value as? [String: String] else { throw fail("metadata must be strings") }
        metadata = strings
        continue
      }
      let (shape, place) = try Self.entry(name, value, room: end - start)
      places.append((place, name, shape))
    }
    // Before anything is copied: places may not overlap, so that a small file cannot ask for much memory.
    var position = 0
    places.sort { ($0.place.lowerBound, $0.place.upperBound) < ($1.place.lowerBound, $1.place.upperBound) }
    for (place, name, _) in places {
      guard place.lowerBound == position else { throw fail("a gap or an overlap before '\(name)'") }
      position = place.upperBound
    }
    guard position == end - start else { throw fail("\(end - start - position) bytes belong to no tensor") }
    for (place, name, shape) in places {
      entries[name] = Entry(
        shape: shape, values: Self.floats(bytes, start + place.lowerBound, place.count / 4))
    }
  }

  private static func entry(_ name: String, _ value: Any, room: Int) throws -> (
    shape: [Int], place: Range<Int>
  ) {
    guard let fields = value as? [String: Any], let type = fields["dtype"] as? String,
      let shape = fields["shape"] as? [Int], let offsets = fields["data_offsets"] as? [Int],
      offsets.count == 2
    else { throw WeightsError("'\(name)' has no dtype, shape and data_offsets") }
    guard type == "F32" else { throw WeightsError("'\(name)' is of type \(type), must be F32") }
    guard shape.count <= 8, shape.allSatisfy({ $0 >= 0 }) else {
      throw WeightsError("'\(name)' has shape \(shape)")
    }
    var count = 1
    for side in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: side)
      guard !overflow, product <= room else {
        throw WeightsError("'\(name)' of shape \(shape) is larger than the file")
      }
      count = product
    }
    guard offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= room, offsets[1] - offsets[0] == 4 * count
    else {
      throw WeightsError(
        "'\(name)' of shape \(shape) cannot fill bytes \(offsets[0]) to \(offsets[1]) of \(room)")
    }
    return (shape, offsets[0]..<offsets[1])
  }

  private static func floats(_ bytes: [UInt8], _ start: Int, _ count: Int) -> [Float] {
    bytes.withUnsafeBytes { bytes in
      (0..<count).map {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(fromByteOffset: start + 4 * $0, as: UInt32.self)))
      }
    }
  }
}

extension SafeTensorsFile {
  /// The state of a network.
  package init(_ state: [NamedTensor], metadata: [String: String] = [:]) throws {
    var entries: [String: Entry] = [:]
    for named in state {
      entries[named.name] = Entry(shape: named.tensor.shape, values: try named.tensor.floats())
    }
    self.init(entries: entries, metadata: metadata)
  }

  /// Overwrites the state of a network, all of it or, after an error, nothing.
  ///
  /// Entries of other names are passed over: PyTorch also counts the batches that a normalization has seen.
  package func load(into state: [NamedTensor]) throws {
    let values = try state.map { named in
      guard let entry = entries[named.name] else { throw WeightsError("the file has no '\(named.name)'") }
      guard entry.shape == named.tensor.shape else {
        throw WeightsError(
          "'\(named.name)' has shape \(entry.shape) in the file and \(named.tensor.shape) in the network")
      }
      return try Tensor(entry.values, shape: entry.shape)
    }
    for (named, value) in zip(state, values) { try named.tensor.assign(value) }
  }

  /// As `load(into:)`, with errors that name the file.
  func load(into state: [NamedTensor], of path: String) throws {
    do { try load(into: state) } catch let error as WeightsError {
      throw FileError(path: path, reason: error.description)
    }
  }
}

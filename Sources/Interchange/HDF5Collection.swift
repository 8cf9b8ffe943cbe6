import Dataset
import FileFormats
import LensCore

/// One HDF5 file: `SPLIT/LABEL/images` (count, bands, height, width) float32 and `SPLIT/LABEL/NUMBER` (count) float64, chunked and
/// compressed, and the description as a text.
final class HDF5Writer: CollectionWriter {
  private let description: CollectionDescription
  private let file: HDF5File
  private var images: [HDF5Array] = []
  private var columns: [[HDF5Array]] = []
  private var buffers: RowBuffers

  init(_ path: String, _ description: CollectionDescription) throws {
    self.description = description
    buffers = RowBuffers(groups: description.groups.count)
    file = try hdf5Lock.withLock { try HDF5File(creating: path) }
    try hdf5Lock.withLock {
      try file.write(try description.json(), scalar: CollectionDescription.fileName)
      for attribute in description.attributes { try file.write(attribute.value, attribute: attribute.name) }
      for split in Set(description.groups.map(\.split)).sorted() { try file.createGroup(split) }
      for group in description.groups { try create(group) }
    }
  }

  private func create(_ group: ImageGroup) throws {
    let (name, size) = ("\(group.split)/\(group.label)", description.imageShape)
    try file.createGroup(name)
    images.append(
      try file.createArray("\(name)/images", shape: [group.count] + size, chunk: [1] + size, isDouble: false))
    columns.append(
      try description.columns.map {
        try file.createArray(
          "\(name)/\($0.name)", shape: [group.count], chunk: [min(group.count, 1024)], isDouble: true)
      })
  }

  func write(_ item: CollectionItem) throws {
    for group in buffers.append(item) { try flush(group) }
  }

  private func flush(_ group: Int) throws {
    let buffer = buffers.take(group)
    try hdf5Lock.withLock {
      try images[group].write(buffer.pixels, at: buffer.firstRow, count: buffer.count)
      for (k, column) in columns[group].enumerated() {
        let values = (0..<buffer.count).map { buffer.numbers[$0 * columns[group].count + k] }
        try column.write(values, at: buffer.firstRow, count: buffer.count)
      }
    }
  }

  func finish() throws {
    for group in buffers.waiting { try flush(group) }
    try hdf5Lock.withLock {
      images = []
      columns = []
      try file.flush()
    }
  }
}

struct HDF5Reader: CollectionReader {
  let description: CollectionDescription
  private let path: String

  init(_ path: String) throws {
    self.path = path
    let json = try hdf5Lock.withLock {
      let file = try HDF5File(reading: path)
      guard file.has(CollectionDescription.fileName) else {
        throw FileError(
          path: path,
          reason: "is not of lensing convert's making: there are \(file.contents); looked for are the text "
            + "\(CollectionDescription.fileName) and images in SPLIT/CLASS/images (count, bands, height, width)"
        )
      }
      return try file.text(scalar: CollectionDescription.fileName, limit: 1 << 24)
    }
    description = try CollectionDescription(json: json, path: path)
    try hdf5Lock.withLock { try requireNothingLeft(in: try HDF5File(reading: path)) }
  }

  /// What the description does not name is read by nobody.
  private func requireNothingLeft(in file: HDF5File) throws {
    var known = Dictionary(grouping: description.groups, by: \.split).mapValues { Set($0.map(\.label)) }
    known["/"] = Set(known.keys).union([CollectionDescription.fileName])
    for group in description.groups {
      known["\(group.split)/\(group.label)"] = Set(description.columns.map(\.name)).union(["images"])
    }
    for (name, parts) in known.sorted(by: { $0.key < $1.key }) where file.has(name) {
      let left = try file.links(of: name, atMost: parts.count + 20).filter { !parts.contains($0) }
      guard left.isEmpty else {
        throw FileError(
          path: path,
          reason: "\(left.prefix(5).joined(separator: ", ")) in \(name) would be left out: "
            + "\(CollectionDescription.fileName) does not name it")
      }
    }
  }

  func forEach(_ body: (CollectionItem) throws -> Void) throws {
    let file = try hdf5Lock.withLock { try HDF5File(reading: path) }
    for (k, group) in description.groups.enumerated() {
      let name = "\(group.split)/\(group.label)"
      let (images, columns) = try hdf5Lock.withLock {
        (
          try file.array("\(name)/images"),
          try description.columns.map { try file.array("\(name)/\($0.name)") }
        )
      }
      let wanted = [group.count] + description.imageShape
      guard images.shape == wanted,
        columns.allSatisfy({ $0.shape == [group.count] })
      else {
        throw FileError(
          path: path,
          reason:
            "\(name)/images has the shape \(images.shape), must have \(wanted), and its numbers [\(group.count)]; "
            + "there are \(hdf5Lock.withLock { file.contents })")
      }
      for row in 0..<group.count {
        let (pixels, numbers) = try hdf5Lock.withLock {
          (try images.floats(at: row, count: 1), try columns.map { try $0.doubles(at: row, count: 1)[0] })
        }
        try body(CollectionItem(group: k, row: row, pixels: pixels, numbers: numbers))
      }
    }
  }
}

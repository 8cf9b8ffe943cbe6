import Dataset
import FileFormats
import LensCore

/// A file of images of one size, read one by one.
protocol ImageStack {
  /// Of such files' names.
  static var ending: String { get }
  var count: Int { get }
  var bandCount: Int { get }
  var height: Int { get }
  var width: Int { get }
  init(_ path: String) throws
  func read(at index: Int) throws -> [Float]
  /// The table of numbers that belongs to a file; nil if there is none.
  static func table(of path: String) throws -> (any NumberTable)?
}

/// One row of numbers per image.
protocol NumberTable {
  /// Where it is, for messages.
  var path: String { get }
  var columns: [CollectionDescription.Column] { get }
  /// The next row, NaN for an empty cell; nil at the end.
  func next() throws -> [Double]?
}

/// A folder with one such file per class and split: this program's, with a description, or somebody else's, whose names
/// say what is in them.
struct ImageStacks<Stack: ImageStack>: CollectionReader {
  let description: CollectionDescription
  /// Of the groups, in their order.
  private let files: [String]

  init(_ folder: String) throws {
    let stated = "\(folder)/\(CollectionDescription.fileName)"
    if fileExists(stated) {
      let description = try CollectionDescription(json: try readFile(stated), path: stated)
      files = description.groups.map { "\(folder)/\($0.name).\(Stack.ending)" }
      self.description = description
      try requireStatedColumns()
    } else {
      files = try listFolder(folder).filter { stackName($0, Stack.ending) != nil }.map { "\(folder)/\($0)" }
      guard !files.isEmpty else {
        throw FileError(path: folder, reason: "holds no .\(Stack.ending) files of images")
      }
      description = try Self.inferred(files)
    }
    try description.validate(folder)
    try requireNothingLeft(in: folder)
  }

  /// Labels and splits by the names of files, columns of all tables that belong to them.
  private static func inferred(_ files: [String]) throws -> CollectionDescription {
    var found = CollectionDescription(groups: [], height: 0, width: 0, columns: [], attributes: [])
    for file in files {
      let stack = try Stack(file)
      if found.groups.isEmpty { found.take(stack.bandCount, stack.height, stack.width) }
      guard [stack.bandCount, stack.height, stack.width] == found.imageShape else {
        throw FileError(path: file, reason: "holds images of another size than \(files[0])")
      }
      let (label, split) = labelAndSplit(stackName(lastName(of: file), Stack.ending) ?? file)
      found.groups.append(.init(label: label, split: split, count: stack.count))
      for column in try Stack.table(of: file)?.columns ?? []
      where !found.columns.contains(where: { $0.name == column.name }) { found.columns.append(column) }
    }
    return found
  }

  private func requireStatedColumns() throws {
    let names = description.columns.map(\.name)
    for file in files where fileExists(file) {
      guard let table = try Stack.table(of: file) else {
        if names.isEmpty { continue }
        throw FileError(
          path: file, reason: "has no table of numbers, which \(CollectionDescription.fileName) states")
      }
      guard table.columns.map(\.name) == names else {
        throw FileError(
          path: table.path, reason: "has other columns than \(CollectionDescription.fileName)")
      }
    }
  }

  private func requireNothingLeft(in folder: String) throws {
    let tables = try files.compactMap { fileExists($0) ? try Stack.table(of: $0)?.path : nil }
    let taken = Set((files + tables).map(lastName))
    try FileFormats.requireNothingLeft(
      in: folder, advice: "CLASS_SPLIT.\(Stack.ending) and their tables, of one kind of file only",
      isTaken: taken.contains)
  }

  func forEach(_ body: (CollectionItem) throws -> Void) throws {
    for (group, file) in files.enumerated() {
      let stack = try stack(group)
      let numbers = try ImageNumbers(try Stack.table(of: file), description.columns)
      for row in 0..<stack.count {
        try body(
          CollectionItem(
            group: group, row: row, pixels: try stack.read(at: row), numbers: try numbers.next()))
      }
      try numbers.requireEnd()
    }
  }

  /// The file of a group.
  ///
  /// - Throws: `FileError` if it is not what the description states.
  private func stack(_ group: Int) throws -> Stack {
    let stack = try Stack(files[group])
    let shape = [stack.bandCount, stack.height, stack.width]
    guard stack.count == description.groups[group].count, shape == description.imageShape else {
      throw FileError(
        path: files[group],
        reason: "has \(stack.count) images of the shape \(shape) (bands, height, width), must have "
          + "\(description.groups[group].count) of \(description.imageShape)")
    }
    return stack
  }
}

/// The rows of a table that may have other columns than the collection, or be missing: NaN where it has none.
private struct ImageNumbers {
  private let table: (any NumberTable)?
  /// Of the collection's columns, in the table.
  private let places: [Int?]

  init(_ table: (any NumberTable)?, _ columns: [CollectionDescription.Column]) throws {
    self.table = table
    let names = table?.columns.map(\.name) ?? []
    guard Set(names).count == names.count else {
      throw FileError(path: table?.path ?? "", reason: "two columns have the same name")
    }
    places = columns.map { names.firstIndex(of: $0.name) }
  }

  func next() throws -> [Double] {
    guard let table else { return places.map { _ in .nan } }
    guard let row = try table.next() else {
      throw FileError(path: table.path, reason: "has fewer rows than there are images")
    }
    return places.map { $0.map { row[$0] } ?? .nan }
  }

  func requireEnd() throws {
    if let table, try table.next() != nil {
      throw FileError(path: table.path, reason: "has more rows than there are images")
    }
  }
}

/// The name of a file of images without its ending; nil for other files.
func stackName(_ name: String, _ ending: String) -> String? {
  if name.hasPrefix(".") { return nil }
  if ending == FITSImageReader.ending { return nameWithoutFITSEnding(name) }
  return name.lowercased().hasSuffix(".\(ending)") ? String(name.dropLast(ending.count + 1)) : nil
}

/// The part of a path behind its folder.
func lastName(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

import FileFormats
import LensCore

/// A file of images of one size, read one by one.
protocol ImageStack {
  var count: Int { get }
  var height: Int { get }
  var width: Int { get }
  func read(at index: Int) throws -> [Float]
}

extension FITSImageReader: ImageStack {}

/// A folder with one such file per class and split: this program's, with a description, or somebody else's, whose names
/// say what is in them.
struct ImageStacks<Stack: ImageStack> {
  let description: CollectionDescription
  /// Of the groups, in their order.
  let files: [String]
  private let open: (String) throws -> Stack

  /// - Parameter ending: Of the files' names, `npy` or `fits`.
  init(_ folder: String, ending: String, open: @escaping (String) throws -> Stack) throws {
    self.open = open
    let stated = "\(folder)/\(CollectionDescription.fileName)"
    if fileExists(stated) {
      description = try CollectionDescription(json: try readFile(stated), path: stated)
      files = description.groups.map { "\(folder)/\($0.name).\(ending)" }
      return
    }
    let names = try listFolder(folder).filter { stackName($0, ending) != nil }
    var found = CollectionDescription(groups: [], height: 0, width: 0, columns: [], attributes: [])
    for name in names {
      let stack = try open("\(folder)/\(name)")
      if found.groups.isEmpty { (found.height, found.width) = (stack.height, stack.width) }
      guard (stack.height, stack.width) == (found.height, found.width) else {
        throw FileError(path: "\(folder)/\(name)", reason: "holds images of another size than \(names[0])")
      }
      let (label, split) = labelAndSplit(stackName(name, ending) ?? name)
      found.groups.append(.init(label: label, split: split, count: stack.count))
    }
    guard !names.isEmpty else { throw FileError(path: folder, reason: "holds no .\(ending) files of images") }
    try found.validate(folder)
    (description, files) = (found, names.map { "\(folder)/\($0)" })
  }

  /// The file of a group.
  ///
  /// - Throws: `FileError` if it is not what the description states.
  func stack(_ group: Int) throws -> Stack {
    let stack = try open(files[group])
    guard stack.count == description.groups[group].count, stack.height == description.height,
      stack.width == description.width
    else {
      throw FileError(
        path: files[group],
        reason: "has \(stack.count) images of \(stack.width) x \(stack.height) pixels, must have "
          + "\(description.groups[group].count) of \(description.width) x \(description.height)")
    }
    return stack
  }
}

/// The name of a file of images without its ending; nil for other files.
func stackName(_ name: String, _ ending: String) -> String? {
  if name.hasPrefix(".") { return nil }
  if ending == "fits" { return nameWithoutFITSEnding(name) }
  return name.hasSuffix(".\(ending)") ? String(name.dropLast(ending.count + 1)) : nil
}

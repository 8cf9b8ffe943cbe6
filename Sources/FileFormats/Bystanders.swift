import LensCore

/// Whether a file is by its name clearly none of the images or numbers of a folder: a text to be read by people, a
/// program, or what this program and operating systems put beside images.
///
/// Whatever else would not be read is named in an error, because to pass over it could be a loss without a word.
package func isBystander(_ name: String) -> Bool {
  let lower = name.lowercased()
  if lower.hasPrefix(".") || bystanders.contains(lower) { return true }
  guard let dot = lower.lastIndex(of: ".") else {
    return texts.contains { lower.hasPrefix($0) }
  }
  return bystanderEndings.contains(String(lower[lower.index(after: dot)...]))
}

/// Without an ending, and with whatever follows.
private let texts = [
  "readme", "license", "licence", "copying", "changelog", "citation", "makefile", "sha256sums",
]

private let bystanders: Set<String> = [
  "dataset.json", "manifest.json", "preview.png", "thumbs.db", "desktop.ini", "_success",
]

private let bystanderEndings: Set<String> = [
  "txt", "md", "rst", "html", "htm", "css", "js", "pdf", "tex", "bib", "yaml", "yml", "toml", "ini", "cfg",
  "py", "pyc", "ipynb", "sh", "swift", "log", "sha256", "md5", "crc",
]

/// Refuses a folder in which something that may be data would not be read.
///
/// - Parameters:
///   - isTaken: Whether an entry of the folder, by its name, is read.
///   - advice: What is read here, as the end of the sentence "read are ...".
/// - Throws: `FileError` with the names of what would be left.
package func requireNothingLeft(
  in folder: String, advice: String, isTaken: (String) -> Bool
) throws {
  let left = try listFolder(folder).filter { !isTaken($0) }.compactMap {
    try firstPossibleData("\(folder)/\($0)")
  }
  guard !left.isEmpty else { return }
  let names = left.prefix(5).map { $0.dropFirst(folder.count + 1) }.joined(separator: ", ")
  throw FileError(
    path: folder,
    reason:
      "\(names)\(left.count > 5 ? " and \(left.count - 5) others" : "") would be left out; read are \(advice); "
      + "move what is not meant elsewhere")
}

/// A file at a path, or in a folder of that path, that may be data; nil if there is none.
private func firstPossibleData(_ path: String, depth: Int = 0) throws -> String? {
  // Links may lead in circles.
  let deepest = 8
  let name = path.split(separator: "/").last.map(String.init) ?? path
  guard isFolder(path) else { return isBystander(name) ? nil : path }
  if name.hasPrefix(".") { return nil }
  guard depth < deepest else { return path }
  for entry in try listFolder(path) {
    if let found = try firstPossibleData("\(path)/\(entry)", depth: depth + 1) { return found }
  }
  return nil
}

import LensCore
import Yams

/// Parses one YAML or JSON document.
///
/// Scalars keep their text; null and nothing become empty text. Aliases are resolved. A byte-order mark is skipped.
/// - Parameter path: Where the text is from, for messages.
/// - Throws: `FileError` with line and column for bad syntax, a key given twice, a key that is no scalar, a
///   second document, and for aliases that multiply beyond a million values.
public func parseYAML(_ text: String, path: String) throws -> SpecValue {
  let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
  do {
    guard let root = try Yams.compose(yaml: text) else { return .scalar("") }
    var reader = NodeReader(path: path)
    return try reader.value(of: root)
  } catch let error as YamlError {
    throw FileError(path: path, reason: reason(for: error, in: text), kind: .spec)
  }
}

/// Turns Yams' nodes into values.
private struct NodeReader {
  let path: String
  /// Aliases of aliases grow exponentially: ten lines can stand for a billion values.
  private var valuesLeft = 1_000_000

  init(path: String) { self.path = path }

  mutating func value(of node: Node) throws -> SpecValue {
    valuesLeft -= 1
    if valuesLeft < 0 { throw error(node, "the aliases stand for more than a million values") }
    switch node {
    case .scalar(let scalar): return .scalar(text(of: scalar))
    case .sequence(let items): return .list(try items.map { try value(of: $0) })
    case .mapping(let pairs): return .map(try pairs.map { try entry($0.key, $0.value) })
    case .alias: throw error(node, "the alias has no anchor")
    }
  }

  private mutating func entry(_ key: Node, _ value: Node) throws -> SpecValue.Entry {
    guard case .scalar(let scalar) = key else { throw error(key, "a key must be a word, not a list") }
    return .init(scalar.string, try self.value(of: value))
  }

  private func text(of scalar: Node.Scalar) -> String {
    let isTagged = !scalar.tag.rawValue.isEmpty && scalar.tag != Tag(.null)
    return scalar.style == .plain && !isTagged && isNull(scalar.string) ? "" : scalar.string
  }

  private func error(_ node: Node, _ reason: String) -> FileError {
    let place = node.mark.map { "line \($0.line), column \($0.column): " } ?? ""
    return FileError(path: path, reason: place + reason, kind: .spec)
  }
}

/// Whether plain text means nothing (YAML 1.2.2, section 10.3.2).
func isNull(_ text: String) -> Bool { ["", "~", "null", "Null", "NULL"].contains(text) }

private func reason(for error: YamlError, in text: String) -> String {
  func at(_ mark: Mark, _ problem: String) -> String {
    "line \(mark.line), column \(mark.column): \(problem)"
  }
  switch error {
  case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
    let start = context.map { " (\($0.text), which begins in line \($0.mark.line))" } ?? ""
    return at(mark, problem + start)
  // A second document's context has no place of its own.
  case .composer(_, let problem, let mark, _): return at(mark, "\(problem); give one document per file")
  case .duplicatedKeysInMapping(let keys, let context):
    return at(context.mark, "given more than once: \(keys.joined(separator: ", ")); keep one of each")
  case .reader(let problem, let offset, _, _):
    return "\(place(of: offset ?? 0, in: text)): \(problem); remove the character or escape it in quotes"
  default: return "\(error)"
  }
}

private func place(of offset: Int, in text: String) -> String {
  let lines = text.prefix(offset).split(omittingEmptySubsequences: false) { $0.isNewline }
  return "line \(max(1, lines.count)), column \((lines.last?.count ?? 0) + 1)"
}

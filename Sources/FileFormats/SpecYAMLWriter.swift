import LensCore

/// Writes a value as YAML in block style; lists of scalars that fit in a line are written `[a, b]`.
///
/// Text that YAML would read as something else is quoted. `parseYAML` gives the same value back, provided
/// that no mapping has a key twice, and that no text begins with a byte order mark, which Yams drops.
public func writeYAML(_ value: SpecValue) -> String {
  let lines = inline(value).map { [$0] } ?? block(value)
  return lines.joined(separator: "\n") + "\n"
}

private let flowWidth = 88
/// libYAML gives up on a key whose colon comes later; the form with `?` has no limit.
private let simpleKeyWidth = 1000

/// The value in one line, if it has such a form.
private func inline(_ value: SpecValue) -> String? {
  switch value {
  case .scalar(let text): return scalar(text)
  case .map(let entries): return entries.isEmpty ? "{}" : nil
  case .list(let items):
    let words = items.compactMap { item -> String? in
      if case .scalar(let text) = item { scalar(text) } else { nil }
    }
    let line = "[\(words.joined(separator: ", "))]"
    return words.count == items.count && line.utf8.count <= flowWidth ? line : nil
  }
}

/// The lines of a list or mapping that has no form in one line.
private func block(_ value: SpecValue) -> [String] {
  switch value {
  case .scalar(let text): return [scalar(text)]
  case .list(let items):
    return items.flatMap { item in hanging("- ", inline(item).map { [$0] } ?? block(item)) }
  case .map(let entries):
    return entries.flatMap { entry in
      let key = scalar(entry.key)
      let start = key.utf8.count > simpleKeyWidth ? ["? \(key)", ":"] : ["\(key):"]
      guard let line = inline(entry.value) else { return start + block(entry.value).map { "  \($0)" } }
      return Array(start.dropLast()) + start.suffix(1).map { "\($0) \(line)" }
    }
  }
}

/// Puts a mark before the first line and indents the others to match.
private func hanging(_ mark: String, _ lines: [String]) -> [String] {
  let indent = String(repeating: " ", count: mark.count)
  return lines.enumerated().map { ($0 == 0 ? mark : indent) + $1 }
}

private func scalar(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

/// Whether text needs no quotes. Stricter than YAML, which has many special cases.
private func isPlain(_ text: String) -> Bool {
  let bytes = Array(text.utf8)
  guard let first = bytes.first, bytes.last != UInt8(ascii: " "), !isNull(text) else { return false }
  let isWordStart = isLetterOrDigit(first) || first == UInt8(ascii: "_") || first == UInt8(ascii: "/")
  // A sign or point starts a number only; "-" and "..." are YAML's own.
  let number = bytes.drop { "+-".utf8.contains($0) }.drop { $0 == UInt8(ascii: ".") }
  let isNumberStart = bytes.count - number.count <= 2 && number.first.map(isDigit) ?? false
  return (isWordStart || isNumberStart)
    && bytes.allSatisfy { isLetterOrDigit($0) || "_-+./ ".utf8.contains($0) }
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
  isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}

/// Double-quoted text with JSON's escapes, which YAML shares.
private func quoted(_ text: String) -> String {
  let characters = text.unicodeScalars.map { character -> String in
    switch character {
    case "\"", "\\": return "\\\(character)"
    case "\n": return "\\n"
    case "\t": return "\\t"
    // Control characters, the line breaks of YAML 1.1, and what libYAML refuses to read.
    case "\0"..."\u{1F}", "\u{7F}"..."\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
      let digits = String(character.value, radix: 16, uppercase: true)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: return String(character)
    }
  }
  return "\"\(characters.joined())\""
}

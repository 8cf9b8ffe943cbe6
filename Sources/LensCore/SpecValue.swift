/// A parsed document without its syntax: what YAML, JSON and `--set` have in common.
public indirect enum SpecValue: Equatable, Sendable {
  case scalar(String)
  case list([SpecValue])
  /// Key order is kept, so that a written spec reads like the one that was given.
  case map([Entry])

  public struct Entry: Equatable, Sendable {
    public var key: String
    public var value: SpecValue

    public init(_ key: String, _ value: SpecValue) {
      self.key = key
      self.value = value
    }
  }

  public subscript(key: String) -> SpecValue? {
    guard case .map(let entries) = self else { return nil }
    return entries.first { $0.key == key }?.value
  }

  /// The value at a dotted key path; list elements are addressed by number. A key may have dots itself.
  public func value(at keyPath: String) -> SpecValue? { value(at: keyPath.split(separator: ".")[...]) }

  private func value(at path: ArraySlice<Substring>) -> SpecValue? {
    guard let key = path.first else { return self }
    switch self {
    case .scalar: return nil
    case .list(let items):
      guard let position = Int(key), items.indices.contains(position) else { return nil }
      return items[position].value(at: path.dropFirst())
    case .map(let entries):
      return Self.entry(at: path, in: entries).flatMap {
        entries[$0.position].value.value(at: path.dropFirst($0.length))
      }
    }
  }

  /// Where a path goes on in a mapping, and how many of its names the key there stands for.
  private static func entry(
    at path: ArraySlice<Substring>, in entries: [Entry]
  ) -> (position: Int, length: Int)? {
    if let position = entries.firstIndex(where: { $0.key == path.first ?? "" }) { return (position, 1) }
    for (position, entry) in entries.enumerated() where entry.key.contains(".") {
      let names = entry.key.split(separator: ".")
      if path.starts(with: names) { return (position, names.count) }
    }
    return nil
  }

  /// The dotted paths of a mapping and all mappings and values in it, behind the path of its own; nothing for its own if that is empty.
  package func paths(at path: String) -> [String] {
    let own = path.isEmpty ? [] : [path]
    guard case .map(let entries) = self else { return own }
    return own + entries.flatMap { $0.value.paths(at: path.isEmpty ? $0.key : "\(path).\($0.key)") }
  }

  /// Whether it is null, or nothing: the same as no value.
  public var isNull: Bool { self == .scalar("") }

  /// The entries of a mapping that have a value; nil for what is no mapping.
  public var givenEntries: [Entry]? {
    guard case .map(let entries) = self else { return nil }
    return entries.filter { !$0.value.isNull }
  }

  /// The same without the nulls among the elements of its lists.
  public var withoutNullElements: SpecValue {
    switch self {
    case .scalar: self
    case .list(let items): .list(items.filter { !$0.isNull }.map(\.withoutNullElements))
    case .map(let entries): .map(entries.map { Entry($0.key, $0.value.withoutNullElements) })
    }
  }

  /// How a message shows the value: scalars as written, the rest by kind.
  public var summary: String {
    switch self {
    case .scalar(let text): text.isEmpty ? "nothing" : "'\(text)'"
    case .list(let items): "a list of \(items.count)"
    case .map([]): "an empty mapping"
    case .map(let entries): "a mapping with the keys \(entries.map(\.key).joined(separator: ", "))"
    }
  }

  /// Sets the value at a dotted key path, making mappings on the way; list elements are addressed by number, and a key may have
  /// dots itself.
  public mutating func set(_ keyPath: some Sequence<Substring>, to value: SpecValue) throws {
    let path = Array(keyPath)
    try set(path[...], of: path, to: value)
  }

  private mutating func set(_ rest: ArraySlice<Substring>, of path: [Substring], to value: SpecValue) throws {
    guard let key = rest.first else {
      self = value
      return
    }
    switch self {
    case .map(var entries):
      let found = Self.entry(at: rest, in: entries)
      if found == nil { entries.append(Entry(String(key), .map([]))) }
      let (position, length) = found ?? (entries.endIndex - 1, 1)
      try entries[position].value.set(rest.dropFirst(length), of: path, to: value)
      self = .map(entries)
    case .list(var items):
      guard let position = Int(key), items.indices.contains(position) else {
        throw SpecError(
          keyPath: path.joined(separator: "."), value: "'\(key)'",
          requirement: items.isEmpty
            ? "the list is empty" : "the list has the positions 0 to \(items.count - 1)")
      }
      try items[position].set(rest.dropFirst(), of: path, to: value)
      self = .list(items)
    case .scalar:
      self = .map([])
      try set(rest, of: path, to: value)
    }
  }
}

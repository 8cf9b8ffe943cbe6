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

  /// The value at a dotted key path; list elements are addressed by number.
  public func value(at keyPath: String) -> SpecValue? {
    keyPath.split(separator: ".").reduce(self as SpecValue?) { value, key in
      guard case .list(let items) = value else { return value?[String(key)] }
      return Int(key).flatMap { items.indices.contains($0) ? items[$0] : nil }
    }
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
    case .map(let entries): "a mapping with the keys \(entries.map(\.key).joined(separator: ", "))"
    }
  }

  /// Sets the value at a dotted key path, making mappings on the way; list elements are addressed by number.
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
      let position = entries.firstIndex { $0.key == key } ?? entries.endIndex
      if position == entries.endIndex { entries.append(Entry(String(key), .map([]))) }
      try entries[position].value.set(rest.dropFirst(), of: path, to: value)
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

/// A part of a spec: a value with defaults whose fields are named once, for reading and for writing.
public protocol SpecFields: Sendable {
  init()
  /// Names every field to the visitor, with its bounds.
  mutating func visit(_ visitor: SpecVisitor)
}

/// One of several kinds of a thing, told apart by a name, for instance the `sie` among the mass profiles.
public protocol SpecKind: SpecFields {
  /// The key under which documents give the parameters.
  static var kind: String { get }
}

/// A field that is neither a plain scalar nor a mapping of fields, for instance a prior or a tagged choice.
public protocol SpecConvertible: Sendable {
  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> Self?
  func written() -> SpecValue
  /// Takes drawn values; where this is left out, none of its numbers can be drawn.
  mutating func fill(_ visitor: SpecVisitor)
}

extension SpecConvertible {
  public mutating func fill(_ visitor: SpecVisitor) {}
}

/// Reads a mapping into fields, writes fields into a mapping, or puts drawn values into fields.
///
/// One `visit` method per spec type serves all directions, so keys, defaults and bounds have one truth. All
/// errors of a document are collected; an unknown key names its nearest neighbour.
public final class SpecVisitor {
  let source: [SpecValue.Entry]?
  let path: String
  let errors: ErrorList
  let filler: SpecFiller?
  /// Of the filler's values, those of this section.
  let slots: SpecSlots
  var knownKeys: [String] = []
  public private(set) var written: [SpecValue.Entry] = []

  final class ErrorList {
    /// Of visitors that only fill.
    nonisolated(unsafe) static let unused = ErrorList()

    /// Of a template whose numbers may be drawn; nil where they must be numbers.
    var template: (any TemplateNumberReader)?
    var list: [SpecError] = []
    private(set) var withoutEffect: [(keyPath: String, statement: String, isRecorded: Bool, reason: String)] =
      []
    private var pathsWithoutEffect: Set<String> = []

    /// The first reason is enough.
    func note(_ keyPath: String, _ statement: String, _ isRecorded: Bool, _ reason: String) {
      if pathsWithoutEffect.insert(keyPath).inserted {
        withoutEffect.append((keyPath, statement, isRecorded, reason))
      }
    }

    /// Whether it is said of a section that it has no effect: of its keys it need not be said.
    func isNoted(sectionOf keyPath: String) -> Bool {
      keyPath.indices.contains {
        keyPath[$0] == "." && pathsWithoutEffect.contains(String(keyPath[..<$0]))
      }
    }
  }

  init(source: [SpecValue.Entry]?, path: String, errors: ErrorList) {
    self.source = source
    self.path = path
    self.errors = errors
    (filler, slots) = (nil, .none)
  }

  init(filling filler: SpecFiller, _ slots: SpecSlots) {
    (source, path, errors, self.filler, self.slots) = (nil, "", .unused, filler, slots)
  }

  /// Reads a whole document. Throws `SpecErrors` with everything that is wrong with it.
  ///
  /// - Parameter note: Told of every key that is given without effect.
  public static func read<Fields: SpecFields>(
    _ type: Fields.Type, from value: SpecValue, note: (SpecNote) -> Void = { _ in }
  ) throws -> Fields {
    try read(type, from: value, template: nil, note: note)
  }

  /// - Parameter template: Takes what stands in the place of numbers; nil refuses it.
  package static func read<Fields: SpecFields>(
    _ type: Fields.Type, from value: SpecValue, template: (any TemplateNumberReader)?,
    note: (SpecNote) -> Void = { _ in }
  ) throws -> Fields {
    let root = SpecVisitor(source: [], path: "", errors: ErrorList())
    root.errors.template = template
    let fields = root.readObject(Fields(), value.withoutNullElements, at: "")
    if !root.errors.list.isEmpty { throw SpecErrors(root.errors.list) }
    let found = root.errors.withoutEffect.filter { !root.errors.isNoted(sectionOf: $0.keyPath) }
    if found.isEmpty { return fields }
    let (written, defaults) = (write(fields), write(Fields()))
    for (path, statement, isRecorded, reason) in found {
      let isDefault = written.value(at: path) == defaults.value(at: path)
      note(
        SpecNote(keyPath: path, statement: statement, reason: reason, isDefault: isDefault || isRecorded))
    }
    return fields
  }

  /// Writes all fields, defaults included.
  public static func write(_ fields: some SpecFields) -> SpecValue {
    let visitor = SpecVisitor(source: nil, path: "", errors: ErrorList())
    var copy = fields
    copy.visit(visitor)
    return .map(visitor.written)
  }

  public var isReading: Bool { source != nil }

  /// Whether the document has this key.
  public func isGiven(_ key: String) -> Bool { source?.contains { $0.key == key } ?? false }

  /// Whether the document has a value for this key.
  public func hasValue(_ key: String) -> Bool {
    source?.contains { $0.key == key && !$0.value.isNull } ?? false
  }

  public func fail(_ key: String, given value: String, _ requirement: String) {
    // Drawn values were checked by their priors; all visitors that fill share one list.
    if filler != nil { return }
    errors.list.append(SpecError(keyPath: keyPath(key), value: value, requirement: requirement))
  }

  /// Records an error unless the condition holds. Does nothing when writing.
  public func check(_ condition: Bool, _ key: String, given value: String, _ requirement: String) {
    if isReading && !condition { fail(key, given: value, requirement) }
  }

  /// Says that a key changes nothing, which is noted if the document gives it. Does nothing when writing.
  ///
  /// - Parameters:
  ///   - key: May be the dotted path of a key further down.
  ///   - isRecorded: Whether tables list its value all the same, for which it may be in a spec.
  ///   - statement: Of a key that matters by being there, whatever its value.
  ///   - reason: The end of the sentence "has no effect: ...".
  public func withoutEffect(
    _ key: String, if condition: Bool, isRecorded: Bool = false,
    saying statement: String = SpecNote.hasNoEffect, _ reason: @autoclosure () -> String
  ) {
    guard condition, let source, let given = SpecValue.map(source).value(at: key), !given.isNull else {
      return
    }
    errors.note(keyPath(key), statement, isRecorded, reason())
  }

  func keyPath(_ key: String) -> String {
    key.isEmpty ? path : path.isEmpty ? key : "\(path).\(key)"
  }

  /// Whether something is wrong with a section that was read.
  package func hasFailed(_ key: String) -> Bool {
    let path = keyPath(key)
    return errors.list.contains { $0.keyPath == path || $0.keyPath.hasPrefix(path + ".") }
  }

  package func child(at key: String) -> SpecVisitor {
    if let filler { return SpecVisitor(filling: filler, slots.sections[key] ?? .none) }
    return SpecVisitor(source: [], path: keyPath(key), errors: errors)
  }

  /// Notes the key. When writing, stores the value; when reading, returns what the document has for the key.
  ///
  /// Null is as good as leaving the key out, and refused where a default would then stand in its place.
  func visited(_ key: String, writing value: @autoclosure () -> SpecValue?) -> SpecValue? {
    if filler != nil { return nil }
    knownKeys.append(key)
    guard let source else {
      if let value = value() { written.append(.init(key, value)) }
      return nil
    }
    guard let given = source.first(where: { $0.key == key })?.value else { return nil }
    if !given.isNull { return given }
    if let rest = value(), !rest.isNull, rest != .list([]), rest != .map([]) {
      let text = if case .scalar(let text) = rest { text } else { rest.summary }
      fail(
        key, given: "null",
        "cannot be left out, its default (\(text)) would stand; give the value that is meant")
    }
    return nil
  }

  func reportUnknownKeys() {
    var seen: Set<String> = []
    for entry in source ?? [] {
      if !seen.insert(entry.key).inserted {
        fail(entry.key, given: "the key twice", "must be given once")
      }
      if !knownKeys.contains(entry.key) {
        fail(entry.key, given: "an unknown key", suggestion(for: entry.key, among: knownKeys))
      }
    }
  }
}

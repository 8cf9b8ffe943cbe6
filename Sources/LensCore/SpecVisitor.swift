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
  private let source: [SpecValue.Entry]?
  private let path: String
  let errors: ErrorList
  let filler: SpecFiller?
  /// Of the filler's values, those of this section.
  let slots: SpecSlots
  private var knownKeys: [String] = []
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

  private init(source: [SpecValue.Entry]?, path: String, errors: ErrorList) {
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

  // MARK: Fields

  public func number(_ key: String, _ value: inout Double, _ range: SpecRange) {
    if isFilling(key, { value = $0 }) { return }
    guard let given = visited(key, writing: .scalar(specNumber(value))) else { return }
    if let number = readNumber(given, key, range) { value = number }
  }

  public func number(_ key: String, _ value: inout Double?, _ range: SpecRange) {
    if isFilling(key, { value = $0 }) { return }
    guard let given = visited(key, writing: value.map { .scalar(specNumber($0)) }) else { return }
    if let number = readNumber(given, key, range) { value = number }
  }

  /// A number that another key may stand for: it is then written by that one.
  public func number(_ key: String, _ value: inout Double, _ range: SpecRange, if isWritten: Bool) {
    if isKept(key, isWritten) { number(key, &value, range) }
  }

  public func integer(_ key: String, _ value: inout Int, _ range: ClosedRange<Int>) {
    if isFilling(key, { value = whole($0, range) }) { return }
    guard let given = visited(key, writing: .scalar(String(value))) else { return }
    if let number = readInteger(given, key, range) { value = number }
  }

  public func integer(_ key: String, _ value: inout Int?, _ range: ClosedRange<Int>) {
    if isFilling(key, { value = whole($0, range) }) { return }
    guard let given = visited(key, writing: value.map { .scalar(String($0)) }) else { return }
    if let number = readInteger(given, key, range) { value = number }
  }

  public func flag(_ key: String, _ value: inout Bool) {
    guard let given = visited(key, writing: .scalar(String(value))) else { return }
    // As YAML spells them (YAML 1.2.2, section 10.3.2).
    guard case .scalar(let text) = given,
      let flag = ["true": true, "True": true, "TRUE": true, "false": false, "False": false, "FALSE": false][
        text]
    else { return fail(key, given: given.summary, "must be true or false") }
    value = flag
  }

  public func text(_ key: String, _ value: inout String) {
    guard let given = visited(key, writing: .scalar(value)) else { return }
    guard case .scalar(let text) = given else { return fail(key, given: given.summary, "must be text") }
    value = text
  }

  /// Text that belongs to another key: it is written with that one.
  public func text(_ key: String, _ value: inout String, if isWritten: Bool) {
    if isKept(key, isWritten) { text(key, &value) }
  }

  /// Whether to visit a key that another may stand for; null in its place is then as good as leaving it out.
  private func isKept(_ key: String, _ isWritten: Bool) -> Bool {
    if isReading && !isWritten && !hasValue(key) {
      knownKeys.append(key)
      return false
    }
    return isReading || isWritten || filler != nil
  }

  public func text(_ key: String, _ value: inout String?) {
    guard let given = visited(key, writing: value.map { .scalar($0) }) else { return }
    guard case .scalar(let text) = given else { return fail(key, given: given.summary, "must be text") }
    value = text
  }

  /// Whether something is wrong with a section that was read.
  package func hasFailed(_ key: String) -> Bool {
    let path = keyPath(key)
    return errors.list.contains { $0.keyPath == path || $0.keyPath.hasPrefix(path + ".") }
  }

  /// One of the named cases of an enumeration.
  ///
  /// - Parameter choices: Those that are allowed.
  public func choice<Choice>(
    _ key: String, _ value: inout Choice, of choices: [Choice] = Array(Choice.allCases)
  ) where Choice: RawRepresentable<String> & CaseIterable {
    guard let given = visited(key, writing: .scalar(value.rawValue)) else { return }
    guard case .scalar(let text) = given, let choice = choices.first(where: { $0.rawValue == text }) else {
      let names = choices.map(\.rawValue)
      return fail(key, given: given.summary, "must be \(names.joined(separator: " or "))")
    }
    value = choice
  }

  /// A list of numbers of a fixed length, for instance a centre [x, y].
  public func numbers(_ key: String, _ value: inout [Double], _ range: SpecRange) {
    if filler != nil { return fill(key, &value) }
    guard let given = visited(key, writing: .list(value.map { .scalar(specNumber($0)) })) else { return }
    if case .map = given, let template = errors.template {
      return template.readPoint(given, child(at: key), keyPath(key), range)
    }
    guard case .list(let items) = given, items.count == value.count else {
      return fail(key, given: given.summary, "must be a list of \(value.count) numbers")
    }
    for (position, item) in items.enumerated() {
      if let number = readNumber(item, "\(key).\(position)", range) { value[position] = number }
    }
  }

  /// A list of numbers of any length.
  public func numberList(_ key: String, _ value: inout [Double], _ range: SpecRange) {
    guard let given = visited(key, writing: .list(value.map { .scalar(specNumber($0)) })) else { return }
    guard case .list(let items) = given else {
      return fail(key, given: given.summary, "must be a list of numbers")
    }
    value = items.enumerated().compactMap { readNumber($1, "\(key).\($0)", range) }
  }

  public func object<Fields: SpecFields>(_ key: String, _ value: inout Fields) {
    if filler != nil {
      if let section = filling(key) { value.visit(section) }
      return
    }
    guard let given = visited(key, writing: Self.write(value)) else { return }
    value = readObject(value, given, at: key)
  }

  public func object<Fields: SpecFields>(_ key: String, _ value: inout Fields?) {
    if filler != nil {
      if let section = filling(key) { value?.visit(section) }
      return
    }
    guard let given = visited(key, writing: value.map { Self.write($0) }) else { return }
    value = readObject(value ?? Fields(), given, at: key)
  }

  public func objects<Fields: SpecFields>(_ key: String, _ value: inout [Fields]) {
    guard let given = visited(key, writing: .list(value.map { Self.write($0) })) else { return }
    guard case .list(let items) = given else { return fail(key, given: given.summary, "must be a list") }
    value = items.enumerated().map { readObject(Fields(), $1, at: "\(key).\($0)") }
  }

  public func convertible<Value: SpecConvertible>(_ key: String, _ value: inout Value) {
    if filler != nil {
      if let section = filling(key) { value.fill(section) }
      return
    }
    guard let given = visited(key, writing: value.written()) else { return }
    if let read = Value.read(given, child(at: key)) { value = read }
  }

  public func convertible<Value: SpecConvertible>(_ key: String, _ value: inout Value?) {
    if filler != nil {
      if let section = filling(key) { value?.fill(section) }
      return
    }
    guard let given = visited(key, writing: value?.written()) else { return }
    if let read = Value.read(given, child(at: key)) { value = read }
  }

  public func convertibles<Value: SpecConvertible>(_ key: String, _ value: inout [Value]) {
    guard let given = visited(key, writing: .list(value.map { $0.written() })) else { return }
    guard case .list(let items) = given else { return fail(key, given: given.summary, "must be a list") }
    value = items.enumerated().compactMap { Value.read($1, child(at: "\(key).\($0)")) }
  }

  /// A part of the document as it is, for what reads it later.
  public func document(_ key: String, _ value: inout SpecValue) {
    guard let given = visited(key, writing: value) else { return }
    value = given
  }

  // MARK: Building blocks for `SpecConvertible`

  /// Reads a mapping into fields, reporting keys that the fields do not name.
  public func readObject<Fields: SpecFields>(
    _ defaults: Fields, _ value: SpecValue, at key: String
  ) -> Fields {
    guard case .map(let entries) = value else {
      fail(key, given: value.summary, "must be a mapping of keys to values")
      return defaults
    }
    let visitor = SpecVisitor(source: entries, path: keyPath(key), errors: errors)
    var fields = defaults
    fields.visit(visitor)
    visitor.reportUnknownKeys()
    return fields
  }

  /// Reads `kind: {parameters}`; a bare `kind` stands for its defaults.
  ///
  /// - Parameter alsoAllowed: Kinds that the caller reads itself, for messages.
  public func readTagged(
    _ value: SpecValue, among kinds: [any SpecKind.Type], alsoAllowed: [String] = []
  ) -> (any SpecKind)? {
    let names = kinds.map { $0.kind } + alsoAllowed
    let (name, parameters): (String, SpecValue)
    if case .scalar(let text) = value {
      (name, parameters) = (text, .map([]))
    } else if let entries = value.givenEntries, entries.count == 1 {
      (name, parameters) = (entries[0].key, entries[0].value)
    } else {
      fail("", given: value.summary, "must be one of \(names.joined(separator: ", "))")
      return nil
    }
    guard let kind = kinds.first(where: { $0.kind == name }) else {
      fail("", given: "'\(name)'", suggestion(for: name, among: names))
      return nil
    }
    return readDefaults(of: kind, parameters)
  }

  private func readDefaults<Kind: SpecKind>(of kind: Kind.Type, _ value: SpecValue) -> any SpecKind {
    readObject(Kind(), value, at: Kind.kind)
  }

  /// Writes `kind: {parameters}`.
  public static func writeTagged<Kind: SpecKind>(_ parameters: Kind) -> SpecValue {
    .map([.init(Kind.kind, write(parameters))])
  }

  public func readNumber(_ value: SpecValue, _ key: String, _ range: SpecRange) -> Double? {
    if case .map = value, let template = errors.template {
      return template.read(value, child(at: key), keyPath(key), range, isWhole: false)
    }
    guard case .scalar(let text) = value, let number = Double(text) else {
      fail(key, given: value.summary, "must be a number")
      return nil
    }
    guard range.contains(number) else {
      fail(key, given: text, number.isFinite ? range.requirement : "must be a finite number")
      return nil
    }
    return number
  }

  private func readInteger(_ value: SpecValue, _ key: String, _ range: ClosedRange<Int>) -> Int? {
    if case .map = value, let template = errors.template {
      let limits = SpecRange(Double(range.lowerBound)...Double(range.upperBound))
      return template.read(value, child(at: key), keyPath(key), limits, isWhole: true).map { Int($0) }
    }
    guard case .scalar(let text) = value, let number = Int(text), range.contains(number) else {
      fail(
        key, given: value.summary,
        "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
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

  private func reportUnknownKeys() {
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

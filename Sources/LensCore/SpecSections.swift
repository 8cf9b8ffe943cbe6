/// Fields that have keys of their own.
extension SpecVisitor {
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
}

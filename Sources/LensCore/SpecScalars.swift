/// Fields that are one number, one text, or a list of numbers.
extension SpecVisitor {
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
}

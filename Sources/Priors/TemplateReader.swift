import LensCore

/// A number that may be drawn, as a field.
private struct Slot: SpecConvertible {
  var number: DrawnNumber?

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> Slot? {
    DrawnNumber.read(value, visitor).map { Slot(number: $0) }
  }

  func written() -> SpecValue { .scalar("") }
}

/// Collects what stands in a document in the place of numbers.
final class TemplateReader: TemplateNumberReader {
  private(set) var numbers: [(path: String, range: SpecRange, number: DrawnNumber)] = []
  private(set) var points: [(path: String, point: DrawnPoint)] = []
  private let document: SpecValue
  /// A draw that stands for all while the document is read.
  private let example = RandomKey(seed: 0, sample: 0)

  private let tables: [String: DrawTable]

  init(_ document: SpecValue, _ tables: [String: DrawTable]) {
    (self.document, self.tables) = (document, tables)
  }

  func read(
    _ value: SpecValue, _ visitor: SpecVisitor, _ path: String, _ range: SpecRange, isWhole: Bool
  ) -> Double? {
    guard let number = DrawnNumber.read(value, visitor) else { return nil }
    numbers.append((path, range, number))
    if case .row(let reference) = number { return check(reference, visitor, range, isWhole: isWhole) }
    guard case .prior(let prior) = number else { return example(of: number) ?? range.example }
    visitor.check(
      !isWhole || prior.isWhole, "", given: "a prior of numbers that are not whole",
      "must be a whole number, uniform_integer, a choice of whole numbers, or poisson")
    // Counts of which large ones are rare are cut off where they are placed.
    let limits = isWhole && prior.hasRareLargeValues ? range.withoutUpperLimit : range
    return visitor.isSupport(of: prior, within: limits) ? try? prior.draw(example.stream(path)) : nil
  }

  /// - Returns: A value of the column.
  private func check(
    _ reference: TableColumnReference, _ visitor: SpecVisitor, _ range: SpecRange, isWhole: Bool
  ) -> Double? {
    if reference.name.isEmpty || reference.column.isEmpty { return nil }
    guard let table = tables[reference.name] else {
      visitor.fail(
        "table.name", given: "'\(reference.name)'",
        suggestion(for: reference.name, among: tables.keys.sorted()))
      return nil
    }
    guard let support = table.support(reference.column), let values = table.values(reference.column) else {
      let names = table.columns.map(\.name)
      visitor.fail(
        "table.column", given: "'\(reference.column)'", suggestion(for: reference.column, among: names))
      return nil
    }
    guard range.contains(support.lowerBound), range.contains(support.upperBound) else {
      visitor.fail(
        "", given: "values from \(specNumber(support.lowerBound)) to \(specNumber(support.upperBound))",
        range.requirement)
      return nil
    }
    visitor.check(
      !isWhole || values.allSatisfy { $0 == $0.rounded() }, "",
      given: "a column of numbers that are not whole",
      "must be whole numbers")
    return values[table.row(example.stream("tables"))]
  }

  func readPoint(_ value: SpecValue, _ visitor: SpecVisitor, _ path: String, _ range: SpecRange) {
    guard let point = DrawnPoint.read(value, visitor) else { return }
    points.append((path, point))
    for key in point.keys {
      // Bare numbers were not collected.
      guard !numbers.contains(where: { $0.path == "\(path).\(key)" }), case .scalar(let text)? = value[key],
        let number = Double(text)
      else { continue }
      numbers.append(("\(path).\(key)", range, .prior(.fixed(number))))
    }
  }

  func limits(at path: String) -> ClosedRange<Double>? {
    numbers.first { $0.path == path }.flatMap { support(of: $0.number, depth: 0) }
  }

  /// Any value that a relation may have; nil if what it refers to is not in the document.
  private func example(of number: DrawnNumber, depth: Int = 0) -> Double? {
    switch number {
    case .prior(let prior): return try? prior.draw(example.stream("example"))
    case .row(let reference): return tables[reference.name]?.support(reference.column)?.lowerBound
    case .relation(let relation):
      let references = relation.references.compactMap {
        given($0, depth).flatMap { example(of: $0, depth: depth + 1) }
      }
      return references.count == relation.references.count
        ? try? relation.value(references, example.stream("example")) : nil
    }
  }

  private func support(of number: DrawnNumber, depth: Int) -> ClosedRange<Double>? {
    switch number {
    case .prior(let prior): return prior.support
    case .row(let reference): return tables[reference.name]?.support(reference.column)
    case .relation(let relation):
      let references = relation.references.compactMap {
        given($0, depth).flatMap { support(of: $0, depth: depth + 1) }
      }
      return references.count == relation.references.count ? relation.support(references) : nil
    }
  }

  /// What the document gives at a path, which may come later in it.
  private func given(_ path: String, _ depth: Int) -> DrawnNumber? {
    struct Given: SpecFields {
      var number: Slot = Slot()
      mutating func visit(_ visitor: SpecVisitor) { visitor.convertible("number", &number) }
    }
    // Numbers that follow from themselves are refused later.
    guard depth < 16, let value = document.value(at: path) else { return nil }
    return try? SpecVisitor.read(Given.self, from: .map([.init("number", value)])).number.number
  }

  /// The bare numbers that others refer to, by path.
  ///
  /// - Throws: `SpecErrors` for paths that are those of no number, and for numbers that follow from themselves.
  func fixedReferences(in written: SpecValue) throws -> [String: Double] {
    var (fixed, errors): ([String: Double], [SpecError]) = ([:], [])
    let drawn = Set(numbers.map(\.path))
    func note(_ path: String, of keyPath: String, _ kind: String) {
      if drawn.contains(path) { return }
      guard case .scalar(let text)? = written.value(at: path), let number = Double(text) else {
        errors.append(
          SpecError(
            keyPath: keyPath, value: "'\(path)'",
            requirement: "must be the path of \(kind)\(nearest(to: path, in: written))"))
        return
      }
      fixed[path] = number
    }
    for (path, _, number) in numbers { for other in number.references { note(other, of: path, "a number") } }
    for (path, point) in points {
      guard let about = point.about, !points.contains(where: { $0.path == about }) else { continue }
      for position in 0..<2 { note("\(about).\(position)", of: path, "a place, for instance a center") }
    }
    if errors.isEmpty { errors = cycles() }
    if !errors.isEmpty { throw SpecErrors(errors) }
    return fixed
  }

  /// The path in the document that was probably meant.
  private func nearest(to path: String, in written: SpecValue) -> String {
    let known = written.paths(at: "").filter { other in
      guard abs(other.count - path.count) < 5, case .scalar(let text)? = written.value(at: other) else {
        return false
      }
      return Double(text) != nil
    }
    let nearest = known.map { ($0, editDistance($0, path)) }.min { $0.1 < $1.1 }
    return nearest.map { $0.1 <= 4 ? "; did you mean \($0.0)?" : "" } ?? ""
  }

  private func cycles() -> [SpecError] {
    let next = Dictionary(
      numbers.map { ($0.path, $0.number.references) }
        + points.map { ($0.path, $0.point.about.map { [$0] } ?? []) }
    ) { first, _ in first }
    return next.keys.sorted().compactMap { start in
      var (paths, seen) = (next[start] ?? [], Set<String>())
      while let path = paths.popLast() {
        if path == start {
          return SpecError(keyPath: start, value: "a reference", requirement: "must not lead back to itself")
        }
        if seen.insert(path).inserted { paths += next[path] ?? [] }
      }
      return nil
    }
  }

  /// - Throws: `SpecErrors` for relations that can leave the range of their keys.
  func checkSupports(_ fixed: [String: Double]) throws {
    var errors: [SpecError] = []
    func support(_ path: String) -> ClosedRange<Double> {
      if let value = fixed[path] { return value...value }
      switch numbers.first(where: { $0.path == path })?.number {
      case .prior(let prior)?: return prior.support
      case .row(let reference)?:
        return tables[reference.name]?.support(reference.column) ?? -Double.infinity...Double.infinity
      case .relation(let relation)?: return relation.support(relation.references.map(support))
      case nil: return -Double.infinity...Double.infinity
      }
    }
    for (path, range, number) in numbers {
      guard case .relation = number else { continue }
      let limits = support(path)
      if !(range.contains(limits.lowerBound) && range.contains(limits.upperBound)) {
        errors.append(
          SpecError(
            keyPath: path,
            value: "values from \(specNumber(limits.lowerBound)) to \(specNumber(limits.upperBound))",
            requirement: range.requirement))
      }
    }
    if !errors.isEmpty { throw SpecErrors(errors) }
  }
}

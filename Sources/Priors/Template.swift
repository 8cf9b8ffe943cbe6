import LensCore

/// A value that a sample has of a template's number.
public struct DrawnValue: Sendable, Equatable {
  /// Of its key.
  public let path: String
  public let value: Double
  /// As FITS tables and astropy spell it.
  public let unit: String
  /// The order of magnitude of what draws differ by; nil for what cannot have any value close by, or follows from others.
  public let width: Double?
}

/// Fields in which any number may be a prior, a relation to another number, or a bare one.
///
/// Every number that is drawn has a stream of its own, named after its path: what two templates have in common they draw alike.
public struct Template<Fields: SpecFields>: Sendable {
  /// The fields with some value in the place of each drawn number.
  public let base: Fields
  /// What is drawn, in the order of the document.
  public let numbers: [Number]
  private let points: [(path: String, point: DrawnPoint)]
  private let all: [String: DrawnNumber]
  /// Bare numbers that others refer to.
  private let fixed: [String: Double]
  private let sections: Set<String>
  private let tables: [String: DrawTable]
  private let document: SpecValue

  public struct Number: Sendable {
    public let path: String
    /// As FITS tables and astropy spell it.
    public let unit: String
    public let drawn: DrawnNumber
    /// See `DrawnValue.width`.
    private let width: Double?
    /// Whether only this value is possible.
    let isFixed: Bool

    fileprivate init(path: String, unit: String, drawn: DrawnNumber) {
      (self.path, self.unit, self.drawn) = (path, unit, drawn)
      let prior: Distribution? = if case .prior(let prior) = drawn { prior } else { nil }
      (width, isFixed) = (prior?.width, prior?.isFixed ?? false)
    }

    fileprivate func drawn(_ value: Double) -> DrawnValue {
      DrawnValue(path: path, value: value, unit: unit, width: width)
    }
  }

  /// - Parameters:
  ///   - tables: Whose rows numbers may be drawn from, by name.
  ///   - note: Told of every key that is given without effect.
  /// - Throws: `SpecErrors` with everything that is wrong with the document.
  public init(
    _ document: SpecValue, tables: [String: DrawTable] = [:], note: (SpecNote) -> Void = { _ in }
  ) throws {
    let reader = TemplateReader(document, tables)
    (self.tables, self.document) = (tables, document)
    base = try SpecVisitor.read(Fields.self, from: document, template: reader, note: note)
    numbers = reader.numbers.map { Number(path: $0.path, unit: $0.range.unit, drawn: $0.number) }
    points = reader.points
    all = Dictionary(numbers.map { ($0.path, $0.drawn) }) { first, _ in first }
    sections = SpecFiller.sections(of: numbers.map(\.path) + points.map(\.path))
    let written = SpecVisitor.write(base)
    fixed = try reader.fixedReferences(in: written)
    try reader.checkSupports(fixed)
    try checkThatAllArePlaced()
  }

  /// The document with every key, defaults included.
  package func withDefaults() throws -> SpecValue {
    var written = SpecVisitor.write(base)
    // Numbers of a place stand below it.
    for path in points.map(\.path) + numbers.map(\.path) {
      if let given = document.value(at: path) { try written.set(path.split(separator: "."), to: given) }
    }
    return written
  }

  /// A number that no field takes would be drawn for nothing.
  private func checkThatAllArePlaced() throws {
    let own = Set(points.flatMap { entry in entry.point.keys.map { "\(entry.path).\($0)" } })
    var errors: [SpecError] = []
    for path in numbers.map(\.path) where !own.contains(path) {
      var copy = base
      let filler = SpecFiller(
        numbers: [path: 0], points: [:], sections: SpecFiller.sections(of: [path]))
      SpecVisitor.fill(&copy, from: filler)
      if filler.count == 0 {
        errors.append(SpecError(keyPath: path, value: "a prior", requirement: "must be a number"))
      }
    }
    if !errors.isEmpty { throw SpecErrors(errors) }
  }

  /// Draws every number.
  ///
  /// - Parameters:
  ///   - replacements: Values in the place of what would be drawn, by path.
  ///   - stream: The random numbers that belong to the path of a key.
  /// - Returns: The fields, and what was drawn, in the order of the document.
  /// - Throws: `NumericalError` if a prior gives no value.
  public func draw(
    replacing replacements: [String: Double] = [:], _ stream: (String) -> RandomStream
  ) throws -> (fields: Fields, drawn: [DrawnValue]) {
    var values = replacements.filter { all[$0.key] != nil }
    values.reserveCapacity(2 * numbers.count)
    var drawn: [DrawnValue] = []
    drawn.reserveCapacity(numbers.count)
    for number in numbers {
      let value: Double
      if case .prior(let prior) = number.drawn, replacements.isEmpty {
        // Most numbers: nothing needs to be looked up by its path.
        value = try prior.draw(stream(number.path))
        values[number.path] = value
      } else {
        value = try self.value(number.path, stream, &values)
      }
      if !number.isFixed { drawn.append(number.drawn(value)) }
    }
    var places: [String: [Double]] = [:]
    for (path, point) in points { try place(path, point, stream, &values, &places) }
    var fields = base
    SpecVisitor.fill(&fields, from: SpecFiller(numbers: values, points: places, sections: sections))
    return (fields, drawn)
  }

  private func value(_ path: String, _ stream: (String) -> RandomStream, _ values: inout [String: Double])
    throws -> Double
  {
    if let known = values[path] ?? fixed[path] { return known }
    let value: Double
    switch all[path] {
    case .prior(let prior): value = try prior.draw(stream(path))
    case .relation(let relation):
      let references = try relation.references.map { try self.value($0, stream, &values) }
      value = try relation.value(references, stream(path))
    case .row(let reference):
      // One stream for all columns: they are of one row.
      let table = tables[reference.name]
      guard let row = table?.row(stream("tables.\(reference.name)")),
        let column = table?.values(reference.column)
      else { throw NumericalError.noSolution(quantity: path, context: "there is no such table or column") }
      value = column[row]
    case nil: throw NumericalError.noSolution(quantity: path, context: "it is no number of the template")
    }
    values[path] = value
    return value
  }

  private func place(
    _ path: String, _ point: DrawnPoint, _ stream: (String) -> RandomStream, _ values: inout [String: Double],
    _ places: inout [String: [Double]]
  ) throws {
    if places[path] != nil { return }
    var origin = [0.0, 0.0]
    if let about = point.about {
      if let other = points.first(where: { $0.path == about }) {
        try place(about, other.point, stream, &values, &places)
        origin = places[about] ?? origin
      } else {
        origin = try (0..<2).map { try value("\(about).\($0)", stream, &values) }
      }
    }
    let numbers = try point.keys.map { try value("\(path).\($0)", stream, &values) }
    places[path] = point.place(origin, numbers)
  }
}

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
  /// The positions of numbers by path.
  private let positions: [String: Int]
  /// Bare numbers that others refer to.
  private let fixed: [String: Double]
  private let slots: SpecSlots
  private let tables: [String: DrawTable]
  private let document: SpecValue

  /// A class, so that draws go through many of them without copies.
  public final class Number: Sendable {
    public let path: String
    /// As FITS tables and astropy spell it.
    public let unit: String
    public let drawn: DrawnNumber
    /// See `DrawnValue.width`.
    private let width: Double?
    /// Whether only this value is possible.
    let isFixed: Bool
    /// Of the stream that it is drawn from.
    fileprivate let stream: UInt32

    fileprivate init(path: String, unit: String, drawn: DrawnNumber) {
      (self.path, self.unit, self.drawn) = (path, unit, drawn)
      let prior: Distribution? = if case .prior(let prior) = drawn { prior } else { nil }
      (width, isFixed) = (prior?.width, prior?.isFixed ?? false)
      // All columns of a table are of one row, so they have one stream.
      let name = if case .row(let reference) = drawn { "tables.\(reference.name)" } else { path }
      stream = RandomStream.identifier(of: name)
    }

    fileprivate func drawn(_ value: Double) -> DrawnValue {
      DrawnValue(path: path, value: value, unit: unit, width: width)
    }
  }

  /// - Parameters:
  ///   - tables: Whose rows numbers may be drawn from, by name.
  ///   - isPart: Whether relations may refer to what is not in the document; such a template cannot be drawn from.
  ///   - note: Told of every key that is given without effect.
  /// - Throws: `SpecErrors` with everything that is wrong with the document.
  package init(
    _ document: SpecValue, tables: [String: DrawTable] = [:], isPart: Bool = false,
    note: (SpecNote) -> Void = { _ in }
  ) throws {
    let reader = TemplateReader(document, tables)
    (self.tables, self.document) = (tables, document)
    base = try SpecVisitor.read(Fields.self, from: document, template: reader, note: note)
    numbers = reader.numbers.map { Number(path: $0.path, unit: $0.range.unit, drawn: $0.number) }
    points = reader.points
    positions = Dictionary(numbers.enumerated().map { ($1.path, $0) }) { first, _ in first }
    slots = SpecSlots(numbers: numbers.map(\.path), points: points.map(\.path))
    let written = SpecVisitor.write(base)
    fixed = isPart ? [:] : try reader.fixedReferences(in: written)
    if !isPart { try reader.checkSupports(fixed) }
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
      let filler = SpecFiller(numbers: [0])
      SpecVisitor.fill(&copy, from: filler, SpecSlots(numbers: [path]))
      if filler.count == 0 {
        errors.append(SpecError(keyPath: path, value: "a prior", requirement: "must be a number"))
      }
    }
    if !errors.isEmpty { throw SpecErrors(errors) }
  }

  /// Draws every number.
  ///
  /// - Parameters:
  ///   - key: Of the sample; each number has the stream of its path.
  ///   - replacements: Values in the place of what would be drawn, by path.
  /// - Returns: The fields, and what was drawn, in the order of the document.
  /// - Throws: `NumericalError` if a prior gives no value.
  public func draw(
    _ key: RandomKey, replacing replacements: [String: Double] = [:]
  ) throws -> (fields: Fields, drawn: [DrawnValue]) {
    var draw = Draw(key: key, values: Array(repeating: nil, count: numbers.count))
    for (path, value) in replacements { if let place = positions[path] { draw.values[place] = value } }
    var drawn: [DrawnValue] = []
    drawn.reserveCapacity(numbers.count)
    for place in numbers.indices {
      let value = try self.value(place, &draw)
      if !numbers[place].isFixed { drawn.append(numbers[place].drawn(value)) }
    }
    for (path, point) in points { try self.place(path, point, &draw) }
    var fields = base
    let filler = SpecFiller(
      numbers: draw.values.map { $0 ?? Double.nan }, points: points.map { draw.places[$0.path] ?? [] })
    SpecVisitor.fill(&fields, from: filler, slots)
    return (fields, drawn)
  }

  /// What is known so far of one draw.
  private struct Draw {
    let key: RandomKey
    /// By the positions of numbers.
    var values: [Double?]
    var places: [String: [Double]] = [:]
  }

  private func value(_ path: String, _ draw: inout Draw) throws -> Double {
    if let place = positions[path] { return try value(place, &draw) }
    if let known = fixed[path] { return known }
    throw NumericalError.noSolution(quantity: path, context: "it is no number of the template")
  }

  /// - Parameter place: Of the number.
  private func value(_ place: Int, _ draw: inout Draw) throws -> Double {
    if let known = draw.values[place] { return known }
    let stream = draw.key.stream(identifier: numbers[place].stream)
    let value: Double
    switch numbers[place].drawn {
    case .prior(let prior): value = try prior.draw(stream)
    case .relation(let relation):
      let references = try relation.references.map { try self.value($0, &draw) }
      value = try relation.value(references, stream)
    case .row(let reference):
      let table = tables[reference.name]
      guard let row = table?.row(stream), let column = table?.values(reference.column) else {
        throw NumericalError.noSolution(
          quantity: numbers[place].path, context: "there is no such table or column")
      }
      value = column[row]
    }
    draw.values[place] = value
    return value
  }

  private func place(_ path: String, _ point: DrawnPoint, _ draw: inout Draw) throws {
    if draw.places[path] != nil { return }
    var origin = [0.0, 0.0]
    if let about = point.about {
      if let other = points.first(where: { $0.path == about }) {
        try place(about, other.point, &draw)
        origin = draw.places[about] ?? origin
      } else {
        origin = try (0..<2).map { try value("\(about).\($0)", &draw) }
      }
    }
    let numbers = try point.keys.map { try value("\(path).\($0)", &draw) }
    draw.places[path] = point.place(origin, numbers)
  }
}

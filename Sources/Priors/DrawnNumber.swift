import LensCore

/// What stands in a template in the place of a number: a prior, or a relation to other numbers.
public enum DrawnNumber: Sendable {
  case prior(Distribution)
  case relation(any Relation)
  case row(TableColumnReference)

  /// The paths of the numbers that it follows from.
  var references: [String] {
    switch self {
    case .prior, .row: []
    case .relation(let relation): relation.references
    }
  }

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> DrawnNumber? {
    if let fields = value[TableColumnReference.kind], value.givenEntries?.count == 1 {
      return .row(visitor.readObject(TableColumnReference(), fields, at: TableColumnReference.kind))
    }
    guard let entries = value.givenEntries, entries.count == 1, let entry = entries.first,
      let kind = relationKinds.first(where: { $0.kind == entry.key })
    else {
      let others = relationKinds.map { $0.kind } + [TableColumnReference.kind]
      return Distribution.read(value, visitor, alsoAllowed: others).map { .prior($0) }
    }
    return kind.read(entry.value, visitor.child(at: entry.key)).map { .relation($0) }
  }

  /// The keys of all mappings that stand for a number.
  public static var kinds: [String] {
    Distribution.kinds.map { $0.kind } + relationKinds.map { $0.kind } + [TableColumnReference.kind]
  }

  /// The table of contents: every kind of relation.
  static let relationKinds: [any Relation.Type] = [SameAs.self, LinearRelation.self, PowerRelation.self]
}

/// One kind of relation between numbers. A new kind is a file with such a type and a line in `DrawnNumber.relationKinds`.
public protocol Relation: Sendable {
  /// The key under which documents give it.
  static var kind: String { get }
  /// Reads what stands under that key.
  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> Self?
  /// The paths of the numbers that it follows from.
  var references: [String] { get }
  /// The smallest and largest value, for those of the references.
  func support(_ references: [ClosedRange<Double>]) -> ClosedRange<Double>
  /// - Parameters:
  ///   - references: Their values.
  ///   - stream: Of scatter.
  func value(_ references: [Double], _ stream: RandomStream) throws -> Double
}

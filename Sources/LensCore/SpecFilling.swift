/// Where drawn values go: the keys of one section that get one, each with the number of its value, and the sections below.
package final class SpecSlots: Sendable {
  let numbers: [String: Int]
  let points: [String: Int]
  let sections: [String: SpecSlots]

  /// - Parameter numbers, points: Dotted paths; the value of each has its position as number. Of equal ones the first counts.
  package convenience init(numbers: [String], points: [String] = []) {
    func entries(_ paths: [String], isPoint: Bool) -> [Entry] {
      paths.enumerated().map { Entry(names: $1.split(separator: ".")[...], slot: $0, isPoint: isPoint) }
    }
    self.init(entries(numbers, isPoint: false) + entries(points, isPoint: true))
  }

  private struct Entry {
    let names: ArraySlice<Substring>
    let slot: Int
    let isPoint: Bool
  }

  private init(_ entries: [Entry]) {
    func slots(isPoint: Bool) -> [String: Int] {
      let own = entries.filter { $0.names.count == 1 && $0.isPoint == isPoint }
      return Dictionary(own.map { (String($0.names.first ?? ""), $0.slot) }) { first, _ in first }
    }
    (numbers, points) = (slots(isPoint: false), slots(isPoint: true))
    let below = entries.filter { $0.names.count > 1 }
    sections = Dictionary(grouping: below) { String($0.names.first ?? "") }.mapValues { entries in
      SpecSlots(entries.map { Entry(names: $0.names.dropFirst(), slot: $0.slot, isPoint: $0.isPoint) })
    }
  }

  static let none = SpecSlots([])
}

/// Puts values into fields: the third direction of `visit`, beside reading and writing.
package final class SpecFiller {
  private let numbers: [Double]
  private let points: [[Double]]
  /// Fields that got a value.
  package private(set) var count = 0

  /// - Parameters:
  ///   - numbers: By the slots of their keys.
  ///   - points: Lists of numbers, likewise.
  package init(numbers: [Double], points: [[Double]] = []) {
    (self.numbers, self.points) = (numbers, points)
  }

  func number(_ slot: Int) -> Double {
    count += 1
    return numbers[slot]
  }

  func point(_ slot: Int) -> [Double] {
    count += 1
    return points[slot]
  }
}

extension SpecVisitor {
  /// Puts the filler's values into fields.
  package static func fill<Fields: SpecFields>(
    _ fields: inout Fields, from filler: SpecFiller, _ slots: SpecSlots
  ) {
    fields.visit(SpecVisitor(filling: filler, slots))
  }

  /// A visitor for what stands at a key; nil if none of its fields gets a value.
  func filling(_ key: String) -> SpecVisitor? {
    guard let filler, let below = slots.sections[key] else { return nil }
    return SpecVisitor(filling: filler, below)
  }

  /// Whether drawn values are put into fields, in which case this number's is given away, if it has one.
  func isFilling(_ key: String, _ put: (Double) -> Void) -> Bool {
    guard let filler else { return false }
    if let slot = slots.numbers[key] { put(filler.number(slot)) }
    return true
  }

  /// A drawn count; what is beyond its range is cut off.
  func whole(_ number: Double, _ range: ClosedRange<Int>) -> Int {
    Int(min(max(number, Double(range.lowerBound)), Double(range.upperBound)))
  }

  /// The parameters of one of several kinds with drawn values in them; the visitor stands at the component.
  package func filled<Kind: SpecKind>(_ parameters: Kind) -> Kind {
    guard let section = filling(Kind.kind) else { return parameters }
    var copy = parameters
    copy.visit(section)
    return copy
  }

  func fill(_ key: String, _ value: inout [Double]) {
    guard let filler else { return }
    if let slot = slots.points[key] {
      let point = filler.point(slot)
      if point.count == value.count { value = point }
    }
    guard let below = slots.sections[key] else { return }
    for position in value.indices {
      if let slot = below.numbers["\(position)"] { value[position] = filler.number(slot) }
    }
  }
}

/// Takes what stands in a template in the place of a number: a prior, say, or a reference.
package protocol TemplateNumberReader: AnyObject {
  /// - Returns: Any value that the number may have, for what is read with it; nil to keep the default.
  func read(_ value: SpecValue, _ visitor: SpecVisitor, _ path: String, _ range: SpecRange, isWhole: Bool)
    -> Double?
  /// The same for a list of coordinates.
  func readPoint(_ value: SpecValue, _ visitor: SpecVisitor, _ path: String, _ range: SpecRange)
  /// The smallest and largest value of a number that has been read; nil for a bare one.
  func limits(at path: String) -> ClosedRange<Double>?
}

/// Puts values into fields: the third direction of `visit`, beside reading and writing.
package final class SpecFiller {
  private let numbers: [String: Double]
  private let points: [String: [Double]]
  private let sections: Set<String>
  /// Fields that got a value.
  package private(set) var count = 0

  /// - Parameters:
  ///   - numbers: By the paths of their keys.
  ///   - points: Lists of numbers, likewise.
  ///   - sections: Every path that a path of these begins with; what is not among them is left alone.
  package init(numbers: [String: Double], points: [String: [Double]], sections: Set<String>) {
    (self.numbers, self.points, self.sections) = (numbers, points, sections)
  }

  /// The paths that paths begin with.
  package static func sections(of paths: some Sequence<String>) -> Set<String> {
    var sections: Set<String> = []
    for path in paths {
      for position in path.indices where path[position] == "." { sections.insert(String(path[..<position])) }
    }
    return sections
  }

  func number(_ path: String) -> Double? {
    let value = numbers[path]
    if value != nil { count += 1 }
    return value
  }

  func point(_ path: String) -> [Double]? {
    let value = points[path]
    if value != nil { count += 1 }
    return value
  }

  func holds(_ path: String) -> Bool { sections.contains(path) }
}

extension SpecVisitor {
  /// The smallest and largest value that a number may have, by the path from here.
  public func limits(of key: String, _ value: Double) -> ClosedRange<Double> {
    errors.template?.limits(at: keyPath(key)) ?? value...value
  }

  /// Puts the filler's values into fields.
  package static func fill<Fields: SpecFields>(_ fields: inout Fields, from filler: SpecFiller) {
    fields.visit(SpecVisitor(filling: filler, path: ""))
  }

  /// A visitor for what stands at a key; nil if none of its fields gets a value.
  func filling(_ key: String) -> SpecVisitor? {
    guard let filler, filler.holds(keyPath(key)) else { return nil }
    return SpecVisitor(filling: filler, path: keyPath(key))
  }

  /// Whether drawn values are put into fields, in which case this number's is given away, if it has one.
  func isFilling(_ key: String, _ put: (Double) -> Void) -> Bool {
    guard let filler else { return false }
    if let number = filler.number(keyPath(key)) { put(number) }
    return true
  }

  /// A drawn count; what is beyond its range is cut off.
  func whole(_ number: Double, _ range: ClosedRange<Int>) -> Int {
    Int(min(max(number, Double(range.lowerBound)), Double(range.upperBound)))
  }

  /// The parameters of one of several kinds with drawn values in them; the visitor stands at the component.
  package func filled<Kind: SpecKind>(_ parameters: Kind) -> Kind {
    if let filler, !filler.holds(keyPath(Kind.kind)) { return parameters }
    var copy = parameters
    copy.visit(child(at: Kind.kind))
    return copy
  }

  func fill(_ key: String, _ value: inout [Double]) {
    guard let filler else { return }
    let path = keyPath(key)
    if let point = filler.point(path), point.count == value.count { value = point }
    guard filler.holds(path) else { return }
    for position in value.indices {
      if let number = filler.number("\(path).\(position)") { value[position] = number }
    }
  }
}

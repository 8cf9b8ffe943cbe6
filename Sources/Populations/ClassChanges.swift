import LensCore

/// A class of a population: a name, and what it changes in the scene that all classes share.
public struct ClassChanges: Sendable, Equatable {
  public var name: String
  /// How often samples have it, relative to the other classes.
  public var weight: Int
  /// Dotted paths and what is given there; nothing takes the part of a scene at the path out.
  public var changes: [SpecValue.Entry]

  public init(name: String, weight: Int = 1, changes: [SpecValue.Entry] = []) {
    (self.name, self.weight, self.changes) = (name, weight, changes)
  }

  /// The parts of a scene that classes may change.
  static let sections = ["planes", "dark_matter", "line_of_sight"]

  /// - Throws: `SpecError` for a path that leads through something else than a mapping, and for what is to be taken out and is not there.
  func applied(to scene: SpecValue) throws -> SpecValue {
    var value = scene
    for change in changes {
      if change.value.isNull && scene.value(at: change.key) == nil {
        throw SpecError(
          keyPath: change.key, value: "null", requirement: "there is nothing of that path to take out")
      }
      try value.set(change.key.split(separator: "."), to: change.value)
    }
    return value
  }
}

/// The classes of a population, as a document has them.
struct ClassList: SpecConvertible {
  var classes: [ClassChanges]

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> ClassList? {
    guard case .map(let entries) = value, !entries.isEmpty else {
      visitor.fail("", given: value.summary, "must be a mapping of names to changes, for instance no_sub: {}")
      return nil
    }
    var classes: [ClassChanges] = []
    for entry in entries {
      if let problem = problem(entry.key, classes) {
        visitor.fail("", given: "the name '\(entry.key)'", problem)
        continue
      }
      guard let changes = entry.value.isNull ? [] : entry.value.entries else {
        visitor.fail(
          entry.key, given: entry.value.summary, "must be a mapping of paths to what is given there")
        continue
      }
      classes.append(read(entry.key, changes, visitor))
    }
    return ClassList(classes: classes)
  }

  private static func read(
    _ name: String, _ entries: [SpecValue.Entry], _ visitor: SpecVisitor
  ) -> ClassChanges {
    var item = ClassChanges(name: name)
    for entry in entries {
      if entry.key == weightKey {
        if entry.value.isNull { continue }
        if let weight = whole(entry.value), (1...largestWeight).contains(weight) {
          item.weight = weight
        } else {
          visitor.fail(
            "\(name).\(weightKey)", given: entry.value.summary,
            "must be a whole number from 1 to \(largestWeight)")
        }
      } else if entry.key == "planes" {
        item.changes += entry.value.isNull ? [] : paths(of: entry.value, at: entry.key)
      } else if ClassChanges.sections.contains(where: { entry.key == $0 || entry.key.hasPrefix($0 + ".") }) {
        item.changes.append(entry)
      } else {
        // What a path begins with may be misspelt too.
        let (first, rest) = (entry.key.prefix { $0 != "." }, entry.key.drop { $0 != "." })
        let meant = (ClassChanges.sections + [weightKey]).first { editDistance(String(first), $0) <= 2 }
        visitor.fail(
          name, given: "'\(entry.key)'",
          (meant.map { "did you mean \($0)\(rest)? " } ?? "")
            + "must be \(weightKey) or the path of something in \(ClassChanges.sections.joined(separator: ", "))"
        )
      }
    }
    for (number, change) in item.changes.enumerated() {
      visitor.check(
        !item.changes[..<number].contains { $0.key == change.key }, "\(name).\(change.key)",
        given: "two values", "must be given once")
      // A kind without parameters is one with its defaults; what is above it has no such meaning.
      visitor.check(
        change.value != .map([]) || !change.key.hasPrefix("planes.")
          || change.key.split(separator: ".").count >= 5, "\(name).\(change.key)",
        given: "an empty mapping", "must hold something; null takes out what is there")
    }
    return item
  }

  /// What nested mappings give, down to the keys of kinds: `planes.lens.mass.host.sie.axis_ratio` has as many names as there are levels.
  private static func paths(of value: SpecValue, at path: String) -> [SpecValue.Entry] {
    let depth = path.split(separator: ".").count
    guard depth < 6, case .map(let entries) = value, !entries.isEmpty else { return [.init(path, value)] }
    return entries.flatMap { paths(of: $0.value, at: "\(path).\($0.key)") }
  }

  private static func whole(_ value: SpecValue) -> Int? {
    if case .scalar(let text) = value { Int(text) } else { nil }
  }

  private static let weightKey = "weight"
  private static let largestWeight = 1000

  private static func problem(_ name: String, _ others: [ClassChanges]) -> String? {
    others.contains { $0.name == name } ? "must be given once" : LensCore.problem(withName: name)
  }

  func written() -> SpecValue {
    .map(
      classes.map { item in
        let weight = item.weight == 1 ? [] : [SpecValue.Entry(Self.weightKey, .scalar("\(item.weight)"))]
        return .init(item.name, .map(weight + item.changes))
      })
  }
}

extension SpecValue {
  /// The entries of a mapping, those without a value among them; nil for what is no mapping.
  fileprivate var entries: [Entry]? { if case .map(let entries) = self { entries } else { nil } }
}

import LensCore

/// A class of a population in the words of its planes: a name, and what it changes in the scene that all classes share.
public struct ClassChanges: Sendable, Equatable {
  public var name: String
  /// Dotted paths and what is given there; nothing takes the part of a scene at the path out.
  public var changes: [SpecValue.Entry]

  public init(name: String, changes: [SpecValue.Entry] = []) { (self.name, self.changes) = (name, changes) }

  /// - Throws: `SpecError` for a path that leads through something else than a mapping.
  func applied(to scene: SpecValue) throws -> SpecValue {
    var value = scene
    for change in changes { try value.set(change.key.split(separator: "."), to: change.value) }
    return value
  }
}

/// The classes of a population with planes, as a document has them.
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
      for change in changes where change.key != "planes" && !change.key.hasPrefix("planes.") {
        visitor.fail(entry.key, given: "'\(change.key)'", "must be the path of something in planes")
      }
      classes.append(ClassChanges(name: entry.key, changes: changes))
    }
    return ClassList(classes: classes)
  }

  /// Names become those of files, of columns of FITS tables and of keys.
  private static func problem(_ name: String, _ others: [ClassChanges]) -> String? {
    let isPlain = name.utf8.enumerated().allSatisfy { position, byte in
      let character = Character(Unicode.Scalar(byte))
      return character.isASCII
        && (character.isLetter || position > 0 && (character.isNumber || character == "_"))
    }
    if !isPlain || name.isEmpty || name.utf8.count > longestName {
      return "must be of up to \(longestName) letters, digits and '_', beginning with a letter"
    }
    return others.contains { $0.name == name } ? "must be given once" : nil
  }

  /// As wide as the column of the samples table.
  static let longestName = 32

  func written() -> SpecValue { .map(classes.map { .init($0.name, .map($0.changes)) }) }
}

extension SpecValue {
  /// The entries of a mapping, those without a value among them; nil for what is no mapping.
  fileprivate var entries: [Entry]? { if case .map(let entries) = self { entries } else { nil } }
}

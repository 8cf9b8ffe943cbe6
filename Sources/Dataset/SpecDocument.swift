import FileFormats
import LensCore

/// A spec's text with the changes that a caller makes to it.
struct SpecDocument {
  private(set) var value: SpecValue
  /// Whether a person wrote it, and wants to know which of its keys have no effect.
  private let isOwn: Bool
  /// Whether it lists what stands in the line of sight: a population draws that instead.
  let isScene: Bool
  /// Key paths of the settings.
  private var changed: [String] = []
  /// Of them, those that were removed and not given again.
  private var removed: [String] = []

  init(_ value: SpecValue, isOwn: Bool, _ settings: [String]) throws {
    // Settings change a spec, they do not make another kind of it.
    (self.value, self.isOwn, isScene) = (value, isOwn, value["planes"] != nil)
    for setting in settings { try change(setting) }
    self.value = try anchored(self.value, at: ".")
  }

  private mutating func change(_ setting: String) throws {
    guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
      throw SpecError(
        keyPath: "setting", value: "'\(setting)'",
        requirement: "must be key=value, for instance host.axis_ratio=0.8")
    }
    let path = String(setting[..<equals])
    let keys = path.split(separator: ".", omittingEmptySubsequences: false)
    let given = try parseYAML(String(setting[setting.index(after: equals)...]), path: "setting \(path)")
    changed.append(path)
    if given != .scalar("") {
      try value.set(keys, to: given)
      removed.removeAll { Self.isWithin(path, $0) || Self.isWithin($0, path) }
      return
    }
    try value.remove(keys)
    // The places of a list's later elements change: nothing can be said of the number.
    if keys.last.flatMap({ Int($0) }) == nil { removed.append(path) }
  }

  /// - Throws: `SpecErrors`, also for a removed key whose default would stand in its place.
  func read<Fields: SpecFields>(_ type: Fields.Type, _ note: (SpecNote) -> Void) throws -> Fields {
    let fields = try SpecVisitor.read(type, from: value) { found in
      let isTyped = changed.contains { Self.isWithin($0, found.keyPath) || Self.isWithin(found.keyPath, $0) }
      if isTyped || isOwn && !found.isDefault { note(found) }
    }
    if removed.isEmpty { return fields }
    let written = SpecVisitor.write(fields)
    let errors = removed.compactMap { path -> SpecError? in
      guard let rest = written.value(at: path), rest != .scalar("") else { return nil }
      return SpecError(
        keyPath: path, value: "null",
        requirement:
          "cannot be left out, its default (\(Self.text(rest))) would stand; give the value that is meant")
    }
    if !errors.isEmpty { throw SpecErrors(errors) }
    return fields
  }

  private static func text(_ value: SpecValue) -> String {
    if case .scalar(let text) = value { text } else { value.summary }
  }

  private static func isWithin(_ path: String, _ section: String) -> Bool {
    path == section || path.hasPrefix(section + ".")
  }
}

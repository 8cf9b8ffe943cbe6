import FileFormats
import LensCore

/// A spec's text with the changes that a caller makes to it.
struct SpecDocument {
  private(set) var value: SpecValue
  /// Whether a person wrote it, and wants to know which of its keys have no effect.
  private let isOwn: Bool
  /// Whether it lists what stands in the line of sight: a population draws that instead.
  let isScene: Bool
  /// Key paths of the settings that give a value.
  private var changed: [String] = []

  init(_ value: SpecValue, isOwn: Bool, _ settings: [String]) throws {
    // Settings change a spec, they do not make another kind of it.
    (self.value, self.isOwn) = (value.withoutNullElements, isOwn)
    isScene = Preset.Kind(of: value) == .scene
    for setting in settings { try change(setting) }
    self.value = try withTables(try anchored(self.value, at: "."))
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
    if given.isNull { try requireSection(of: keys, path) } else { changed.append(path) }
    // A null is read as in a file: what it stands for is left out, elements of lists at once.
    try value.set(keys, to: given)
    value = value.withoutNullElements
  }

  /// Leaving something out must not make the section that it would stand in.
  private func requireSection(of keys: [Substring], _ path: String) throws {
    let section = keys.dropLast().joined(separator: ".")
    let found = section.isEmpty ? value : value.value(at: section)
    if case .scalar = found ?? .scalar("") {
      throw SpecError(
        keyPath: path, value: "null",
        requirement: "there is nothing to leave out: the spec gives no \(section)")
    }
  }

  /// - Throws: `SpecErrors`.
  func read<Fields: SpecFields>(_ type: Fields.Type, _ note: (SpecNote) -> Void) throws -> Fields {
    try SpecVisitor.read(type, from: value) { found in
      let isTyped = changed.contains { Self.isWithin($0, found.keyPath) || Self.isWithin(found.keyPath, $0) }
      if isTyped || isOwn && !found.isDefault { note(found) }
    }
  }

  private static func isWithin(_ path: String, _ section: String) -> Bool {
    path == section || path.hasPrefix(section + ".")
  }
}

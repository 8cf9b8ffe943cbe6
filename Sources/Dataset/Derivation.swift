import FileFormats
import LensCore

/// A document that says what it is based on and what is changed there, in the words of `--set`:
///
///     name: clumps
///     based_on: model-a
///     set:
///       classes.clump.planes.lens.mass.clump.nfw: {virial_mass: 1e10, concentration: 12, center: [0.5, 1]}
struct Derivation {
  /// A preset, a profile of the user's, or a file.
  let base: String
  /// Key paths and what is given there, one after the other.
  let changes: [SpecValue.Entry]

  /// Bases of bases, more of which would lead in a circle.
  static let mostBases = 16

  static let baseKey = "based_on"
  private static let changesKey = "set"
  /// Given beside the changes, as they are the document's own.
  private static let ownKeys = ["name", "description"]

  /// Nil for a document that is based on nothing.
  ///
  /// - Parameter folder: Where relative paths in the document start.
  /// - Throws: `SpecError` for what stands beside the changes.
  init?(_ document: SpecValue, folder: String) throws {
    guard case .map(let entries) = document, let given = document[Self.baseKey], !given.isNull else {
      return nil
    }
    guard case .scalar(let name) = given, !name.isEmpty else {
      throw SpecError(keyPath: Self.baseKey, value: given.summary, requirement: "must be a name or a path")
    }
    let allowed = [Self.baseKey, Self.changesKey] + Self.ownKeys
    if let other = entries.first(where: { !allowed.contains($0.key) }) {
      throw SpecError(
        keyPath: other.key, value: "a key beside \(Self.baseKey)",
        requirement: "must stand below \(Self.changesKey); \(suggestion(for: other.key, among: allowed))")
    }
    base = isDocument(name) ? absolutePath(name, in: folder) : name
    let own = entries.filter { Self.ownKeys.contains($0.key) }
    changes = try own + Self.changes(document[Self.changesKey], folder)
  }

  private static func changes(_ given: SpecValue?, _ folder: String) throws -> [SpecValue.Entry] {
    guard let given, !given.isNull else { return [] }
    guard case .map(let entries) = given else {
      throw SpecError(
        keyPath: changesKey, value: given.summary,
        requirement: "must be a mapping of key paths to what is given there")
    }
    return try entries.map { entry in
      // Files are looked for from where their paths are written.
      var alone = SpecValue.map([])
      try alone.set(entry.key.split(separator: "."), to: entry.value)
      return SpecValue.Entry(entry.key, try anchored(alone, at: folder).value(at: entry.key) ?? entry.value)
    }
  }
}

/// One change of a spec, `key=value`.
///
/// - Throws: `SpecError` for what is no such text, `FileError` if the value is no YAML.
func specChange(_ setting: String) throws -> SpecValue.Entry {
  guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
    throw SpecError(
      keyPath: "setting", value: "'\(setting)'",
      requirement: "must be key=value, for instance instrument.pixel_scale=0.1")
  }
  let path = String(setting[..<equals])
  let value = try parseYAML(String(setting[setting.index(after: equals)...]), path: "setting \(path)")
  return SpecValue.Entry(path, value)
}

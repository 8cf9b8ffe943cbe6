import FileFormats
import Instrument
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
  /// The camera before another took its place.
  private var earlierCamera: SpecValue?
  /// Bands that a camera had not, with those that it had.
  private var addedBands: [(name: String, earlier: [String])] = []
  /// Whether somebody says what lights mean.
  private var hasOwnBrightness = false
  /// Key paths of what a camera that is named gives, which nobody has typed.
  private var ofCamera: Set<String> = []

  init(_ value: SpecValue, isOwn: Bool, _ changes: [SpecValue.Entry]) throws {
    // Changes do not make another kind of a spec.
    (self.value, self.isOwn) = (try withCamera(value.withoutNullElements), isOwn)
    isScene = Preset.Kind(of: value) == .scene
    noteCamera(value.withoutNullElements)
    try noteBands(of: value["instrument"])
    for entry in changes { try change(entry.key, to: entry.value) }
    self.value = try withTables(try anchored(self.value, at: "."))
  }

  private mutating func change(_ path: String, to given: SpecValue) throws {
    let keys = path.split(separator: ".", omittingEmptySubsequences: false)
    let old = value["instrument"]
    if given.isNull { try requireSection(of: keys, path) } else { changed.append(path) }
    ofCamera = ofCamera.filter { !Self.isWithin($0, path) }
    if given.isNull, keys.count == 2, keys[0] == "classes" { return try leaveOutClass(keys[1]) }
    // A null is read as in a file: what it stands for is left out, elements of lists at once.
    if keys == ["classes"], case .list(let names) = given {
      try value.set(keys, to: .map(try names.map(givenClass)))
    } else if keys == ["instrument", cameraKey[...]], case .scalar = given, !given.isNull {
      // Another camera is another instrument, not the old one's numbers under another name.
      try value.set(["instrument"], to: given)
    } else {
      try value.set(keys, to: given)
    }
    if keys == ["instrument"] { try noteBands(of: given) }
    if keys.starts(with: ["instrument", "bands"]), keys.count > 2 {
      noteBands([String(keys[2])], besides: bandNames(old))
    }
    let typed = value.withoutNullElements
    value = try withCamera(typed)
    noteCamera(typed)
    if keys[0] == "instrument", keys.count == 1 || keys[1] == cameraKey {
      earlierCamera = earlierCamera ?? old ?? .map([])
      hasOwnBrightness = given["brightness_unit"] != nil
    } else if path == "instrument.brightness_unit" {
      hasOwnBrightness = true
    }
  }

  /// - Parameter instrument: As it is typed, with the camera's name in it.
  private mutating func noteBands(of instrument: SpecValue?) throws {
    guard let instrument, let name = try cameraName(instrument) else { return }
    noteBands(bandNames(instrument), besides: bandNames(try cameraDocument(name)))
  }

  /// A band that nobody knows may be a new one, or a slip.
  private mutating func noteBands(_ names: [String], besides earlier: [String]) {
    if earlier.isEmpty { return }
    addedBands += names.filter { !earlier.contains($0) }.map { ($0, earlier) }
  }

  private var bandNotes: [SpecNote] {
    addedBands.map { name, earlier in
      SpecNote(
        keyPath: "instrument.bands.\(name)", statement: "adds a band",
        reason: "the camera had \(earlier.joined(separator: ", "))",
        isDefault: false)
    }
  }

  /// Another camera may make all lights mean something else.
  private var brightnessNote: SpecNote? {
    guard !hasOwnBrightness, let old = earlierCamera else { return nil }
    let cameras = [old, value["instrument"] ?? .map([])].map { camera in
      var plain = InstrumentSpec()
      if case .scalar(let text)? = camera["brightness_unit"] {
        plain.brightnessUnit = BrightnessUnit(rawValue: text) ?? plain.brightnessUnit
      }
      if case .scalar(let text)? = camera["pixel_scale"] {
        plain.pixelScale = Double(text) ?? plain.pixelScale
      }
      return plain
    }
    let (units, scales) = (cameras.map(\.brightnessUnit), cameras.map(\.pixelScale))
    if units[0] == units[1] && (units[0] == .perSquareArcsec || scales[0] == scales[1]) { return nil }
    return SpecNote(
      keyPath: "instrument.brightness_unit", statement: "is \(units[1].rawValue)",
      reason:
        "the lights were given for a camera with \(units[0].rawValue) and pixels of \(specNumber(scales[0])) arcsec, and are of "
        + "another brightness now; exposures for a signal-to-noise ratio follow it", isDefault: false)
  }

  /// - Parameter typed: The document with the camera's name in the place of its keys.
  private mutating func noteCamera(_ typed: SpecValue) {
    if value == typed { return }
    // Another camera than before.
    let paths = (value["instrument"] ?? .map([])).paths(at: "instrument")
    ofCamera = Set(paths.filter { typed.value(at: $0) == nil })
  }

  private var givenClasses: [SpecValue.Entry] {
    if case .map(let entries)? = value["classes"] { entries } else { [] }
  }

  /// One of the classes of the spec: a list of names picks among them.
  private func givenClass(_ name: SpecValue) throws -> SpecValue.Entry {
    let names = givenClasses.map(\.key)
    guard case .scalar(let text) = name, let found = givenClasses.first(where: { $0.key == text }) else {
      throw SpecError(
        keyPath: "classes", value: name.summary, requirement: suggestion(for: name.summary, among: names))
    }
    return found
  }

  /// A class of which nothing is said is one without changes, so that null would not take it out.
  private mutating func leaveOutClass(_ name: Substring) throws {
    try value.set(["classes"], to: .map(givenClasses.filter { $0.key != name }))
  }

  /// Leaving something out must not make the section that it would stand in.
  private func requireSection(of keys: [Substring], _ path: String) throws {
    if value.value(at: path) != nil { return }
    // A class may take out what the shared scene has.
    let isOfClass = keys.count > 3 && keys[0] == "classes" && keys[2] == "planes"
    if isOfClass && givenClasses.contains(where: { $0.key == keys[1] }) { return }
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
    bandNotes.forEach(note)
    if let brightnessNote { note(brightnessNote) }
    return try SpecVisitor.read(type, from: value) { found in
      let isOfCamera = ofCamera.contains(found.keyPath)
      let isTyped =
        !isOfCamera
        && changed.contains { Self.isWithin($0, found.keyPath) || Self.isWithin(found.keyPath, $0) }
      if isTyped || isOwn && !found.isDefault && !isOfCamera { note(found) }
    }
  }

  private static func isWithin(_ path: String, _ section: String) -> Bool {
    path == section || path.hasPrefix(section + ".")
  }
}

import FileFormats
import Instrument
import LensCore

/// A camera by name: what its file says, and what is changed in it.
///
/// An `instrument` may be the name of a camera, or a mapping with the name as `camera` and what differs. When a spec is loaded, the
/// camera's keys take the place of its name, so that a spec means the same whatever becomes of the file.
func withCamera(_ document: SpecValue) throws -> SpecValue {
  guard let given = document["instrument"] else { return document }
  guard let name = try cameraName(given) else { return try withoutNullCamera(document, given) }
  var camera = try cameraDocument(name)
  if case .map(let entries) = given {
    camera = merged(camera, .map(entries.filter { $0.key != cameraKey }))
  }
  var result = document
  try result.set(["instrument"], to: camera)
  return result
}

/// No name is as good as no key.
private func withoutNullCamera(_ document: SpecValue, _ instrument: SpecValue) throws -> SpecValue {
  guard case .map(let entries) = instrument, instrument[cameraKey] != nil else { return document }
  var result = document
  try result.set(["instrument"], to: .map(entries.filter { $0.key != cameraKey }))
  return result
}

/// The key of an instrument that names its camera.
let cameraKey = "camera"

func cameraName(_ instrument: SpecValue) throws -> String? {
  switch instrument {
  case .scalar(let name): return name.isEmpty ? nil : name
  case .list: return nil
  case .map:
    guard let given = instrument[cameraKey], !given.isNull else { return nil }
    guard case .scalar(let name) = given, !name.isEmpty else {
      throw SpecError(
        keyPath: "instrument.\(cameraKey)", value: given.summary, requirement: "must be a camera's name")
    }
    return name
  }
}

/// The names of a camera's bands, or of those that an instrument changes.
func bandNames(_ camera: SpecValue?) -> [String] {
  if case .map(let entries)? = camera?["bands"] { entries.map(\.key) } else { [] }
}

/// Of a preset, a profile of the user's, or a YAML file.
func cameraDocument(_ name: String) throws -> SpecValue {
  if let preset = Preset.cameras.first(where: { $0.name == name }) {
    return try camera(in: try parseYAML(preset.yaml, path: "preset \(name)"), name)
  }
  let own = try OwnProfile.all()
  let path = own.first { $0.name == name }?.path ?? name
  guard fileExists(path) else {
    // Another file that cannot be read is not what is wrong here.
    let names = Preset.cameras.map(\.name) + own.filter { (try? $0.kind) == .camera }.map(\.name)
    throw SpecError(
      keyPath: "instrument.\(cameraKey)", value: "'\(name)'",
      requirement:
        "there is no such camera and no such file; \(suggestion(for: name, among: names)), or the path of a "
        + "file (./\(name).yaml) or a file in a folder that LENSING_PROFILES names")
  }
  return try camera(in: try parseYAML(readText(path), path: path), path, folder: folder(of: path))
}

/// - Parameter folder: Of the file, where relative paths of its kernels start.
private func camera(in document: SpecValue, _ name: String, folder: String = ".") throws -> SpecValue {
  guard let camera = document[cameraKey], case .map = camera, camera[cameraKey] == nil else {
    throw SpecError(
      keyPath: "instrument.\(cameraKey)", value: "'\(name)'",
      requirement: "must be a file with the keys of a camera under 'camera:', and name no other camera")
  }
  return try anchored(.map([.init("instrument", camera)]), at: folder)["instrument"] ?? camera
}

/// One camera over another, down to single keys of it and of its bands: a blur or a prior replaces the other's as a whole.
///
/// - Parameter depth: Levels of mappings that are merged: the camera's, that of the bands, a band's.
private func merged(_ base: SpecValue, _ changes: SpecValue, depth: Int = 3) -> SpecValue {
  guard depth > 0, case .map(var entries) = base, case .map(let given) = changes else { return changes }
  for change in given {
    if let place = entries.firstIndex(where: { $0.key == change.key }) {
      let isSection = depth < 3 ? depth == 2 : change.key == "bands"
      entries[place].value =
        isSection ? merged(entries[place].value, change.value, depth: depth - 1) : change.value
    } else {
      entries.append(change)
    }
  }
  return .map(entries)
}

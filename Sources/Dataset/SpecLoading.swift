import FileFormats
import Instrument
import Legacy
import LensCore
import Populations
import Simulation

/// Reads a population from the name of a preset or of a profile of the user's (`OwnProfile`), a YAML or JSON file, or a PyLensing parameter file (JSON or CSV).
///
/// - Parameters:
///   - source: A preset's name or a path.
///   - settings: `key=value` changes with dotted key paths, applied in turn before the spec is read. Values are
///     YAML; a mapping replaces all keys below its key, and nothing (or `null`) removes a key that may be left out.
///   - note: Told of every key that is given without effect: by a setting, or by a spec file with another value than its
///     default. What a preset gives is not noted.
/// - Throws: `SpecErrors` with everything that is wrong with the spec, `FileError` if the file cannot be read.
public func loadPopulation(
  _ source: String, settings: [String] = [], note: (SpecNote) -> Void = { _ in }
) throws -> PopulationSpec {
  let found = try document(source, settings)
  if found.isScene {
    let misspelt = found.value.givenEntries?.first { editDistance($0.key, "classes") <= 2 }?.key
    throw SpecError(
      keyPath: "model", value: "'\(source)'",
      requirement: misspelt.map { "has no classes; did you mean classes where it says '\($0)'?" }
        ?? "\(source) is a scene, not a population of them; render it with: lensing render \(source)")
  }
  return try found.read(PopulationSpec.self, note)
}

/// Reads a population from YAML or JSON text; see `loadPopulation`.
public func loadPopulation(
  yaml text: String, settings: [String] = [], note: (SpecNote) -> Void = { _ in }
) throws -> PopulationSpec {
  try document(
    try parseYAML(text, path: "spec"), isOwn: true, folder: ".", settings.map(specChange)
  ).read(PopulationSpec.self, note)
}

/// Reads a scene from a preset's name or a YAML file; see `loadPopulation`.
public func loadScene(
  _ source: String, settings: [String] = [], note: (SpecNote) -> Void = { _ in }
) throws -> SceneSpec {
  try document(source, settings).read(SceneSpec.self, note)
}

/// What a name or path may mean.
public enum LoadedSpec: Sendable {
  /// The camera's keys, among them defaults and what is drawn.
  case camera(SpecValue)
  case population(PopulationSpec)
  case scene(SceneSpec)
}

/// Reads a population or a scene, whichever is meant; see `loadPopulation`.
///
/// The file is opened once, so that it may be a pipe.
/// - Throws: `SpecError` if there is nothing of that name, `FileError` if it cannot be read.
public func loadSpec(
  _ source: String, settings: [String] = [], note: (SpecNote) -> Void = { _ in }
) throws -> LoadedSpec {
  if let camera = try loadCamera(source, settings) { return .camera(camera) }
  let found = try document(source, settings)
  return found.isScene
    ? .scene(try found.read(SceneSpec.self, note)) : .population(try found.read(PopulationSpec.self, note))
}

/// Nil for what is no camera.
private func loadCamera(_ source: String, _ settings: [String]) throws -> SpecValue? {
  let isCamera =
    try Preset.cameras.contains { $0.name == source }
    || OwnProfile.all().contains { $0.name == source && (try? $0.kind) == .camera }
  guard isCamera else { return nil }
  guard settings.isEmpty else {
    throw SpecError(
      keyPath: "--set", value: settings[0],
      requirement: "is of no use here: a camera is changed where it is used, as in --set instrument=\(source)"
    )
  }
  let document = SpecValue.map([.init(cameraKey, try cameraDocument(source))])
  return SpecVisitor.write(try SpecVisitor.read(CameraFile.self, from: document))
}

private func document(_ source: String, _ settings: [String]) throws -> SpecDocument {
  let (value, isOwn, folder) = try parse(source)
  return try document(value, isOwn: isOwn, folder: folder, settings.map(specChange))
}

/// The document itself, or what it is based on with its changes.
private func document(
  _ value: SpecValue, isOwn: Bool, folder: String, _ changes: [SpecValue.Entry], depth: Int = 0
) throws -> SpecDocument {
  guard let derivation = try Derivation(value, folder: folder) else {
    return try SpecDocument(value, isOwn: isOwn, changes)
  }
  guard depth < Derivation.mostBases else {
    throw SpecError(
      keyPath: Derivation.baseKey, value: "'\(derivation.base)'",
      requirement: "leads through more than \(Derivation.mostBases) documents, perhaps in a circle")
  }
  let base = try parse(derivation.base)
  return try document(
    base.value, isOwn: base.isOwn, folder: base.folder, derivation.changes + changes, depth: depth + 1)
}

/// A relative path of a kernel, a table or a camera starts at the folder of the spec's own file, or at the working folder where it was given on
/// the command line or in a text; it is made absolute, so that a copy of the spec, for instance a dataset's, finds the same.
func anchored(_ original: SpecValue, at folder: String) throws -> SpecValue {
  let tables = original["tables"]?.givenEntries?.map { ["tables", $0.key, "path"] } ?? []
  let camera = [["instrument"], ["instrument", cameraKey]].filter { path in
    guard case .scalar(let name)? = original.value(at: path.joined(separator: ".")) else { return false }
    return isDocument(name)
  }
  let bands = original["instrument"]?["bands"]?.givenEntries?.map { ["instrument", "bands", $0.key] } ?? []
  let kernels = ([["instrument"]] + bands).map { $0 + ["psf", "file", "path"] }
  var value = original
  for key in kernels + tables + camera {
    let given = key.reduce(original as SpecValue?) { value, name in value?[name] }
    guard case .scalar(let path)? = given, !path.isEmpty, !path.hasPrefix("/") else { continue }
    try value.set(key.map { $0[...] }, to: .scalar(absolutePath(path, in: folder)))
  }
  return value
}

/// Whether a text is the path of a file with a document, not the name of one.
func isDocument(_ name: String) -> Bool {
  [".yaml", ".yml", ".json", ".csv"].contains(where: name.hasSuffix)
}

/// - Returns: Also whether somebody wrote the keys as they are: not so in presets and PyLensing's files; and where relative paths start.
private func parse(_ source: String) throws -> (value: SpecValue, isOwn: Bool, folder: String) {
  let own = try OwnProfile.all()
  if let preset = Preset.all.first(where: { $0.name == source && ![.training, .published].contains($0.kind) })
  {
    if preset.kind == .camera { throw isCamera(source) }
    return (try parseYAML(preset.yaml, path: "preset \(preset.name)"), false, ".")
  }
  let path = own.first { $0.name == source }?.path ?? source
  guard fileExists(path) else {
    let names = (Preset.populations + Preset.scenes).map(\.name) + own.map(\.name)
    throw SpecError(
      keyPath: "model", value: "'\(source)'",
      requirement: "there is no such preset and no such file; \(suggestion(for: source, among: names))")
  }
  let text = try readText(path)
  if path.hasSuffix(".csv") {
    return (try PyLensingParameters(rows: try parseCSV(text, path: path), path: path).population, false, ".")
  }
  let home = folder(of: path)
  let value = try anchored(try parseYAML(text, path: path), at: home)
  if value[Derivation.baseKey] != nil { return (value, true, home) }
  if Preset.Kind(of: value) == .camera { throw isCamera(source) }
  let translated = try PyLensingParameters(document: value, path: path)?.population
  return (translated ?? value, translated == nil, home)
}

private func isCamera(_ source: String) -> SpecError {
  SpecError(
    keyPath: "model", value: "'\(source)'",
    requirement:
      "\(source) is a camera; look through it with: lensing generate model-a --set instrument=\(source)")
}

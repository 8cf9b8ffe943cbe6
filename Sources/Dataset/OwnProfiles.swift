import FileFormats
import Foundation
import LensCore

/// A document in one of the folders that a user has named in the environment: it is meant by its name, as a preset is.
public struct OwnProfile: Sendable, Equatable {
  public let name: String
  public let path: String

  /// The variable that names the folders, with colons between them.
  public static let variable = "LENSING_PROFILES"

  /// Every YAML file in the folders and below, by name.
  ///
  /// - Throws: `SpecError` for a folder that is not there, and for a name that two files have or a preset; `FileError` for a
  ///   folder that cannot be read.
  public static func all(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> [OwnProfile] {
    let folders = (environment[variable] ?? "").split(separator: ":").map(String.init)
    var found: [String: OwnProfile] = [:]
    for profile in try folders.flatMap(files) {
      if Preset.all.contains(where: { $0.name == profile.name }) {
        throw taken(profile, "a preset of the program has that name")
      }
      if let other = found.updateValue(profile, forKey: profile.name) {
        throw taken(profile, "\(other.path) has that name")
      }
    }
    return found.values.sorted { $0.name < $1.name }
  }

  private static func files(in folder: String) throws -> [OwnProfile] {
    guard isFolder(folder) else {
      throw SpecError(
        keyPath: variable, value: "'\(folder)'",
        requirement: "must name folders that are there, with colons between")
    }
    guard let names = FileManager.default.subpaths(atPath: folder) else {
      throw FileError(path: folder, reason: "cannot be read")
    }
    return names.filter { $0.hasSuffix(".yaml") }.sorted().map {
      OwnProfile(name: Preset.name(ofFile: $0), path: "\(folder)/\($0)")
    }
  }

  private static func taken(_ profile: OwnProfile, _ reason: String) -> SpecError {
    SpecError(
      keyPath: variable, value: profile.path, requirement: "must be called otherwise: \(reason)")
  }

  /// What the document describes.
  ///
  /// - Throws: `FileError` if it cannot be read.
  public var kind: Preset.Kind {
    get throws { Preset.Kind(of: try parseYAML(readText(path), path: path)) }
  }
}

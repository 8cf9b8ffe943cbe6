import FileFormats
import LensCore

/// A document that comes with the program: a reviewed file of `Profiles/`, embedded in the binary.
public struct Preset: Sendable {
  /// What a document describes, which its keys tell.
  public enum Kind: Sendable {
    case population, scene, training, camera, published

    /// - Parameter document: One with `classes` is a population, and so is one without `planes`, `populations` and `camera`.
    init(of document: SpecValue) {
      if document["camera"] != nil || document["published"] != nil {
        self = document["camera"] != nil ? .camera : .published
        return
      }
      let isScene = document["planes"] != nil && document["classes"] == nil
      self = isScene ? .scene : document["populations"] != nil ? .training : .population
    }
  }

  public let name: String
  public let yaml: String
  public let kind: Kind

  /// Nil for what is no YAML, which a test finds before anybody else does.
  private init?(path: String, yaml: String) {
    guard let document = try? parseYAML(yaml, path: path) else { return nil }
    (name, self.yaml, kind) = (Self.name(ofFile: path), yaml, Kind(of: document))
  }

  static func name(ofFile path: String) -> String {
    String((path.split(separator: "/").last ?? "").dropLast(".yaml".count))
  }

  /// Every preset, those of no folder first.
  public static let all = embeddedProfiles.sorted { first, second in
    let depths = [first, second].map { $0.path.count { $0 == "/" } }
    return depths[0] != depths[1] ? depths[0] < depths[1] : first.path < second.path
  }.compactMap { Preset(path: $0.path, yaml: $0.yaml) }

  /// Every preset population, in the order in which `lensing profiles` lists them.
  public static let populations = all.filter { $0.kind == .population }

  /// Every preset scene.
  public static let scenes = all.filter { $0.kind == .scene }

  /// Every camera that an `instrument` may name.
  public static let cameras = all.filter { $0.kind == .camera }

  /// What others have published, as one document.
  public static var published: Preset? { all.first { $0.kind == .published } }

  /// Every training that comes with `lensing-learn`.
  public static let trainings = all.filter { $0.kind == .training }
}

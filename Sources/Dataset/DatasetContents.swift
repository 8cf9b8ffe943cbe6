import LensCore
import Populations
import Simulation

/// A further array beside the images: what is behind each of them.
public enum TruthMap: String, CaseIterable, Codable, Sendable {
  /// Lensed source and lens light, blurred, without noise; as the images.
  case noiseFree = "noise_free"
  /// Of the whole lens, at the pixels' centres; [2, height, width], x then y, arcsec.
  case deflection
  /// Of the whole lens, at the pixels' centres; points and lines have none there.
  case convergence
  /// Of the substructure alone, means over the pixels; points and lines are in it.
  case substructureConvergence = "substructure_convergence"

  /// Planes of an image's width and height that make up one entry.
  public var channels: Int { self == .deflection ? 2 : 1 }
}

/// What a dataset holds besides images as .npy arrays and tables.
public struct DatasetContents: Codable, Sendable, Equatable {
  /// Whether the images are also written as FITS cubes.
  public var hasFITS = true
  public var truthMaps: [TruthMap] = []

  public init() {}

  // The manifest's keys are made from these, and acronyms would not survive it.
  private enum CodingKeys: String, CodingKey {
    case hasFITS = "fits"
    case truthMaps
  }
}

extension Sample {
  /// [channels, height, width] of one truth map.
  ///
  /// - Parameter maps: Of the lens and its substructure, where the kind needs them.
  package func values(of kind: TruthMap, _ maps: TruthMaps?) throws -> [Float] {
    switch kind {
    case .noiseFree:
      return zip(observation.source.pixels, observation.lens.pixels).map { $0 + $1 }
    case .deflection:
      return (maps.map { $0.deflectionX.pixels + $0.deflectionY.pixels } ?? []).map { Float($0) }
    case .convergence:
      return (maps?.convergence.pixels ?? []).map { Float($0) }
    case .substructureConvergence:
      if let maps { return maps.substructureConvergence.pixels.map { Float($0) } }
      let instrument = drawn.scene.instrument
      return try meanConvergence(
        of: drawn.substructureMasses, width: instrument.width, height: instrument.height,
        pixelScale: instrument.pixelScale
      ).pixels.map { Float($0) }
    }
  }
}

import Instrument
import LensCore
import Populations
import Simulation

/// A further array beside the images: what is behind each of them.
public enum TruthMapKind: String, CaseIterable, Codable, Sendable {
  /// Lensed source and lens light, blurred, without noise; in each band, as the images.
  case noiseFree = "noise_free"
  /// Of the whole lens, at the pixels' centres; [2, height, width], x then y, arcsec.
  case deflection
  /// Of the whole lens, at the pixels' centres; points and lines have none there.
  case convergence
  /// Of the substructure alone, means over the pixels; points and lines are in it.
  case substructureConvergence = "substructure_convergence"

  /// Maps of an image's width and height that make up one entry.
  func channels(_ instrument: InstrumentSpec) -> Int {
    switch self {
    case .noiseFree: instrument.bandCount
    case .deflection: 2
    case .convergence, .substructureConvergence: 1
    }
  }
}

/// A kind of file that a dataset's images are in.
public enum ImageFormat: String, CaseIterable, Codable, Sendable {
  case npy, fits
}

/// What a dataset holds besides tables.
public struct DatasetContents: Codable, Sendable, Equatable {
  /// Of the images, at least one, none twice; truth maps are .npy arrays whatever these are.
  public var formats = ImageFormat.allCases
  public var truthMaps: [TruthMapKind] = []

  public init() {}
}

extension Sample {
  /// [channels, height, width] of one truth map.
  ///
  /// - Parameter maps: Of the lens and its substructure, where the kind needs them.
  package func values(of kind: TruthMapKind, _ maps: TruthMaps?) throws -> [Float] {
    switch kind {
    case .noiseFree:
      return observation.noiseFree.pixels
    case .deflection:
      return (maps.map { $0.deflectionX.pixels + $0.deflectionY.pixels } ?? []).map { Float($0) }
    case .convergence:
      return (maps?.convergence.pixels ?? []).map { Float($0) }
    case .substructureConvergence:
      let maps = try maps ?? drawn.mapsOfSeveralPlanes()
      if let maps { return maps.substructureConvergence.pixels.map { Float($0) } }
      let instrument = drawn.scene.instrument
      return try meanConvergence(
        of: drawn.substructureMasses, width: instrument.width, height: instrument.height,
        pixelScale: instrument.pixelScale
      ).pixels.map { Float($0) }
    }
  }
}

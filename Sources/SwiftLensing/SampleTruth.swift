import Dataset
import LensCore
import Populations
import Simulation

/// What is behind one sample's image: every map that `lensing generate --truth` writes, and the list of substructure.
///
/// The maps of `lens` are members too: `truth.convergence` is `truth.lens.convergence`.
@dynamicMemberLookup
public struct SampleTruth: Sendable {
  /// What the whole lens does.
  public let lens: TruthMaps
  /// Lensed source and lens light, blurred, without noise; electrons per second, as the image.
  public let noiseFree: Frames<Float>
  /// Of the substructure alone, means over the pixels; dimensionless.
  public let substructureConvergence: Image<Float>
  /// As the table of substructure lists it.
  public let substructure: [SubstructureRecord]

  init(_ sample: Sample, hasCriticalCurves: Bool) throws {
    let image = sample.observation.image
    let lens = try sample.drawn.truthMaps(hasCriticalCurves: hasCriticalCurves)
    self.lens = lens
    noiseFree = sample.observation.noiseFree
    substructureConvergence = Image(
      width: image.width, height: image.height,
      pixels: try sample.values(of: .substructureConvergence, lens))
    bandSuffixes = sample.drawn.scene.instrument.bandSuffixes
    substructure = sample.drawn.substructure
  }

  public subscript<Value>(dynamicMember member: KeyPath<TruthMaps, Value>) -> Value { lens[keyPath: member] }

  /// All maps with their names, in a fixed order: those of the lens, `noise_free` (for each band `noise_free_` and its name)
  /// and `substructure_convergence`.
  public var named: [(name: String, image: Image<Double>)] {
    lens.named
      + zip(bandSuffixes, noiseFree.images).map { ("noise_free\($0)", $1.map(Double.init)) }
      + [("substructure_convergence", substructureConvergence.map(Double.init))]
  }

  private let bandSuffixes: [String]
}

import LensCore
import Populations

extension PopulationPlan {
  /// Reads a population as `loadPopulation` does and compiles it, with the files that it names.
  ///
  /// - Parameter seed: Nil for the one that the spec's name gives.
  /// - Throws: What reading and compiling throw.
  public init(
    loading source: String, settings: [String] = [], seed: UInt64? = nil, noiseSeed: UInt64? = nil,
    defaultSeed: (PopulationSpec) -> UInt64 = \.defaultSeed, note: (SpecNote) -> Void = { _ in }
  ) throws {
    let spec = try loadPopulation(source, settings: settings, note: note)
    try self.init(
      spec, seed: seed ?? defaultSeed(spec), noiseSeed: noiseSeed, readImage: readKernel)
  }
}

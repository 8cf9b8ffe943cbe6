import Dataset
import LensCore
import LensTestSupport
import Populations
import Testing

/// Every number of a spec far from what is usual, and at the ends of what is allowed.
struct ExtremeValueTests {
  private static let small = [
    "instrument.width=9", "instrument.height=8", "instrument.pixel_scale=0.5", "accuracy.precision=float32",
  ]

  static let bases: [[String]] = [
    [], ["signal_to_noise=null"], ["signal_to_noise.definition=total"],
    ["host.axis_ratio=0.8", "host.core_radius=0.1"],
    ["host.velocity_dispersion=null", "host.profile=nfw", "host.einstein_radius=1.1", "host.axis_ratio=0.8"],
    ["host.velocity_dispersion=null", "host.profile=nfw", "host.virial_mass=1e14"],
    ["spherical.total_mass_fraction=null"],
    ["spherical.profile=truncated_nfw"], ["spherical.profile=nfw", "spherical.total_mass_fraction=null"],
    ["vortex.representation=chain"],
  ]

  /// Numbers of things, which make work, not overflows.
  private static let counts = [
    "width", "height", "points", "kernel_pixels", "subpixels", "count", "distinct_values",
  ]

  private static let values = [
    "1e-300", "1e-60", "1e-20", "1e-6", "0.001", "0.01", "1000", "1e4", "1e9", "1e12", "1e20", "1e25", "1e60",
    "1e300",
    "-1e-300", "-1e4", "-1e300",
  ]

  @Test(arguments: bases)
  func `an extreme value is refused or gives finite samples`(_ base: [String]) throws {
    let settings = Self.small + base
    let keys = leaves(SpecVisitor.write(try loadPopulation("model-a", settings: settings)), "").map(\.key)
    var (rendered, refused) = (0, 0)
    for key in keys where !Self.counts.contains(where: { key.hasSuffix($0) }) {
      for value in Self.values {
        guard let spec = try? loadPopulation("model-a", settings: settings + ["\(key)=\(value)"]) else {
          refused += 1
          continue
        }
        do {
          try expectFinite(spec, "\(key)=\(value) with \(base)")
          rendered += 1
        } catch {
          refused += 1
          #expect(!"\(error)".contains("nan"), "\(key)=\(value) with \(base): \(error)")
        }
      }
    }
    #expect(rendered > 50 && refused > 50)
  }

  private func expectFinite(_ spec: PopulationSpec, _ place: String) throws {
    let plan = try PopulationPlan(spec, seed: 4)
    let (workspace, tables) = (try plan.makeWorkspace(), try DatasetTables(plan))
    for index in 0..<3 {
      let sample = try plan.sample(index, workspace: workspace)
      let isFinite = sample.observation.image.pixels.allSatisfy { $0.isFinite }
      #expect(isFinite, "\(place)")
      for number in try tables.numbers(of: sample) {
        if let number { #expect(number.isFinite, "\(place)") }
      }
    }
  }
}

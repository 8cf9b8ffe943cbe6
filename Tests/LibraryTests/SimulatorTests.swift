import LensTestSupport
import SwiftLensing
import Testing

/// The library as a Swift program uses it.
struct SimulatorTests {
  private func simulator(threads: Int = 1) throws -> Simulator {
    try Simulator(
      "model-a", seed: 3,
      settings: ["instrument.width=20", "instrument.height=18", "instrument.pixel_scale=0.25"],
      threads: threads)
  }

  @Test func `a batch holds the samples in their order, on any threads`() throws {
    let simulator = try simulator()
    let batch = try simulator.batch([7, 2, 3])
    for (position, index) in [7, 2, 3].enumerated() {
      let sample = try simulator.sample(index)
      #expect(Array(batch.images[position * 360..<(position + 1) * 360]) == sample.observation.image.pixels)
      #expect(simulator.classes[Int(batch.labels[position])] == sample.drawn.label)
    }
    let other = try self.simulator(threads: 3).batch([7, 2, 3])
    #expect(other.images == batch.images && other.labels == batch.labels)
    #expect(try simulator.batch(4..<4).images.isEmpty)
  }

  @Test func `parameters stand in the columns that are named`() throws {
    let simulator = try simulator()
    let batch = try simulator.batch(0..<3)
    let columns = simulator.parameters.count
    let length = try #require(
      simulator.parameters.firstIndex { $0.name == "planes_lens_mass_vortex_line_mass_length" })
    let ratio = try #require(simulator.parameters.firstIndex { $0.name == "signal_to_noise_peak" })
    #expect(batch.parameters[length].isNaN && batch.parameters[2 * columns + length].isNaN)
    #expect((0.5...2).contains(batch.parameters[columns + length]))
    for row in 0..<3 { #expect(abs(batch.parameters[row * columns + ratio] - 20) < 1e-3) }
    #expect(simulator.parameters[length].unit == "arcsec")
  }

  @Test func `the resolved spec makes the same simulator`() throws {
    let simulator = try simulator()
    let again = try Simulator(try loadPopulation(yaml: simulator.resolvedSpec), seed: 3)
    #expect(try again.batch(0..<4).images == simulator.batch(0..<4).images)
    #expect(again.resolvedSpec == simulator.resolvedSpec)
  }

  @Test func `truth is that of the sample's lens`() throws {
    let simulator = try simulator()
    let truth = try simulator.truth(4)
    #expect(truth.convergence.pixels == (try simulator.plan.scene(4).truthMaps()).convergence.pixels)
    #expect(!truth.criticalCurves.isEmpty)
    let maps = try simulator.truth(4, hasCriticalCurves: false)
    #expect(maps.magnification.pixels == truth.magnification.pixels && maps.criticalCurves.isEmpty)
    let sample = try simulator.sample(4)
    let (source, lens) = (sample.observation.sourceLight.pixels, sample.observation.lensLight.pixels)
    #expect(truth.noiseFree.pixels == zip(source, lens).map { $0 + $1 })
    #expect(
      truth.substructure == sample.drawn.substructure && truth.substructure.map(\.kind) == ["line_mass"])
    #expect(try simulator.substructure(4) == truth.substructure && simulator.substructure(3).isEmpty)
    let mass = truth.substructureConvergence.pixels.reduce(0, +)
    #expect(mass > 0 && truth.named.count == 7 && truth.named.last?.name == "substructure_convergence")
  }

  @Test func `keys without effect are kept as notes`() throws {
    #expect(try simulator().notes.isEmpty)
    let simulator = try Simulator(
      "model-a", settings: ["classes.spherical.planes.lens.halos.spherical.subhalos.truncation=7"])
    #expect(
      simulator.notes.map(\.keyPath) == ["classes.spherical.planes.lens.halos.spherical.subhalos.truncation"])
    let again = try Simulator(simulator.plan.spec, notes: simulator.notes)
    #expect(again.notes == simulator.notes)
  }

  @Test func `what makes no sense is refused`() throws {
    let simulator = try simulator()
    #expect(throws: SpecError.self) { try simulator.sample(-1) }
    #expect(throws: SpecError.self) { try simulator.truth(-1) }
    #expect(throws: SpecError.self) { try simulator.batch([0, -1]) }
    #expect(throws: SpecError.self) { try simulator.batch(0..<Int.max) }
    #expect(throws: SpecError.self) { try self.simulator(threads: 0) }
    #expect(throws: (any Error).self) { try Simulator("model-c") }
    #expect(throws: (any Error).self) { try loadPopulation(yaml: "classes: [") }
    var short = [Float](repeating: 0, count: 359)
    #expect(throws: SpecError.self) {
      try short.withUnsafeMutableBufferPointer { try simulator.fill([0], images: $0) }
    }
  }
}

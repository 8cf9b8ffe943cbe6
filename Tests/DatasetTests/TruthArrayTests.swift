import Dataset
import FileFormats
import LensTestSupport
import Populations
import Simulation
import Testing

/// The maps beside the images are those of their samples.
struct TruthArrayTests {
  @Test func `every map has its sample's values`() throws {
    try withScratchFolder { folder in
      let spec = try smallPopulation("model-b", ["split.test=0.3"])
      let plan = try PopulationPlan(spec, seed: 1)
      var contents = DatasetContents()
      (contents.truthMaps, contents.formats) = (TruthMapKind.allCases, [.npy])
      let generator = try DatasetGenerator(
        plan, countPerClass: 8, contents: contents, threads: 2, output: "\(folder)/a")
      let manifest = try generator.run(.refuse, versions: [:], instructionSet: "") { _ in }
      #expect(manifest.contents == contents)
      #expect(try !listFolder("\(folder)/a").contains { $0.hasSuffix(".fits") && $0.contains("train") })
      for (index, place) in rows(of: plan, upTo: 24).enumerated() {
        func stored(_ map: TruthMapKind) throws -> [Float] {
          try NpySliceReader("\(folder)/a/\(place.part)_\(map.rawValue).npy").read(at: place.row)
        }
        let sample = try plan.sample(index, workspace: plan.makeWorkspace())
        let maps = try plan.scene(index).truthMaps(hasCriticalCurves: false)
        let noiseFree = zip(sample.observation.sourceLight.pixels, sample.observation.lensLight.pixels).map {
          $0 + $1
        }
        #expect(try stored(.noiseFree) == noiseFree)
        #expect(try stored(.convergence) == maps.convergence.pixels.map { Float($0) })
        let deflection = (maps.deflectionX.pixels + maps.deflectionY.pixels).map { Float($0) }
        #expect(try stored(.deflection) == deflection)
        try checkMass(try stored(.substructureConvergence), sample)
      }
    }
  }

  /// Points and lines inside the image have their whole mass in the map: pi theta_E^2 each.
  private func checkMass(_ map: [Float], _ sample: Sample) throws {
    let (halfWidth, halfHeight) = (24 * 0.2 / 2, 20 * 0.2 / 2)
    let pieces = sample.drawn.substructure
    let isInside = pieces.allSatisfy {
      abs($0.x) + ($0.length ?? 0) / 2 < halfWidth && abs($0.y) + ($0.length ?? 0) / 2 < halfHeight
    }
    let mass = map.reduce(0) { $0 + Double($1) } * 0.2 * 0.2
    let expected = pieces.reduce(0) { $0 + .pi * $1.einsteinRadius * $1.einsteinRadius }
    if isInside {
      #expect(abs(mass - expected) <= 1e-5 * expected)
    } else {
      #expect(mass <= expected * 1.00001)
    }
    #expect((expected == 0) == sample.drawn.isSmooth)
  }
}

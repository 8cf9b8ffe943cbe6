import LensNumerics
import SwiftLensing
import Synchronization

/// Rays traced per noise-free image of every scene, to the source and to the lens light: what adaptive sampling saves.
func raysPerImage() throws -> [String: [String: Double]] {
  var counts: [String: [String: Double]] = [:]
  for kind in BenchmarkScene.allCases {
    for (plane, name) in ["lens_light", "source"].enumerated() {
      counts[kind.rawValue, default: [:]][name] = try count(kind, plane: plane)
    }
  }
  return counts
}

/// Rays that see one plane; 0 for a plane without light of its own.
private func count(_ kind: BenchmarkScene, plane: Int) throws -> Double {
  let scenes = (0..<8).map { kind.spec($0) }
  if scenes[0].planes[plane].light.isEmpty { return 0 }
  let simulator = try ImageSimulator(instrument: scenes[0].instrument, accuracy: scenes[0].accuracy)
  let workspace = try simulator.makeWorkspace()
  let before = raysSeen.load(ordering: .relaxed)
  for var scene in scenes {
    scene.planes[plane].light.append(LightSpec(CountingLightSpec()))
    _ = try simulator.expectedImage(of: scene, workspace: workspace)
  }
  return Double(raysSeen.load(ordering: .relaxed) - before) / Double(scenes.count)
}

private let raysSeen = Atomic<Int>(0)

/// A dark light that counts the rays that ask for its brightness.
private struct CountingLightSpec: LightProfileSpec {
  static let kind = "counting"
  var totalFlux: Double { 0 }

  mutating func visit(_ visitor: SpecVisitor) {}

  func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any LightProfile<Scalar> {
    CountingLight<Scalar>()
  }
}

private struct CountingLight<Scalar: LensScalar>: LightProfile {
  // As the lens light beside it, which lies at the origin, so that it sees as many rays.
  var isPointSymmetric: Bool { true }

  func addBrightness(
    at position: VectorColumns<Scalar>, to brightness: Column<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    raysSeen.wrappingAdd(position.count, ordering: .relaxed)
  }
}

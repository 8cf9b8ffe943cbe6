import CAllocationCount
import SwiftLensing

/// Time of each stage of an image of W1 on one thread, in microseconds.
///
/// `rays` is all that happens up to the pixel means, `pixel_means` the part of it that is no ray; `noise` includes the
/// conversion to electrons per second in float32; `whole` is an exposure with its signal-to-noise ratios.
func stageTimes() throws -> [String: Double] {
  let scenes = (0..<8).map { BenchmarkScene.w1.spec($0) }
  func time(_ change: (inout SceneSpec) -> Void, noisy: Bool = false) throws -> Double {
    let changed = scenes.map { scene in
      var scene = scene
      change(&scene)
      return scene
    }
    let simulator = try ImageSimulator(instrument: changed[0].instrument, accuracy: changed[0].accuracy)
    let workspace = try simulator.makeWorkspace()
    let key = RandomKey(seed: 0, sample: 0)
    return medianTime {
      for scene in changed {
        if noisy {
          _ = try? simulator.simulate(scene, key: key, workspace: workspace)
        } else {
          _ = try? simulator.expectedImage(of: scene, workspace: workspace)
        }
      }
    } * 1e6 / Double(changed.count)
  }
  let unblurred = try time { $0.instrument.pointSpreadFunction = PointSpreadFunctionSpec(NoPSFSpec()) }
  let blurred = try time { _ in }
  let uniform = try time { $0.accuracy.sampling = .uniform }
  let whole = try time({ $0.instrument.noise = true }, noisy: true)
  let means = pixelMeansTime()
  return [
    "rays": unblurred, "pixel_means": means, "blur": blurred - unblurred, "noise": try noiseTime(scenes[0]),
    "whole_with_uniform_rays": uniform, "whole_exposure": whole, "whole_noise_free": blurred,
  ]
}

/// Pixel means and the search for rough pixels, for source and lens light.
private func pixelMeansTime() -> Double {
  let grid = PixelGrid(width: 150, height: 150, pixelScale: 0.05, margin: meansMargin)
  let all = PixelList<Float>(capacity: grid.pixelCount, padding: 1024)
  all.append(allOf: grid)
  let rough = PixelList<Float>(capacity: grid.pixelCount, padding: 1024)
  let columns = (0..<3).map { _ in ColumnStorage<Float>(count: grid.pixelCount + 1024, repeating: 0.5) }
  let seconds = medianTime {
    estimateMeans(
      fromCentres: columns[0].column, of: grid, to: columns[1].column, roughness: columns[2].column)
    listRough(columns[2].column, above: 0.1, of: grid, among: all, in: rough)
  }
  return 2 * seconds * 1e6
}

private func noiseTime(_ scene: SceneSpec) throws -> Double {
  let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
  let rate = try simulator.expectedImage(of: scene, workspace: simulator.makeWorkspace())[0]
  var instrument = scene.instrument
  (instrument.sky, instrument.readNoise) = (0.1, 4)
  let noise = DetectorNoise(instrument: instrument, exposureTime: 1000)
  let key = RandomKey(seed: 0, sample: 0)
  let memory = NoiseMemory()
  return medianTime { _ = try? noise.expose(rate, key: key, memory: memory) } * 1e6
}

/// Requests for memory per noise-free image, once the workspace is warm.
func allocationsPerImage() throws -> [String: Double] {
  var counts: [String: Double] = [:]
  for kind in BenchmarkScene.allCases {
    let scenes = (0..<4).map { kind.spec($0) }
    let simulator = try ImageSimulator(instrument: scenes[0].instrument, accuracy: scenes[0].accuracy)
    let workspace = try simulator.makeWorkspace()
    for scene in scenes { _ = try simulator.expectedImage(of: scene, workspace: workspace) }
    let before = lens_allocation_count()
    for scene in scenes { _ = try simulator.expectedImage(of: scene, workspace: workspace) }
    counts[kind.rawValue] = Double(lens_allocation_count() - before) / Double(scenes.count)
  }
  return counts
}

import Dispatch
import SwiftLensing

/// Repetitions of which the median counts.
private let repeats = 7

/// Median time in seconds of one call, from runs of at least a tenth of a second.
func medianTime(_ body: () -> Void) -> Double {
  func time(_ count: Int) -> Double {
    let began = ContinuousClock.now
    for _ in 0..<count { body() }
    return (ContinuousClock.now - began) / .seconds(1)
  }
  var count = 1
  while time(count) < 0.1 { count *= 2 }
  return (0..<repeats).map { _ in time(count) / Double(count) }.sorted()[repeats / 2]
}

/// Additions and multiplications per second that one thread reaches where nothing else limits it, in 10^9: eight chains
/// of the widest vectors in registers. Fused operations are not used, since not every processor has them.
func arithmeticPeak() -> Double {
  let rounds = 100_000
  let (factor, term) = (SIMD16<Float>(repeating: 0.999), SIMD16<Float>(repeating: 0.001))
  var checksum: Float = 0
  let seconds = medianTime {
    var (a, b, c, d) = (factor, factor + 1, factor + 2, factor + 3)
    var (e, f, g, h) = (factor + 4, factor + 5, factor + 6, factor + 7)
    for _ in 0..<rounds {
      a = a * factor + term
      b = b * factor + term
      c = c * factor + term
      d = d * factor + term
      e = e * factor + term
      f = f * factor + term
      g = g * factor + term
      h = h * factor + term
    }
    checksum += (a + b + c + d + e + f + g + h).sum()
  }
  // The sum is finite; comparing it keeps the loop from being dropped.
  return checksum.isFinite ? Double(rounds) * 8 * 16 * 2 / seconds / 1e9 : 0
}

/// Time per ray of every mass and light profile with its default parameters, in nanoseconds; of a Sersic profile also for
/// an index that needs a logarithm.
func kernelTimes() -> [String: Double] {
  // As many rays as images are rendered with at a time.
  let tile = RayTile<Float>(count: 1024)
  for i in 0..<tile.count {
    let along = Float(i) / 170 - 3
    (tile.image.x[i], tile.image.y[i]) = (along, along / 2 + 0.3)
  }
  var times: [String: Double] = [:]
  for kind in MassSpec.kinds {
    let profile = kind.init().profile(Float.self)
    times[kind.kind] = medianTime {
      profile.addDeflection(at: tile.image, to: tile.deflection, scratch: tile.scratch)
    }
  }
  var steep = SersicSpec()
  steep.sersicIndex = 1.5
  let lights = LightSpec.kinds.map { ($0.kind, $0.init()) } + [("sersic, index 1.5", steep)]
  for (name, spec) in lights {
    let profile = spec.profile(Float.self)
    times[name] = medianTime {
      profile.addBrightness(at: tile.image, to: tile.brightness, scratch: tile.scratch)
    }
  }
  return times.mapValues { $0 * 1e9 / Double(tile.count) }
}

/// Noise-free images per second of every scene on one and on two threads.
func sceneRates() throws -> [String: [String: Double]] {
  var rates: [String: [String: Double]] = [:]
  for scene in BenchmarkScene.allCases {
    for threads in [1, 2] {
      rates[scene.rawValue, default: [:]]["\(threads)"] = try rate(scene, threads: threads)
    }
  }
  return rates
}

func rate(_ kind: BenchmarkScene, threads: Int) throws -> Double {
  let scenes = (0..<16).map { kind.spec($0) }
  let simulator = try ImageSimulator(instrument: scenes[0].instrument, accuracy: scenes[0].accuracy)
  let workers = try (0..<threads).map { _ in Worker(workspace: try simulator.makeWorkspace()) }
  // One batch gives every thread the same number of different scenes; more of the quick ones.
  let count = kind == .w5 ? 64 : 8
  let seconds = medianTime {
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      do {
        for k in 0..<count {
          let scene = scenes[(8 * thread + k) % scenes.count]
          _ = try simulator.expectedImage(of: scene, workspace: workers[thread].workspace)
        }
      } catch {
        preconditionFailure("a benchmark scene cannot be rendered: \(error)")
      }
    }
  }
  return Double(count * threads) / seconds
}

/// One thread's memory. Only that thread touches it, which the compiler cannot see.
private struct Worker: @unchecked Sendable {
  let workspace: ImageSimulator.Workspace
}

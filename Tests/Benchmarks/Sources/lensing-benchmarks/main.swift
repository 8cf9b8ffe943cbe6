import Dispatch
import Foundation
import SwiftLensing

func rate(_ kind: BenchmarkScene, threads: Int) throws -> Double {
  let scenes = (0..<32).map { kind.spec($0) }
  let simulator = try ImageSimulator(instrument: scenes[0].instrument, accuracy: scenes[0].accuracy)
  func run(_ count: Int) -> Double {
    let began = ContinuousClock.now
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      guard let workspace = try? simulator.makeWorkspace() else { return }
      for k in 0..<count {
        _ = try? simulator.simulate(scenes[(k + thread) % 32], key: RandomKey(seed: 0, sample: 0), workspace: workspace)
      }
    }
    return (ContinuousClock.now - began) / .seconds(1)
  }
  let first = run(2) / 2
  let count = max(2, Int(0.3 / first))
  let times = (0..<7).map { _ in run(count) / Double(count * threads) }.sorted()
  return 1 / times[3]
}
for kind in BenchmarkScene.allCases {
  print(kind.rawValue, try rate(kind, threads: 1), try rate(kind, threads: 2))
}

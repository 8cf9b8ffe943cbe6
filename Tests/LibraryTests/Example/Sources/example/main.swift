import SwiftLensing

// Four samples of Model A, and all their bits in one number.
let simulator = try Simulator("model-a", seed: 5, settings: ["instrument.width=40", "instrument.height=40"])
let batch = try simulator.batch(0..<4)
let bits = batch.images.reduce(UInt32(0)) { $0 &* 31 &+ $1.bitPattern }
print("\(batch.images.count) pixels, labels \(batch.labels), bits \(bits)")

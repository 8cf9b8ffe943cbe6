import SwiftLensing

/// Time of an image by the number of its halos, one thread, and the error against the direct sum.
struct HaloGrowth: Codable {
  let halos: Int
  /// By `accuracy.far_field`; no `direct` where that would take minutes.
  let milliseconds: [String: Double]
  /// Largest difference from the direct sum, of the image's peak.
  let errorOfPeak: [String: Double]
}

/// Images of W6 with more and more halos.
func haloGrowth(_ counts: [Int]) throws -> [HaloGrowth] {
  try counts.map { count in
    let methods = count > 1000 ? [FarFieldMethod.coarse, .fine] : [.direct, .coarse, .fine]
    var (milliseconds, errors) = ([String: Double](), [String: Double]())
    let scene = BenchmarkScene.w6.spec(0, halos: count)
    var direct: Image<Float>?
    for method in methods {
      var scene = scene
      scene.accuracy.farField = method
      let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
      let workspace = try simulator.makeWorkspace()
      let image = try simulator.expectedImage(of: scene, workspace: workspace)[0]
      let seconds = (0..<5).map { _ in
        let began = ContinuousClock.now
        _ = try? simulator.expectedImage(of: scene, workspace: workspace)
        return (ContinuousClock.now - began) / .seconds(1)
      }.sorted()[2]
      milliseconds[method.rawValue] = seconds * 1e3
      if method == .direct { direct = image }
      guard let direct else { continue }
      let worst = zip(image.pixels, direct.pixels).reduce(0) { max($0, abs($1.0 - $1.1)) }
      errors[method.rawValue] = Double(worst / direct.peak)
    }
    return HaloGrowth(halos: count, milliseconds: milliseconds, errorOfPeak: errors)
  }
}

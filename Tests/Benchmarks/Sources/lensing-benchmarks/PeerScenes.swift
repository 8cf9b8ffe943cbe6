import Foundation
import SwiftLensing

// What other simulators are given, so that they render what this one does (Tests/Benchmarks/Peers).

/// Different draws of each scene, so that parameters vary from call to call.
private let drawCount = 16

/// Writes every scene as `W1.json`, and as `W1.npy` what its images look like here.
///
/// The vortex of W3 is a chain of points in both, since no peer has a line; `line-W3.npy` shows what is timed.
func writePeerScenes(to folder: String) throws {
  try createFolder(folder)
  for kind in BenchmarkScene.allCases {
    let scenes = (0..<drawCount).map { sampledUniformly(kind.spec($0)) }
    let chains = scenes.map(withVortexAsChain)
    try writeFileAtomically(Array(try peerDescription(of: chains)), to: "\(folder)/\(kind.rawValue).json")
    try writeImages(of: chains, to: "\(folder)/\(kind.rawValue).npy")
    if kind == .w3 { try writeImages(of: scenes, to: "\(folder)/line-\(kind.rawValue).npy") }
  }
}

/// The sampling for which pixels can agree: rays at the centres of equal squares, and nothing outside the image, which every peer can do.
private func sampledUniformly(_ scene: SceneSpec) -> SceneSpec {
  var scene = scene
  scene.accuracy.sampling = .uniform
  scene.instrument.border = .dark
  return scene
}

/// A scene whose lines of mass are 100 points each.
private func withVortexAsChain(_ scene: SceneSpec) -> SceneSpec {
  var scene = scene
  scene.planes[0].mass = Components(
    scene.planes[0].mass.flatMap { mass -> [MassSpec] in
      guard let line = mass.parameters as? UniformLineSpec else { return [mass] }
      return (0..<100).map { point in
        let along = ((Double(point) + 0.5) / 100 - 0.5) * line.length
        var spec = PointMassSpec()
        spec.einsteinRadius = line.einsteinRadius / 10
        spec.center = [
          line.center[0] + along * cos(line.positionAngle), line.center[1] + along * sin(line.positionAngle),
        ]
        return MassSpec(spec)
      }
    })
  return scene
}

/// Noise-free images as an array of the shape [scene, row, column].
private func writeImages(of scenes: [SceneSpec], to path: String) throws {
  let (instrument, accuracy) = (scenes[0].instrument, scenes[0].accuracy)
  let simulator = try ImageSimulator(instrument: instrument, accuracy: accuracy)
  let workspace = try simulator.makeWorkspace()
  let file = try NpyWriter(creating: path, shape: [scenes.count, instrument.height, instrument.width])
  for (index, scene) in scenes.enumerated() {
    let rendered = try simulator.simulate(scene, key: RandomKey(seed: 0, sample: 0), workspace: workspace)
    try file.write(rendered.image.pixels, at: index)
  }
  try file.close()
}

/// The instrument that the scenes share, its kernel, and the planes of every scene, named as in docs/spec.md.
private func peerDescription(of scenes: [SceneSpec]) throws -> Data {
  let instrument = scenes[0].instrument
  let function = try PointSpreadFunction.sample(
    instrument.pointSpreadFunction, scale: instrument.pixelScale, readImage: ImageSimulator.noFiles)
  let kernel = function?.kernel ?? Image(width: 1, height: 1, repeating: 1)
  let description: [String: Any] = [
    "instrument": jsonValue(SpecVisitor.write(instrument)),
    "subpixels": scenes[0].accuracy.subpixels,
    "kernel": (0..<kernel.height).map { y in (0..<kernel.width).map { kernel[x: $0, y: y] } },
    "scenes": scenes.map { scene in scene.planes.map { jsonValue(SpecVisitor.write($0)) } },
  ]
  return try JSONSerialization.data(withJSONObject: description, options: [.sortedKeys])
}

private func jsonValue(_ value: SpecValue) -> Any {
  switch value {
  case .scalar(let text): Double(text) ?? text
  case .list(let items): items.map(jsonValue)
  case .map(let entries): Dictionary(uniqueKeysWithValues: entries.map { ($0.key, jsonValue($0.value)) })
  }
}

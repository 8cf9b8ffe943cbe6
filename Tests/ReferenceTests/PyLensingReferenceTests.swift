import Foundation
import Instrument
import LensCore
import LensTestSupport
import LightProfiles
import MassProfiles
import RayTracing
import Simulation
import Testing

/// Noise-free images and deflections against PyLensing's engine, PyAutoLens 0.46.
///
/// Its coordinates are (y, x), its angles degrees, its first row the top one, its intensities means over a pixel.
@Suite struct PyLensingReferenceTests {
  private static let tolerance = 1e-6
  private static let deflectionTolerance = 1e-10

  @Test func `images agree with PyAutoLens`() throws {
    for set in try sets() {
      let files = try #require(set["files"] as? [String: String])
      let layers = try ReferenceData.images("pylensing/\(try #require(files["image"]))")
      let kernel = try #require(files["psf"])
      try compare(set, kernel: nil, with: layers[1])
      // Its light goes on beyond the border, as ours does.
      try compare(set, kernel: kernel, with: layers[0])
    }
  }

  @Test func `deflections agree with PyAutoLens`() throws {
    for set in try sets() {
      let files = try #require(set["files"] as? [String: String])
      let rows = try ReferenceData.rows("pylensing/\(try #require(files["deflections"]))")
      let masses = try scene(set).lens.mass.map { $0.profile(Double.self) }
      let tile = RayTile<Double>(count: rows[0].count)
      for i in rows[0].indices { (tile.image.x[i], tile.image.y[i]) = (rows[1][i], rows[0][i]) }
      LensPlane(masses: masses).trace(tile)
      var worst = WorstError("PyAutoLens deflection")
      for i in rows[0].indices {
        worst.note(tile.deflection.x[i], expected: rows[3][i], floor: 1)
        worst.note(tile.deflection.y[i], expected: rows[2][i], floor: 1)
      }
      worst.expect(atMost: Self.deflectionTolerance)
    }
  }

  private func sets() throws -> [[String: Any]] {
    let sets = try #require(try ReferenceData.json("pylensing/index.json")["sets"] as? [[String: Any]])
    #expect(sets.count == 2)
    return sets
  }

  private func compare(
    _ set: [String: Any], kernel: String?, with reference: Image<Double>
  ) throws {
    var scene = try scene(set)
    if let kernel {
      var file = KernelFilePSFSpec()
      file.path = kernel
      scene.instrument.pointSpreadFunction = PointSpreadFunctionSpec(file)
    }
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy) {
      try ReferenceData.images("pylensing/\($0.path)")[0]
    }
    let image = try simulator.simulate(
      scene, key: RandomKey(seed: 0, sample: 0), workspace: try simulator.makeWorkspace()
    ).image[0]
    var worst = WorstError("PyAutoLens image\(kernel == nil ? "" : ", convolved")")
    for y in 0..<image.height {
      for x in 0..<image.width {
        let theirs = reference[x: x, y: image.height - 1 - y]
        worst.note((Double(image[x: x, y: y]) - theirs) / reference.peak, at: "in column \(x), row \(y)")
      }
    }
    worst.expect(atMost: Self.tolerance)
  }

  private func scene(_ set: [String: Any]) throws -> SceneSpec {
    let shape = try #require(set["shape"] as? [Int])
    let parameters = try #require(set["params"] as? [String: Any])
    var scene = SceneSpec()
    (scene.instrument.height, scene.instrument.width) = (shape[0], shape[1])
    scene.instrument.pixelScale = try #require(set["pixel_scale"] as? Double)
    scene.instrument.brightnessUnit = .perPixel
    scene.instrument.noise = false
    scene.instrument.pointSpreadFunction = PointSpreadFunctionSpec(NoPSFSpec())
    scene.accuracy.precision = .double
    scene.accuracy.subpixels = try #require(set["sub_size"] as? Int)
    scene.accuracy.sampling = .uniform
    scene.planes = [
      PlaneSpec(redshift: 0.5, mass: try masses(parameters), light: [try light(parameters["lens_light"])]),
      PlaneSpec(redshift: 1, light: [try light(parameters["source_light"])]),
    ]
    return scene
  }

  private func masses(_ parameters: [String: Any]) throws -> [MassSpec] {
    var sphere = SingularIsothermalSphereSpec()
    let host = try #require(parameters["sis"] as? [String: Any])
    sphere.einsteinRadius = try #require(host["einstein_radius"] as? Double)
    sphere.center = try center(host)
    var shear = ExternalShearSpec()
    let external = Lenstronomy.numbers(parameters["shear"])
    shear.strength = try #require(external["magnitude"])
    shear.angle = try #require(external["phi"]) * Units.radiansPerDegree
    let points = try (parameters["point"] as? [[String: Any]] ?? []).map { entry in
      var point = PointMassSpec()
      point.einsteinRadius = try #require(entry["einstein_radius"] as? Double)
      point.center = try center(entry)
      return MassSpec(point)
    }
    return [MassSpec(sphere), MassSpec(shear)] + points
  }

  private func light(_ value: Any?) throws -> LightSpec {
    let entry = try #require(value as? [String: Any])
    let numbers = Lenstronomy.numbers(entry)
    var sersic = SersicSpec()
    sersic.intensity = try #require(numbers["intensity"])
    sersic.effectiveRadius = try #require(numbers["effective_radius"])
    sersic.sersicIndex = try #require(numbers["sersic_index"])
    sersic.axisRatio = try #require(numbers["axis_ratio"])
    sersic.positionAngle = try #require(numbers["phi"]) * Units.radiansPerDegree
    sersic.center = try center(entry)
    sersic.coefficient = .series
    return LightSpec(sersic)
  }

  private func center(_ entry: [String: Any]) throws -> [Double] {
    let yx = try #require(entry["centre"] as? [Double])
    return [yx[1], yx[0]]
  }
}

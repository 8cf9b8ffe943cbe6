import Foundation
import Instrument
import LensCore
import LensNumerics
import LensTestSupport
import LightProfiles
import MassProfiles
import RayTracing
import Simulation
import Testing

/// Halos of one plane summed by a tree of cells, at any places, against their direct sum in Double.
struct HaloTreeTests {
  private let grid = PixelGrid(width: 150, height: 130, pixelScale: 0.05, margin: 4)

  private func uniform(_ name: String, _ k: Int, _ range: ClosedRange<Double>) -> Double {
    let number = RandomKey(seed: 41, sample: 3).stream(name).uniform(UInt32(k))
    return range.lowerBound + (range.upperBound - range.lowerBound) * number
  }

  private func logUniform(_ name: String, _ k: Int, _ range: ClosedRange<Double>) -> Double {
    Double.exp(uniform(name, k, Double.log(range.lowerBound)...Double.log(range.upperBound)))
  }

  private func halo(_ k: Int, deflection: Double, reach: Double) -> MassSpec {
    let center = [uniform("x", k, -reach...reach), uniform("y", k, -reach...reach)]
    if k % 5 == 4 {
      var point = PointMassSpec()
      // A pixel away from it, its deflection is that of the halos.
      (point.einsteinRadius, point.center) = ((deflection * grid.pixelScale).squareRoot(), center)
      return MassSpec(point)
    }
    var halo = TruncatedNavarroFrenkWhiteSpec()
    halo.scaleRadius = logUniform("scale", k, 0.005...3)
    halo.truncationRadius = halo.scaleRadius * logUniform("truncation", k, 0.3...30)
    (halo.deflectionAtScaleRadius, halo.center) = (deflection, center)
    return MassSpec(halo)
  }

  /// Everywhere in the square of the tree and beyond, and at its corners.
  private func places(_ k: Int) -> [SkyPoint] {
    let edge = 158 / 2 * 0.05 * 1.1
    return (0..<800).map { i in
      SkyPoint(uniform("placeX\(k)", i, -5...5), uniform("placeY\(k)", i, -5...5))
    } + [SkyPoint(edge, edge), SkyPoint(-edge, 0), SkyPoint(0, edge.nextDown), SkyPoint(60, -3)]
  }

  private func compare(_ masses: [MassSpec], _ places: [SkyPoint]) -> (error: Double, largest: Double) {
    let tree = HaloTree(grid: grid, tileCount: 1024)
    tree.gather(SubhaloList<Float>(masses))
    let tile = RayTile<Float>(count: 1024)
    for i in 0..<tile.count {
      let place = places[min(i, places.count - 1)]
      (tile.image.x[i], tile.image.y[i]) = (Float(place.x), Float(place.y))
    }
    tree.addDeflection(at: tile.image, to: tile.deflection, scratch: tile.scratch)
    let rays = places.indices.map { SkyPoint(Double(tile.image.x[$0]), Double(tile.image.y[$0])) }
    let sources = LensPlane(masses: masses.map { $0.profile(Double.self) }).sourcePositions(of: rays)
    var (error, largest) = (0.0, 0.0)
    for i in rays.indices {
      let (x, y) = (rays[i].x - sources[i].x, rays[i].y - sources[i].y)
      error = max(error, abs(x - Double(tile.deflection.x[i])), abs(y - Double(tile.deflection.y[i])))
      largest = max(largest, abs(x), abs(y))
    }
    return (error, largest)
  }

  /// Among others without weight, which have the tree cut its cells.
  @Test(arguments: [40, 400])
  func `one halo is within 1e-4 of its largest deflection`(others: Int) {
    var worst = WorstError("one halo by the tree, among \(others), of its largest deflection")
    for k in 0..<200 {
      let light = (1000..<(1000 + others)).map { halo($0, deflection: 1e-12, reach: 4) }
      let (error, largest) = compare([halo(k, deflection: 1, reach: 6)] + light, places(k))
      worst.note(error / largest, at: "\(k)")
    }
    worst.expect(atMost: 1e-4)
  }

  /// `LENSING_SCENES=300 make test ONLY=HaloTreeTests` is the long tier: so many random scenes.
  private static let scenes = Int(ProcessInfo.processInfo.environment["LENSING_SCENES"] ?? "") ?? 20

  /// Halos of all weights on several planes, those with cores among them, before smooth sources and before cusps.
  @Test func `images of many halos on several planes are those of direct sums`() throws {
    var worst = WorstError("many halos on several planes by trees, of the peak")
    for k in 0..<Self.scenes {
      var scene = SceneSpec()
      let planes = 2 + k % 5
      scene.planes = []
      for plane in 0..<planes {
        let count = Int(logUniform("count", 100 * k + plane, 8...400))
        let halos = (0..<count).map { i in
          let number = 1_000_000 + 50_000 * k + 1000 * plane + i
          return halo(number, deflection: logUniform("deflection", number, 1e-5...0.05), reach: 4)
        }
        scene.planes.append(
          PlaneSpec(redshift: 0.2 + 0.15 * Double(plane), mass: halos), named: "p\(plane)")
      }
      var host = IsothermalEllipsoidSpec()
      (host.einsteinRadius, host.axisRatio) = (1.2, 0.8)
      scene.planes[k % planes].mass.append(MassSpec(host), named: "host")
      var soft = SoftenedNavarroFrenkWhiteSpec()
      (soft.scaleRadius, soft.deflectionAtScaleRadius, soft.truncationRadius) = (0.2, 0.005, 1)
      for i in 0..<10 {
        soft.center = [uniform("softX", 10 * k + i, -2...2), uniform("softY", 10 * k + i, -2...2)]
        scene.planes[(k + 1) % planes].mass.append(MassSpec(soft), named: "soft_\(i)")
      }
      var source = SersicSpec()
      (source.sersicIndex, source.effectiveRadius) = (k % 2 == 0 ? 1 : 4, uniform("size", k, 0.15...0.5))
      source.center = [uniform("place", k, -0.3...0.3), 0.1]
      scene.planes.append(PlaneSpec(redshift: 1.5, light: [LightSpec(source)]), named: "source")
      (scene.instrument.width, scene.instrument.height) = (90, 100)
      func image(_ method: FarFieldMethod) throws -> [Float] {
        var scene = scene
        scene.accuracy.farField = method
        let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
        return try simulator.simulate(
          scene, key: RandomKey(seed: 1, sample: 2), workspace: simulator.makeWorkspace()
        ).noiseFree[0].pixels
      }
      let (tree, direct) = (try image(.automatic), try image(.direct))
      let peak = direct.max() ?? 1
      let difference = zip(tree, direct).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
      worst.note(Double(difference / peak), at: "\(k), \(planes) planes")
    }
    worst.expect(atMost: 1e-4)
  }
}

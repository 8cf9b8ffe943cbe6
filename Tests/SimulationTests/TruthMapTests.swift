import Foundation
import LensCore
import LensTestSupport
import MassProfiles
import RayTracing
import Simulation
import Testing

struct TruthMapTests {
  /// Closed forms evaluated in Double by both: some tens of roundings.
  private static let rounding = 1e-13

  private func scene(
    _ masses: [MassSpec], width: Int = 50, height: Int = 50, pixelScale: Double = 0.08
  ) -> SceneSpec {
    var scene = SceneSpec()
    scene.planes[0].mass = Components(masses)
    (scene.instrument.width, scene.instrument.height) = (width, height)
    scene.instrument.pixelScale = pixelScale
    return scene
  }

  private func positions(_ scene: SceneSpec) -> [(x: Double, y: Double)] {
    let instrument = scene.instrument
    return (0..<instrument.width * instrument.height).map { index in
      let (column, row) = (index % instrument.width, index / instrument.width)
      return (
        (Double(column) - Double(instrument.width - 1) / 2) * instrument.pixelScale,
        (Double(row) - Double(instrument.height - 1) / 2) * instrument.pixelScale
      )
    }
  }

  @Test func `the maps of an isothermal sphere are its formulas`() throws {
    var mass = SingularIsothermalSphereSpec()
    (mass.einsteinRadius, mass.center) = (1.3, [0.21, -0.34])
    let scene = scene([MassSpec(mass)], width: 60, height: 44)
    let maps = try TruthMaps(scene)
    var worst = WorstError("maps of an isothermal sphere, relative")
    for (index, position) in positions(scene).enumerated() {
      let (dx, dy) = (position.x - 0.21, position.y + 0.34)
      let r = (dx * dx + dy * dy).squareRoot()
      worst.note(maps.deflectionX.pixels[index], expected: 1.3 * dx / r, floor: 1.3, at: "deflection x")
      worst.note(maps.deflectionY.pixels[index], expected: 1.3 * dy / r, floor: 1.3, at: "deflection y")
      worst.note(maps.potential.pixels[index], expected: 1.3 * r, floor: 0, at: "potential")
      // The determinant loses as much relative accuracy as it is small against the Hessian's square.
      let inverse = 1 - 1.3 / r
      let loss = 1 / min(1, abs(inverse)) + 1.3 / r
      worst.note((maps.magnification.pixels[index] * inverse - 1) / loss, at: "magnification")
    }
    worst.expect(atMost: Self.rounding)
    #expect(maps.convergence.width == 60 && maps.magnification.height == 44)
    #expect(Set(maps.named.map(\.name)).count == 5)
  }

  @Test func `the maps of an isothermal ellipsoid are its formulas`() throws {
    var mass = IsothermalEllipsoidSpec()
    (mass.einsteinRadius, mass.axisRatio, mass.positionAngle) = (1.1, 0.6, 0.5)
    mass.center = [0.03, 0.05]
    let scene = scene([MassSpec(mass)])
    let maps = try TruthMaps(scene)
    var worst = WorstError("magnification of an isothermal ellipsoid, relative")
    for (index, position) in positions(scene).enumerated() {
      let (dx, dy) = (position.x - 0.03, position.y - 0.05)
      let (u, v) = (cos(0.5) * dx + sin(0.5) * dy, cos(0.5) * dy - sin(0.5) * dx)
      let convergence = 1.1 / (2 * (0.6 * u * u + v * v / 0.6).squareRoot())
      // Its shear is as large as its convergence, so that the determinant is 1 - 2 kappa (Kormann et al. 1994).
      let inverse = 1 - 2 * convergence
      let loss = (1 + convergence * convergence) / min(1, abs(inverse))
      worst.note((maps.magnification.pixels[index] * inverse - 1) / loss, at: "magnification")
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test func `the magnification is capped with its sign where the determinant vanishes`() throws {
    var sheet = ConvergenceSheetSpec()
    for (convergence, expected) in [(1.0, 1e6), (1 + 1e-7, 1e6), (0.5, 4), (0, 1)] {
      sheet.convergence = convergence
      let maps = try TruthMaps(scene([MassSpec(sheet)], width: 3, height: 3))
      #expect(maps.magnification.pixels.allSatisfy { abs($0 / expected - 1) < 1e-12 }, "kappa \(convergence)")
    }
    var shear = ExternalShearSpec()
    shear.strength = 1 - 1e-8
    sheet.convergence = 2e-8
    let maps = try TruthMaps(scene([MassSpec(sheet), MassSpec(shear)], width: 3, height: 3))
    #expect(maps.magnification.pixels.allSatisfy { $0 == -TruthMaps.largestMagnification })
  }

  @Test func `without mass nothing is deflected`() throws {
    let maps = try TruthMaps(scene([]))
    #expect(maps.criticalCurves.isEmpty && maps.magnification.pixels.allSatisfy { $0 == 1 })
    for image in [maps.convergence, maps.deflectionX, maps.deflectionY, maps.potential] {
      #expect(image.pixels.allSatisfy { $0 == 0 })
    }
  }

  @Test func `maps are finite with a singular centre on a pixel`() throws {
    for kind in MassSpec.kinds {
      let maps = try TruthMaps(scene([MassSpec(kind.init())], width: 5, height: 5))
      for map in maps.named {
        #expect(map.image.pixels.allSatisfy { $0.isFinite }, "\(kind.kind), \(map.name)")
      }
    }
  }
}

import Dataset
import Foundation
import LensCore
import LensTestSupport
import MassProfiles
import Populations
import Simulation
import Testing

/// Every fault does what its documentation says, and nothing else.
struct FaultTests {
  private static let rounding = 1e-13

  /// Model A with a chain of 25 points, every class, shear and shapes, free of other faults.
  private func scenes(_ change: (inout PopulationSpec) -> Void = { _ in }) throws -> [DrawnScene] {
    var spec = try smallPopulation("model-b")
    spec.vortex.representation = .chain
    spec.vortex.points = 25
    spec.source.light.positionAngle = .uniform(lower: 0, upper: 6)
    change(&spec)
    let plan = try PopulationPlan(spec, seed: 2)
    return try (0..<30).map { try plan.scene($0) }
  }

  private func written(_ mass: any MassProfileSpec) -> SpecValue { MassSpec(mass).written() }

  /// Expects the scenes to be alike but for the added masses.
  private func expectSameButSubstructure(_ right: DrawnScene, _ wrong: DrawnScene) {
    var copy = wrong.scene
    copy.planes[0].mass = right.scene.planes[0].mass
    #expect(SpecVisitor.write(copy) == SpecVisitor.write(right.scene))
    #expect(right.masses.prefix(2).map(written) == wrong.masses.prefix(2).map(written))
  }

  @Test func `point masses are the number of points too light`() throws {
    var worst = WorstError("radius over count")
    for (right, wrong) in zip(try scenes(), try scenes { $0.faults.pointMassRadiusOverCount = true }) {
      expectSameButSubstructure(right, wrong)
      let total = right.substructure.reduce(0) { $0 + $1.mass }
      let whole = (total / right["derived.einstein_mass"]).squareRoot() * right["derived.einstein_radius"]
      for (a, b) in zip(right.points, wrong.points) {
        worst.note(hypot(a.center[0] - b.center[0], a.center[1] - b.center[1]))
      }
      for point in wrong.points {
        worst.note(point.einsteinRadius, expected: whole / Double(wrong.points.count), floor: 0)
      }
      let masses = [right, wrong].map { $0.points.reduce(0) { $0 + $1.einsteinRadius * $1.einsteinRadius } }
      if !right.isSmooth {
        worst.note(masses[0] / masses[1], expected: Double(wrong.points.count), floor: 0)
      }
    }
    worst.expect(atMost: 1e-12)
  }

  /// PyLensing's own arithmetic: gen_data_vortex.py, with (y, x) written out.
  private func pyLensingChain(_ scene: DrawnScene, degrees: Bool, atStarts: Bool) -> [[Double]] {
    let (length, angle) = (scene["vortex.length"], Double.pi / 2 - scene["vortex.angle"])
    let start = degrees ? angle * .pi / 180 : angle
    return (0..<25).map { j in
      let step = (Double(j) + (atStarts ? 0 : 0.5)) * length / 25
      let y = scene["vortex.y"] - length / 2 * cos(start) + step * cos(angle)
      let x = scene["vortex.x"] - length / 2 * sin(start) + step * sin(angle)
      return [x, y]
    }
  }

  @Test(arguments: [(true, false), (false, true), (true, true)])
  func `the chain of a vortex starts and stands as in PyLensing`(_ degrees: Bool, _ atStarts: Bool) throws {
    var worst = WorstError("positions of the chain")
    let wrongs = try scenes {
      $0.faults.vortexStartInDegrees = degrees
      $0.faults.vortexPointsAtStarts = atStarts
    }
    for (right, wrong) in zip(try scenes(), wrongs) {
      expectSameButSubstructure(right, wrong)
      guard right.label == "vortex" else {
        #expect(right.addedMasses.map(written) == wrong.addedMasses.map(written))
        continue
      }
      let expected = pyLensingChain(wrong, degrees: degrees, atStarts: atStarts)
      #expect(wrong.points.count == 25)
      for (point, place) in zip(wrong.points, expected) {
        worst.note(hypot(point.center[0] - place[0], point.center[1] - place[1]))
      }
      for (a, b) in zip(right.points, wrong.points) { worst.note(a.einsteinRadius - b.einsteinRadius) }
      #expect(right.points.map(\.center) != wrong.points.map(\.center))
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test func `position angles and the shear's angle become degrees`() throws {
    let perDegree = Double.pi / 180
    var worst = WorstError("angles used as degrees")
    for (right, wrong) in zip(try scenes(), try scenes { $0.faults.radiansUsedAsDegrees = true }) {
      #expect(right.parameters == wrong.parameters && right.substructure == wrong.substructure)
      let ellipsoid = try #require(wrong.masses[0] as? IsothermalEllipsoidSpec)
      let shear = try #require(wrong.masses[1] as? ExternalShearSpec)
      worst.note(ellipsoid.positionAngle - right["host.position_angle"] * perDegree)
      worst.note(shear.angle - right["shear.angle"] * perDegree)
      worst.note((wrong.lensLight?.positionAngle ?? .nan) - right["host.position_angle"] * perDegree)
      worst.note((wrong.sourceLight?.positionAngle ?? .nan) - right["source.position_angle"] * perDegree)
      // Angles that only place something are not affected.
      #expect(wrong.sourceLight?.center == right.sourceLight?.center)
      #expect(right.addedMasses.map(written) == wrong.addedMasses.map(written))
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test func `a lens light with an angle of its own is used as degrees, too`() throws {
    let wrong = try scenes {
      $0.faults.radiansUsedAsDegrees = true
      $0.lensLight?.positionAngle = .fixed(2)
    }
    #expect(abs((wrong[0].lensLight?.positionAngle ?? .nan) - 2 * Double.pi / 180) < Self.rounding)
  }

  @Test func `distinct values change which values, not what they mean`() throws {
    let wrong = try scenes { $0.faults.distinctValues = 3 }
    let right = try scenes()
    #expect(Set(wrong.map { $0["shear.strength"] }).count == 3)
    #expect(Set(right.map { $0["shear.strength"] }).count == right.count)
    for scene in wrong {
      #expect((scene.masses[1] as? ExternalShearSpec)?.strength == scene["shear.strength"])
    }
    // Subhalos are drawn anew for each sample.
    let radii = wrong.flatMap { scene in scene.substructure.filter { $0.kind == "point_mass" }.map(\.x) }
    #expect(Set(radii).count == radii.count)
  }

  @Test func `luminosity distances change every radius that comes from a mass`() throws {
    var worst = WorstError("radii by luminosity distances")
    let wrongs = try scenes { $0.faults.luminosityDistances = true }
    for (right, wrong) in zip(try scenes(), wrongs) {
      expectSameButSubstructure(right, wrong)
      let cosmology = SimpsonCosmology(lens: right["redshift.lens"], source: right["redshift.source"])
      // D_l D_s / D_ls with angular diameter and with luminosity distances, D_ls = D_s - D_l.
      let near = cosmology.lensDistance * pow(1 + cosmology.lens, 2)
      let far = cosmology.sourceDistance * pow(1 + cosmology.source, 2)
      let ratio = (cosmology.lensDistance / cosmology.distanceRatio * (far - near) / (near * far))
        .squareRoot()
      for (a, b) in zip(right.points, wrong.points) {
        worst.note(b.einsteinRadius, expected: a.einsteinRadius * ratio, floor: 0)
      }
    }
    // PyLensing rounds the arcsec in a radian to 206265.
    worst.expect(atMost: 2e-6)
  }
}

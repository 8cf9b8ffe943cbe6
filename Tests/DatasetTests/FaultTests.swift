import Dataset
import Foundation
import LensCore
import LensTestSupport
import MassProfiles
import Populations
import Simulation
import Testing

/// Every fault of earlier tools does what its documentation says, and nothing else.
struct FaultTests {
  private static let rounding = 1e-13
  private static let middle =
    "center: [{normal: {standard_deviation: 0.5}}, {normal: {standard_deviation: 0.5}}]"

  /// Model B with chains of 25 points and with points, free of faults but for those that are given.
  private func scenes(chain: String = "", points: String = "", _ settings: [String] = []) throws
    -> [DrawnScene]
  {
    let off = ["radius_over_count", "start_in_degrees", "points_at_starts"].map {
      "\($0): \(chain.contains($0))"
    }
    let classes = """
      classes={vortex: {planes.lens.halos.vortex: {pylensing_chain: {mass_fraction: {uniform: [0.03, 0.055]}, points: 25, \
      length: {uniform: [0.5, 2]}, position_angle: {uniform: [0, 3]}, \(Self.middle), \(off.joined(separator: ", "))}}}, \
      points: {planes.lens.halos.points: {pylensing_points: {radius_over_count: \(!points.isEmpty), radius: {uniform: [0, 2]}}}}}
      """
    let plan = try PopulationPlan(try smallPopulation("model-b", [classes] + settings), seed: 2)
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
    let wrongs = try scenes(chain: "radius_over_count", points: "radius_over_count")
    for (right, wrong) in zip(try scenes(), wrongs) {
      expectSameButSubstructure(right, wrong)
      let whole =
        (right["derived.substructure_mass"] / right["derived.einstein_mass"]).squareRoot()
        * right["derived.einstein_radius"]
      for (a, b) in zip(right.points, wrong.points) {
        worst.note(hypot(a.center[0] - b.center[0], a.center[1] - b.center[1]))
        worst.note(b.einsteinRadius, expected: whole / 25, floor: 0)
      }
      let masses = [right, wrong].map { $0.points.reduce(0) { $0 + $1.einsteinRadius * $1.einsteinRadius } }
      worst.note(masses[0] / masses[1], expected: 25, floor: 0)
      // Tables list what the points have.
      worst.note(
        right["derived.substructure_mass"] / wrong["derived.substructure_mass"], expected: 25, floor: 0)
      #expect(wrong.points.count == 25)
    }
    worst.expect(atMost: 1e-12)
  }

  /// PyLensing's own arithmetic: gen_data_vortex.py, with (y, x) written out.
  private func pyLensingChain(_ scene: DrawnScene, degrees: Bool, atStarts: Bool) -> [[Double]] {
    func value(_ key: String) -> Double { scene["planes.lens.halos.vortex.pylensing_chain.\(key)"] }
    let (length, angle) = (value("length"), Double.pi / 2 - value("position_angle"))
    let start = degrees ? angle * .pi / 180 : angle
    return (0..<25).map { j in
      let step = (Double(j) + (atStarts ? 0 : 0.5)) * length / 25
      let y = value("center.1") - length / 2 * cos(start) + step * cos(angle)
      let x = value("center.0") - length / 2 * sin(start) + step * sin(angle)
      return [x, y]
    }
  }

  @Test(arguments: [(true, false), (false, true), (true, true), (false, false)])
  func `the chain of a vortex starts and stands as in PyLensing`(_ degrees: Bool, _ atStarts: Bool) throws {
    var worst = WorstError("positions of the chain")
    let faults = (degrees ? "start_in_degrees" : "") + (atStarts ? "points_at_starts" : "")
    for (right, wrong) in zip(try scenes(), try scenes(chain: faults)) {
      expectSameButSubstructure(right, wrong)
      guard right.label == "vortex" else {
        #expect(right.addedMasses.map(written) == wrong.addedMasses.map(written))
        continue
      }
      let expected = pyLensingChain(wrong, degrees: degrees, atStarts: atStarts)
      for (point, place) in zip(wrong.points, expected) {
        worst.note(hypot(point.center[0] - place[0], point.center[1] - place[1]))
      }
      for (a, b) in zip(right.points, wrong.points) { worst.note(a.einsteinRadius - b.einsteinRadius) }
      #expect((right.points.map(\.center) != wrong.points.map(\.center)) == (degrees || atStarts))
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test func `without faults the chain is a point_chain and the points are subhalos of equal masses`() throws
  {
    var worst = WorstError("legacy kinds without faults")
    let plain = """
      classes={vortex: {planes.lens.halos.vortex: {point_chain: {mass_fraction: 0.04, points: 25, length: 1.5, position_angle: 1, \
      center: [0.1, 0.2]}}}, points: {planes.lens.halos.points: {subhalos: {mass: 1, total_mass_fraction: 0.01, radius: 0.7, angle: 2}}}}
      """
    let legacy = """
      classes={vortex: {planes.lens.halos.vortex: {pylensing_chain: {mass_fraction: 0.04, points: 25, length: 1.5, position_angle: 1, \
      center: [0.1, 0.2], radius_over_count: false, start_in_degrees: false, points_at_starts: false}}}, \
      points: {planes.lens.halos.points: {pylensing_points: {radius_over_count: false, radius: 0.7, angle: 2}}}}
      """
    let plans = try [plain, legacy].map { try PopulationPlan(try smallPopulation("model-a", [$0]), seed: 3) }
    for index in 0..<2 {
      let (a, b) = (try plans[0].scene(index).points, try plans[1].scene(index).points)
      #expect(a.count == 25 && b.count == 25)
      for (a, b) in zip(a, b) {
        worst.note(a.einsteinRadius, expected: b.einsteinRadius, floor: 0)
        worst.note(hypot(a.center[0] - b.center[0], a.center[1] - b.center[1]))
      }
    }
    worst.expect(atMost: Self.rounding)
  }

  @Test func `luminosity distances change every radius that comes from a mass`() throws {
    let masses = "planes.lens.mass.host={sis: {einstein_mass: 5e11}}"
    let halos = "classes={cloud: {planes.lens.halos.cloud: {subhalos: {}}}}"
    let settings = [masses, halos, "planes.lens.light.galaxy=null"]
    func scenes(_ more: [String]) throws -> [DrawnScene] {
      let plan = try PopulationPlan(try smallPopulation("model-b", settings + more), seed: 2)
      return try (0..<10).map { try plan.scene($0) }
    }
    var worst = WorstError("radii by luminosity distances")
    for (right, wrong) in zip(try scenes([]), try scenes(["cosmology.distances=luminosity"])) {
      let cosmology = SimpsonCosmology(
        lens: right["planes.lens.redshift"], source: right["planes.source.redshift"])
      // D_l D_s / D_ls with angular diameter and with luminosity distances, D_ls = D_s - D_l.
      let near = cosmology.lensDistance * pow(1 + cosmology.lens, 2)
      let far = cosmology.sourceDistance * pow(1 + cosmology.source, 2)
      let ratio = (cosmology.lensDistance / cosmology.distanceRatio * (far - near) / (near * far))
        .squareRoot()
      #expect(right.points.count > 5)
      for (a, b) in zip(right.points, wrong.points) {
        worst.note(b.einsteinRadius, expected: a.einsteinRadius * ratio, floor: 0)
        #expect(a.center == b.center)
      }
      worst.note(
        wrong["derived.einstein_radius"], expected: right["derived.einstein_radius"] * ratio, floor: 0)
      #expect(right.substructure.count == wrong.substructure.count)
      for (a, b) in zip(right.substructure, wrong.substructure) {
        worst.note(a.mass, expected: b.mass, floor: 0)
      }
    }
    worst.expect(atMost: SimpsonCosmology.tolerance)
  }
}

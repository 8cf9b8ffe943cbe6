import Instrument
import LensCore
import LensNumerics
import LightProfiles
import MassProfiles
import Simulation
import Testing

/// Scenes of all kinds one after the other in the same memory, against memory of their own.
struct WorkspaceTests {
  private func scene(points: Int, halos: Int, lensLight: Bool) -> SceneSpec {
    var (host, light, source) = (IsothermalEllipsoidSpec(), SersicSpec(), SersicSpec())
    (host.einsteinRadius, host.axisRatio) = (1.1, 0.8)
    (light.center, light.sersicIndex) = ([0.02, 0], 2)
    source.center = [0.1, -0.05]
    func center(_ k: Int) -> [Double] {
      let (sine, cosine) = sineAndCosine(2.4 * Double(k))
      return [cosine, sine].map { $0 * 0.05 * Double(k % 30) }
    }
    let masses =
      (0..<points).map { k in
        var point = PointMassSpec()
        (point.einsteinRadius, point.center) = (0.02, center(k))
        return MassSpec(point)
      }
      + (0..<halos).map { k in
        var halo = TruncatedNavarroFrenkWhiteSpec()
        (halo.scaleRadius, halo.truncationRadius, halo.center) = (0.1, 0.3, center(k + 7))
        return MassSpec(halo)
      }
    var scene = SceneSpec()
    scene.planes = [
      PlaneSpec(
        redshift: 0.5, mass: [MassSpec(host)] + masses, light: lensLight ? [LightSpec(light)] : []),
      PlaneSpec(redshift: 1, light: [LightSpec(source)]),
    ]
    (scene.instrument.width, scene.instrument.height) = (40, 36)
    return scene
  }

  @Test func `what a workspace rendered before changes nothing`() throws {
    let scenes = [(0, 0, true), (30, 0, false), (0, 60, true), (20, 50, false), (5, 3, true), (30, 0, true)]
      .map { scene(points: $0.0, halos: $0.1, lensLight: $0.2) }
    let simulator = try ImageSimulator(instrument: scenes[0].instrument, accuracy: scenes[0].accuracy)
    let shared = try simulator.makeWorkspace()
    let key = RandomKey(seed: 3, sample: 1)
    // All pairs of neighbours, in both orders.
    for scene in scenes + scenes.reversed() {
      let own = try simulator.simulate(scene, key: key, workspace: simulator.makeWorkspace())
      let kept = try simulator.expectedImage(of: scene, workspace: shared)
      let again = try simulator.simulate(scene, key: key, workspace: shared)
      #expect(
        again.image == own.image && again.sourceLight == own.sourceLight && again.lensLight == own.lensLight)
      #expect(try kept == simulator.expectedImage(of: scene, workspace: simulator.makeWorkspace()))
    }
  }
}

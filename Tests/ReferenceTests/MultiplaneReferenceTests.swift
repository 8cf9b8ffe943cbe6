import Cosmology
import Foundation
import Instrument
import LensCore
import LensTestSupport
import LightProfiles
import MassProfiles
import RayTracing
import Simulation
import Testing

/// Rays through several planes against lenstronomy's multi-plane tracing.
@Suite struct MultiplaneReferenceTests {
  /// The bounds that docs/accuracy.md states.
  private static let placeTolerance = 1e-10
  /// The reference takes differences: over 1e-8 arcsec in the first set, which leaves 1e-7 of a derivative of 1 and more of larger
  /// ones; over 1e-4 in the second, good to 2e-11 except beside the centre of a halo.
  private static let roughJacobianTolerance = 2e-6
  private static let jacobianTolerance = 1e-7
  /// Of themselves, or days: the reference rounds the parsec by 5e-10 of itself.
  private static let arrivalTolerance = 1e-9
  /// Relative to the peak; images are kept as Float.
  private static let imageTolerance = 1e-7

  @Test(arguments: [0, 1])
  func `an SIS, a TNFW, an SIE, a point mass and a shear on five planes`(number: Int) throws {
    let set = try ReferenceData.json("multiplane/\(number).json")
    let types = try #require(set["types"] as? [String])
    let rows = try ReferenceData.rows("multiplane/\(number).npy")
    let rays = try stack(set, types).trace(points(rows)) { _ in }
    var (places, derivatives) = (WorstError("multi-plane source"), WorstError("multi-plane Jacobian"))
    // Differences over 1e-8 arcsec mean nothing where the reference's own do not agree with a symmetric pair beside singular centres.
    for (i, ray) in rays.enumerated() where isFarFromCentres(rows, i, set) {
      places.note(ray.source.x, expected: rows[2][i], floor: 1)
      places.note(ray.source.y, expected: rows[3][i], floor: 1)
      noteJacobian(&derivatives, ray, rows, i)
    }
    places.expect(atMost: Self.placeTolerance)
    derivatives.expect(atMost: Self.roughJacobianTolerance)
    #expect(places.count > 1000)
  }

  @Test(arguments: [0, 1, 2, 3])
  func `a power law with shear and up to 1000 halos on up to 25 planes`(number: Int) throws {
    let set = try self.set(number)
    let rows = try ReferenceData.rows("multiplane2/\(number).npy")
    let rays = try stack(set, types(set)).trace(points(rows)) { _ in }
    var (places, derivatives) = (WorstError("multi-plane source"), WorstError("multi-plane Jacobian"))
    for (i, ray) in rays.enumerated() {
      places.note(ray.source.x, expected: rows[2][i], floor: 1)
      places.note(ray.source.y, expected: rows[3][i], floor: 1)
      noteJacobian(&derivatives, ray, rows, i)
    }
    places.expect(atMost: Self.placeTolerance)
    derivatives.expect(atMost: Self.jacobianTolerance)
  }

  /// Of two images of one source; single rays lack what all of them have in common.
  @Test(arguments: [0, 1, 2, 3])
  func `arrival times of images differ as lenstronomy's do`(number: Int) throws {
    let set = try self.set(number)
    let images = try #require(set["images_of_the_source_centre"] as? [[String: Double]])
    let points = images.map { SkyPoint($0["x"] ?? .nan, $0["y"] ?? .nan) }
    let (stack, distances) = (try stack(set, types(set)), try distances(set))
    let rays = stack.trace(points) { _ in }
    let days = rays.map { $0.delay * stack.daysPerDelay }
    var (times, magnifications) = (
      WorstError("difference of arrival times"), WorstError("magnification, relative")
    )
    for (i, image) in images.enumerated() {
      let expected = (image["arrival_time_days"] ?? .nan) - (images[0]["arrival_time_days"] ?? .nan)
      times.note(days[i] - days[0], expected: expected, floor: 1)
      magnifications.note(
        1 / rays[i].jacobian.determinant, expected: image["magnification"] ?? .nan, floor: 0)
    }
    times.expect(atMost: Self.arrivalTolerance)
    // The reference takes differences over 1e-5 arcsec.
    magnifications.expect(atMost: 1e-6)
    #expect(distances.fractions.count > 3 && images.count > 1)
  }

  @Test(arguments: [0, 1])
  func `images are lenstronomy's`(number: Int) throws {
    let set = try self.set(number)
    let layers = try ReferenceData.images("multiplane2/\(number)_image.npy")
    for (kernel, reference) in [(nil, layers[1]), ("multiplane2/\(number)_psf.npy", layers[0])] {
      let scene = try scene(set, kernel: kernel)
      let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy) { file in
        try #require(try ReferenceData.images(file.path).first)
      }
      let image = try simulator.expectedImage(of: scene, workspace: simulator.makeWorkspace())[0]
      let peak = reference.pixels.max() ?? 0
      var worst = WorstError("multi-plane image, of the peak")
      for (ours, theirs) in zip(image.pixels, reference.pixels) {
        worst.note((Double(ours) - theirs) / peak)
      }
      worst.expect(atMost: Self.imageTolerance)
    }
  }

  private func set(_ number: Int) throws -> [String: Any] {
    let cases = try #require(try ReferenceData.json("multiplane2/index.json")["cases"] as? [[String: Any]])
    #expect(cases.count == 4)
    return cases[number]
  }

  /// A list such as EPL, SHEAR, TNFW x 20, written out.
  private func types(_ set: [String: Any]) throws -> [String] {
    try #require(set["types"] as? [String]).flatMap { entry in
      let words = entry.split(separator: " ").map(String.init)
      return Array(repeating: words[0], count: words.count > 1 ? Int(words[2]) ?? 0 : 1)
    }
  }

  private func points(_ rows: [[Double]]) -> [SkyPoint] {
    rows[0].indices.map { SkyPoint(rows[0][$0], rows[1][$0]) }
  }

  private func redshifts(_ set: [String: Any]) throws -> (lenses: [Double], source: Double, reduced: Double) {
    (
      try #require(set["lens_redshift_list"] as? [Double]), try #require(set["z_source"] as? Double),
      try #require(set["z_source_convention"] as? Double)
    )
  }

  private func distances(_ set: [String: Any]) throws -> PlaneDistances {
    let (lenses, source, _) = try redshifts(set)
    return try PlaneDistances(redshifts: Set(lenses).sorted() + [source], cosmology: FlatLambdaCDM())
  }

  /// The masses by redshift. Their deflections are reduced for another source than that of the scene: they are taken times the ratio of
  /// both reductions.
  private func planes(_ set: [String: Any], _ types: [String]) throws -> [(
    redshift: Double, masses: [MassSpec]
  )] {
    let (lenses, source, reduced) = try redshifts(set)
    let kwargs = try #require(set["kwargs"] as? [[String: Any]])
    #expect(kwargs.count == lenses.count && types.count == lenses.count)
    let cosmology = FlatLambdaCDM()
    func ratio(_ lens: Double, _ source: Double) -> Double {
      1 - cosmology.comovingDistance(to: lens) / cosmology.comovingDistance(to: source)
    }
    return try Set(lenses).sorted().map { redshift in
      let factor = ratio(redshift, source) / ratio(redshift, reduced)
      let masses = try lenses.indices.filter { lenses[$0] == redshift }.map { number in
        try Lenstronomy.mass(
          types[number], scaled(types[number], Lenstronomy.numbers(kwargs[number]), factor))
      }
      return (redshift, masses)
    }
  }

  private func scaled(
    _ type: String, _ p: Lenstronomy.Parameters, _ factor: Double
  ) -> Lenstronomy.Parameters {
    var p = p
    for key in ["alpha_Rs", "gamma1", "gamma2"] { p[key] = p[key].map { factor * $0 } }
    // Deflections grow with this power of the radius.
    let power = type == "POINT_MASS" ? 2 : (p["gamma"] ?? 2) - 1
    p["theta_E"] = p["theta_E"].map { $0 * pow(factor, 1 / power) }
    return p
  }

  private func stack(_ set: [String: Any], _ types: [String]) throws -> LensStack {
    let planes = try planes(set, types)
    let screens = planes.enumerated().map { number, plane in
      (number, LensPlane(masses: plane.masses.map { $0.profile(Double.self) }))
    }
    return LensStack(screens, try distances(set), reference: 0)
  }

  private func scene(_ set: [String: Any], kernel: String?) throws -> SceneSpec {
    let source = try #require(set["source"] as? [String: Any])
    let light = try Lenstronomy.light(
      try #require(source["type"] as? String), Lenstronomy.numbers(source["kwargs"]))
    var scene = try Lenstronomy.scene(["numpix": 100, "pix": 0.05, "ss": 2], kernel: kernel)
    scene.accuracy.precision = .double
    let planes = try planes(set, types(set)).map { PlaneSpec(redshift: $0.redshift, mass: $0.masses) }
    let (_, redshift, _) = try redshifts(set)
    scene.planes = Components(
      named: planes.indices.map { "plane_\($0)" } + ["source"],
      planes + [PlaneSpec(redshift: redshift, light: [light])])
    return scene
  }

  private func noteJacobian(_ worst: inout WorstError, _ ray: TracedRay, _ rows: [[Double]], _ i: Int) {
    let a = ray.jacobian
    for (ours, theirs) in [
      (1 - a.xx, rows[6][i]), (-a.xy, rows[7][i]), (-a.yx, rows[8][i]), (1 - a.yy, rows[9][i]),
    ] {
      worst.note(ours, expected: theirs, floor: 1, at: "at \(rows[0][i]), \(rows[1][i])")
    }
  }

  private func isFarFromCentres(_ rows: [[Double]], _ i: Int, _ set: [String: Any]) -> Bool {
    let kwargs = (set["kwargs"] as? [[String: Any]] ?? []).map(Lenstronomy.numbers)
    return kwargs.allSatisfy { p in
      let center = Lenstronomy.center(p)
      return hypot(rows[0][i] - center[0], rows[1][i] - center[1]) > 0.1
    }
  }
}

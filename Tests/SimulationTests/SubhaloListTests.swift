import LensCore
import LensNumerics
import LensTestSupport
import MassProfiles
import RayTracing
import Testing

/// The sum over the halos of a list against the sum over the profiles of the same masses.
struct SubhaloListTests {
  private func masses(points: Int, halos: Int, farther: Bool = false) -> [MassSpec] {
    let stream = RandomKey(seed: 5, sample: 1).stream("halos")
    func place(_ k: Int) -> [Double] {
      [stream.uniform(UInt32(2 * k)) * 4 - 2, stream.uniform(UInt32(2 * k + 1)) * 4 - 2]
    }
    var masses: [MassSpec] = (0..<points).map { k in
      var point = PointMassSpec()
      (point.einsteinRadius, point.center) = (0.01 + 0.02 * stream.uniform(UInt32(100 + k)), place(k))
      return MassSpec(point)
    }
    masses += (0..<halos).map { k in
      var halo = TruncatedNavarroFrenkWhiteSpec()
      halo.center = place(50 + k)
      return MassSpec(halo)
    }
    if farther {
      var point = PointMassSpec()
      (point.einsteinRadius, point.center) = (1e6, [3e18, -2e19])
      masses.append(MassSpec(point))
    }
    return masses
  }

  private func check<Scalar: LensScalar>(_ type: Scalar.Type, _ masses: [MassSpec]) {
    let list = SubhaloList<Scalar>(masses)
    #expect(list.count + list.others.count == masses.count)
    let (tile, expected) = (RayTile<Scalar>(count: 37), RayTile<Scalar>(count: 37))
    for i in 0..<tile.count {
      // The first ray hits the first mass.
      let (x, y) = (Double(i) * 0.11 - 1.9, Double(i * i % 37) * 0.1 - 1.8)
      let first = (masses.first?.parameters as? PointMassSpec)?.center ?? [x, y]
      (tile.image.x[i], tile.image.y[i]) =
        i == 0 ? (Scalar(first[0]), Scalar(first[1])) : (Scalar(x), Scalar(y))
      (expected.image.x[i], expected.image.y[i]) = (tile.image.x[i], tile.image.y[i])
    }
    list.addDeflection(at: tile.image, to: tile.deflection, scratch: tile.scratch)
    LensPlane(masses: list.others.map { $0.profile(type) }).addDeflection(tile, at: tile.image)
    LensPlane(masses: masses.map { $0.profile(type) }).trace(expected)
    var worst = WorstError("halos of a list, \(type), \(masses.count) masses, of the largest deflection")
    let largest = (0..<tile.count).reduce(1e-9) { max($0, abs(Double(expected.deflection.x[$1]))) }
    for i in 0..<tile.count {
      worst.note(Double(tile.deflection.x[i] - expected.deflection.x[i]) / largest, at: "ray \(i), x")
      worst.note(Double(tile.deflection.y[i] - expected.deflection.y[i]) / largest, at: "ray \(i), y")
    }
    // Sums in another order.
    worst.expect(atMost: 16 * Double(Scalar.ulpOfOne))
  }

  @Test func `points and halos of a list deflect like those of a plane`() {
    for points in 0...5 {
      check(Float.self, masses(points: points, halos: 2))
      check(Double.self, masses(points: points, halos: 2))
    }
  }

  @Test func `a point mass beyond all bounds is no small halo`() {
    check(Float.self, masses(points: 1, halos: 0, farther: true))
    #expect(SubhaloList<Float>(masses(points: 1, halos: 0, farther: true)).others.count == 1)
  }
}

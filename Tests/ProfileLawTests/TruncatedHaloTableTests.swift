import LensCore
import LensNumerics
import LensTestSupport
import MassProfiles
import Testing

/// Truncated halos read from tables against their formulas, over random halos and radii.
@Suite struct TruncatedHaloTableTests {
  private static let bound = 1e-10

  private func logUniform(_ name: String, _ k: Int, _ range: ClosedRange<Double>) -> Double {
    let (lower, upper) = (Double.log(range.lowerBound), Double.log(range.upperBound))
    return Double.exp(
      lower + (upper - lower) * RandomKey(seed: 12, sample: UInt64(k)).stream(name).uniform(0))
  }

  @Test func `a table says what the formulas say`() throws {
    var (deflection, potential) = (WorstError("deflection by table"), WorstError("potential by table"))
    var hessian = WorstError("second derivatives by table")
    let points = ringPoints(from: 1e-6, to: 50)
    for k in 0..<60 {
      let scale = logUniform("scale", k, 0.001...20)
      let mass = try MassProfileExamples.mass(
        "truncated_nfw: {scale_radius: \(scale), deflection_at_scale_radius: \(0.3 * scale), "
          + "truncation_radius: \(scale * logUniform("truncation", k, 0.3...1000))}")
      let exact = mass.evaluated(Double.self, at: points)
      let table = try #require(profilesForMaps([mass]).first)
      let tile = RayTile<Double>(count: points.count)
      for (i, point) in points.enumerated() { (tile.image.x[i], tile.image.y[i]) = point }
      table.addDeflection(at: tile.image, to: tile.deflection, scratch: tile.scratch)
      table.addPotential(at: tile.image, to: tile.potential)
      table.addHessian(at: tile.image, to: tile.hessian)
      for i in points.indices {
        let place = "\(mass.parameters) \(points[i])"
        let size = max(abs(exact.deflectionX[i]), abs(exact.deflectionY[i]))
        deflection.note((tile.deflection.x[i] - exact.deflectionX[i]) / size, at: place)
        deflection.note((tile.deflection.y[i] - exact.deflectionY[i]) / size, at: place)
        potential.note(tile.potential[i], expected: exact.potential[i], floor: 0, at: place)
        let largest = max(abs(exact.xx[i]), abs(exact.xy[i]), abs(exact.yy[i]))
        hessian.note((tile.hessian.xx[i] - exact.xx[i]) / largest, at: place)
        hessian.note((tile.hessian.xy[i] - exact.xy[i]) / largest, at: place)
        hessian.note((tile.hessian.yy[i] - exact.yy[i]) / largest, at: place)
      }
      withExtendedLifetime(tile) {}
    }
    deflection.expect(atMost: Self.bound)
    potential.expect(atMost: Self.bound)
    hessian.expect(atMost: Self.bound)
  }
}

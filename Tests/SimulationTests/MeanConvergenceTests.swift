import LensCore
import LensTestSupport
import MassProfiles
import Simulation
import Testing

/// Means of the convergence over pixels.
struct MeanConvergenceTests {
  private func map(_ masses: [MassSpec], width: Int = 8, height: Int = 6) throws -> Image<Double> {
    try meanConvergence(of: masses, width: width, height: height, pixelScale: 0.5)
  }

  private func point(_ radius: Double, _ x: Double, _ y: Double) -> MassSpec {
    var spec = PointMassSpec()
    (spec.einsteinRadius, spec.center) = (radius, [x, y])
    return MassSpec(spec)
  }

  @Test func `a point's mass is in its pixel`() throws {
    // Pixel (5, 2) covers x from 0.5 to 1 and y from -0.5 to 0.
    let image = try map([
      point(0.3, 0.51, -0.01), point(0.1, 0.99, -0.49), point(1, 2.01, 0), point(1, 0, -1.51),
    ])
    for y in 0..<6 {
      for x in 0..<8 {
        let expected = (x, y) == (5, 2) ? Double.pi * (0.09 + 0.01) / 0.25 : 0
        #expect(abs(image[x: x, y: y] - expected) < 1e-14)
      }
    }
  }

  @Test func `a line's mass is shared by length`() throws {
    var line = UniformLineSpec()
    (line.einsteinRadius, line.length, line.positionAngle, line.center) = (0.2, 2, 0, [0.25, 0.25])
    // From x = -0.75 to 1.25: half a pixel, three whole ones, half a pixel.
    let image = try map([MassSpec(line)])
    let unit = Double.pi * 0.04 / 0.25
    let row = (0..<8).map { image[x: $0, y: 3] / unit }
    for (found, expected) in zip(row, [0, 0, 0.125, 0.25, 0.25, 0.25, 0.125, 0]) {
      #expect(abs(found - expected) < 1e-13, "\(row)")
    }
    line.positionAngle = 0.7
    let turned = try map([MassSpec(line)]).pixels.reduce(0, +)
    #expect(abs(turned / unit - 1) < 1e-13)
    // What reaches out of the image is left out.
    line.center = [1.9, 0.25]
    #expect(try map([MassSpec(line)]).pixels.reduce(0, +) < 0.7 * unit)
  }

  /// The mean of the convergence over the image is the flux of the deflection through its edge over twice the area
  /// (Gauss's theorem): two ways that share no code but the profile's own.
  @Test func `a halo's mean is the flux of its deflection`() throws {
    var halo = TruncatedNavarroFrenkWhiteSpec()
    halo.center = [0.13, -0.21]
    let (width, height, scale) = (40, 30, 0.1)
    let image = try meanConvergence(of: [MassSpec(halo)], width: width, height: height, pixelScale: scale)
    let mean = image.pixels.reduce(0, +) / Double(width * height)
    let (halfX, halfY) = (Double(width) * scale / 2, Double(height) * scale / 2)
    let profile = MassSpec(halo).profile(Double.self)
    let steps = 4000
    let tile = RayTile<Double>(count: steps)
    var flux = 0.0
    for side in 0..<4 {
      let (along, across) = side % 2 == 0 ? (halfX, halfY) : (halfY, halfX)
      let sign = side < 2 ? 1.0 : -1
      for k in 0..<steps {
        let t = ((Double(k) + 0.5) / Double(steps) * 2 - 1) * along
        (tile.image.x[k], tile.image.y[k]) = side % 2 == 0 ? (t, sign * across) : (sign * across, t)
        (tile.deflection.x[k], tile.deflection.y[k]) = (0, 0)
      }
      profile.addDeflection(at: tile.image, to: tile.deflection, scratch: tile.scratch)
      for k in 0..<steps {
        flux +=
          sign * (side % 2 == 0 ? tile.deflection.y[k] : tile.deflection.x[k]) * 2 * along / Double(steps)
      }
    }
    withExtendedLifetime(tile) {}
    let expected = flux / (2 * Double(width * height) * scale * scale)
    #expect(expected > 0)
    // The halo's centre is a logarithmic spike that 8 x 8 points per pixel do not resolve.
    #expect(abs(mean / expected - 1) < 2e-3, "\(mean) \(expected)")
  }
}

import Foundation
import LensCore
import LensNumerics
import LensTestSupport
import LightProfiles
import Testing

/// Light profiles against lenstronomy in Double.
@Suite struct LightReferenceTests {
  private static let tolerance = 1e-10
  /// lenstronomy's Sersic profiles are flat inside this radius, in arcsec.
  private static let smoothing = 1e-3

  @Test func `surface brightness agrees with lenstronomy`() throws {
    let sets = try #require(try ReferenceData.json("light/index.json")["sets"] as? [[String: Any]])
    for set in sets {
      let type = try #require(set["type"] as? String)
      let parameters = Lenstronomy.numbers(set["kwargs"])
      let rows = try ReferenceData.rows(try #require(set["file"] as? String))
      let spec = try Lenstronomy.light(type, parameters)
      let tile = RayTile<Double>(count: rows[0].count)
      for i in rows[0].indices { (tile.image.x[i], tile.image.y[i]) = (rows[0][i], rows[1][i]) }
      spec.profile(Double.self).addBrightness(at: tile.image, to: tile.brightness, scratch: tile.scratch)
      let center = Lenstronomy.center(parameters)
      var worst = WorstError("\(type) brightness")
      for i in rows[0].indices where hypot(rows[0][i] - center[0], rows[1][i] - center[1]) > Self.smoothing {
        worst.note(tile.brightness[i], expected: rows[2][i], floor: 1e-300)
      }
      worst.expect(atMost: Self.tolerance)
    }
    #expect(sets.count == 9)
  }
}

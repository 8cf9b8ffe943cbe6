import LensCore
import MassProfiles
import RayTracing

/// What the lens does, pixel by pixel, at the pixel centres and in Double.
public struct TruthMaps: Sendable {
  /// Dimensionless.
  public let convergence: Image<Double>
  /// Arcsec.
  public let deflectionX: Image<Double>
  public let deflectionY: Image<Double>
  /// Arcsec^2.
  public let potential: Image<Double>
  /// Signed; its largest size is `largestMagnification`, because it is infinite on critical curves.
  public let magnification: Image<Double>
  public let criticalCurves: [CriticalCurve]

  public static let largestMagnification = 1e6

  /// The maps with their names in files, in a fixed order.
  public var named: [(name: String, image: Image<Double>)] {
    [
      ("convergence", convergence), ("deflection_x", deflectionX), ("deflection_y", deflectionY),
      ("potential", potential), ("magnification", magnification),
    ]
  }

  /// - Throws: `NumericalError.notFinite` that names the map and the pixel.
  ///
  /// - Parameter hasCriticalCurves: Whether to trace them, which takes longer than all the maps; else there are none.
  public init(_ scene: SceneSpec, hasCriticalCurves: Bool = true) throws {
    let instrument = scene.instrument
    let plane = LensPlane(masses: scene.lens.mass.map { $0.profile(Double.self) })
    let (width, height) = (instrument.width, instrument.height)
    let grid = PixelGrid(width: width, height: height, pixelScale: instrument.pixelScale)
    let dark = Image<Double>(width: width, height: height, repeating: 0)
    var (convergence, deflectionX, deflectionY) = (dark, dark, dark)
    var (potential, magnification) = (dark, dark)
    let tile = RayTile<Double>(count: width)
    for y in 0..<height {
      for x in 0..<width { (tile.image.x[x], tile.image.y[x]) = grid.centre(y * width + x) }
      plane.trace(tile)
      plane.sumHessian(tile)
      plane.sumPotential(tile)
      for x in 0..<width {
        convergence[x: x, y: y] = (tile.hessian.xx[x] + tile.hessian.yy[x]) / 2
        deflectionX[x: x, y: y] = tile.deflection.x[x]
        deflectionY[x: x, y: y] = tile.deflection.y[x]
        potential[x: x, y: y] = tile.potential[x]
        magnification[x: x, y: y] = Self.magnification(inverse: tile.hessian.inverseMagnification(x))
      }
    }
    // The columns are views: the tile must live until the last one has been read.
    withExtendedLifetime(tile) {}
    self.convergence = convergence
    self.deflectionX = deflectionX
    self.deflectionY = deflectionY
    self.potential = potential
    self.magnification = magnification
    let halfWidth = Double(max(grid.width, grid.height)) * grid.pixelScale / 2
    criticalCurves =
      hasCriticalCurves ? plane.criticalCurves(halfWidth: halfWidth, step: grid.pixelScale / 2) : []
    for map in named { try requireFinite(map.image, "the \(map.name) map") }
  }

  private static func magnification(inverse: Double) -> Double {
    abs(inverse) < 1 / largestMagnification
      ? (inverse < 0 ? -largestMagnification : largestMagnification) : 1 / inverse
  }
}

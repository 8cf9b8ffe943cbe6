import LensCore
import LensNumerics
import MassProfiles
import RayTracing

/// Mean convergence of masses over every pixel.
///
/// The mean of a point of Einstein radius theta_E over its pixel of area A is pi theta_E^2 / A, since its mass in units of the critical
/// surface density is pi theta_E^2 (Schneider, Kochanek & Wambsganss 2006, Part 1, section 2); a line's mass is shared
/// among the pixels that it crosses by its length in them. Both are exact. Of masses with a surface density it is the mean over 8 x 8
/// points of the pixel.
///
/// - Returns: Dimensionless; mass outside the image is left out.
/// - Throws: `NumericalError.notFinite` that names the pixel.
public func meanConvergence(
  of masses: [MassSpec], width: Int, height: Int, pixelScale: Double
) throws -> Image<Double> {
  var deposit = MassDeposit(width: width, height: height, pixelScale: pixelScale)
  var smooth: [MassSpec] = []
  for mass in masses {
    switch mass.parameters {
    case let point as PointMassSpec: deposit.add(point)
    case let line as UniformLineSpec: deposit.add(line)
    default: smooth.append(mass)
    }
  }
  if !smooth.isEmpty { deposit.add(smooth) }
  try requireFinite(deposit.convergence, "the convergence of the substructure")
  return deposit.convergence
}

private struct MassDeposit {
  var convergence: Image<Double>
  let pixelScale: Double

  private static let samples = 8

  init(width: Int, height: Int, pixelScale: Double) {
    convergence = Image(width: width, height: height, repeating: 0)
    self.pixelScale = pixelScale
  }

  mutating func add(_ point: PointMassSpec) {
    deposit(point.einsteinRadius * point.einsteinRadius, atX: point.center[0], y: point.center[1])
  }

  mutating func add(_ line: UniformLineSpec) {
    let (sine, cosine) = sineAndCosine(line.positionAngle)
    let (dx, dy) = (line.length * cosine, line.length * sine)
    let (x, y) = (line.center[0] - dx / 2, line.center[1] - dy / 2)
    // Where the line enters another pixel, as fractions of its length.
    let ends =
      [0, 1] + crossings(from: x, by: dx, pixels: convergence.width)
      + crossings(from: y, by: dy, pixels: convergence.height)
    let sorted = ends.sorted()
    for (start, end) in zip(sorted, sorted.dropFirst()) {
      let middle = (start + end) / 2
      deposit(
        line.einsteinRadius * line.einsteinRadius * (end - start), atX: x + middle * dx, y: y + middle * dy)
    }
  }

  /// Masses with a surface density.
  mutating func add(_ masses: [MassSpec]) {
    let plane = LensPlane(masses: masses.map { $0.profile(Double.self) })
    let (n, width) = (Self.samples, convergence.width)
    let tile = RayTile<Double>(count: width)
    for row in 0..<(convergence.height * n) {
      for column in 0..<n {
        for x in 0..<width {
          tile.image.x[x] = place(Double(x) + (Double(column) + 0.5) / Double(n), of: width)
          tile.image.y[x] = place((Double(row) + 0.5) / Double(n), of: convergence.height)
        }
        plane.sumHessian(tile)
        for x in 0..<width {
          convergence[x: x, y: row / n] += (tile.hessian.xx[x] + tile.hessian.yy[x]) / 2 / Double(n * n)
        }
      }
    }
    // The columns are views: the tile must live until the last one has been read.
    withExtendedLifetime(tile) {}
  }

  /// The position in arcsec of a number of pixels from the image's left or lower edge.
  private func place(_ pixels: Double, of count: Int) -> Double {
    (pixels - Double(count) / 2) * pixelScale
  }

  private func crossings(from start: Double, by step: Double, pixels: Int) -> [Double] {
    step == 0
      ? [] : (0...pixels).map { (place(Double($0), of: pixels) - start) / step }.filter { $0 > 0 && $0 < 1 }
  }

  /// - Parameter mass: In units of pi times the critical surface density.
  private mutating func deposit(_ mass: Double, atX x: Double, y: Double) {
    let column = (x / pixelScale + Double(convergence.width) / 2).rounded(.down)
    let row = (y / pixelScale + Double(convergence.height) / 2).rounded(.down)
    guard (0..<Double(convergence.width)).contains(column), (0..<Double(convergence.height)).contains(row)
    else { return }
    convergence[x: Int(column), y: Int(row)] += .pi * mass / (pixelScale * pixelScale)
  }
}

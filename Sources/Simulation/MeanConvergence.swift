import LensCore
import LensNumerics
import MassProfiles
import RayTracing

/// Mean convergence of masses over every pixel.
///
/// The mean of a point of Einstein radius theta_E over its pixel of area A is pi theta_E^2 / A, since its mass in units of the critical
/// surface density is pi theta_E^2 (Schneider, Kochanek & Wambsganss 2006, Part 1, section 2); a line's mass is shared
/// among the pixels that it crosses by its length in them. Both are exact. Of masses with a surface density, singular ones
/// too, it is the flux of their deflection out of the pixel (`EdgeFluxes`), within 1e-4 of the largest or, where that is
/// not singular, 1e-5 (`MeanConvergenceTests`). The sum over all pixels is the mass in the image.
///
/// - Parameter progress: Told the fraction that is done; may throw to stop.
/// - Returns: Dimensionless; mass outside the image is left out.
/// - Throws: `NumericalError.notFinite` that names the pixel, and what `progress` throws.
public func meanConvergence(
  of masses: [MassSpec], width: Int, height: Int, pixelScale: Double,
  progress: (Double) throws -> Void = { _ in }
) throws -> Image<Double> {
  var deposit = MassDeposit(width: width, height: height, pixelScale: pixelScale)
  var spread: [MassSpec] = []
  for mass in masses {
    switch mass.parameters {
    case let point as PointMassSpec: deposit.add(point)
    case let line as UniformLineSpec: deposit.add(line)
    default: spread.append(mass)
    }
  }
  var convergence = deposit.convergence
  if !spread.isEmpty {
    var fluxes = try EdgeFluxes(width: width, height: height, pixelScale: pixelScale)
    try fluxes.add(
      try profilesForMaps(spread),
      centres: spread.map { $0.parameters.peak.map { SkyPoint($0[0], $0[1]) } }, progress: progress)
    convergence = fluxes.meanConvergence
    for i in convergence.pixels.indices { convergence.pixels[i] += deposit.convergence.pixels[i] }
  }
  try requireFinite(convergence, "the convergence map")
  return convergence
}

private struct MassDeposit {
  var convergence: Image<Double>
  let pixelScale: Double

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

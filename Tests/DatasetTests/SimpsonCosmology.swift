import Foundation

/// Distances and masses by Simpson's rule in z with rounded constants: shares no code with `Cosmology`.
struct SimpsonCosmology {
  /// Km/s and Mpc (km/s)^2 per solar mass.
  static let (speedOfLight, gravity) = (299_792.458, 4.300_917_27e-9)
  static let arcsecPerRadian = 180 * 3600 / Double.pi
  /// Relative error of what follows from the rounded gravitational constant.
  static let tolerance = 1e-7

  let lens: Double
  let source: Double

  static func comovingDistance(_ redshift: Double) -> Double {
    let steps = 400
    let sum = (0...steps).reduce(0.0) { sum, i in
      let z = redshift * Double(i) / Double(steps)
      let weight = i == 0 || i == steps ? 1.0 : i % 2 == 1 ? 4 : 2
      return sum + weight / (0.3 * pow(1 + z, 3) + 0.7).squareRoot()
    }
    return speedOfLight / 70 * sum * redshift / Double(steps) / 3
  }

  var lensDistance: Double { Self.comovingDistance(lens) / (1 + lens) }
  var sourceDistance: Double { Self.comovingDistance(source) / (1 + source) }
  var distanceRatio: Double { 1 - Self.comovingDistance(lens) / Self.comovingDistance(source) }

  /// 4 pi (sigma / c)^2 D_ls / D_s, arcsec.
  func einsteinRadius(velocityDispersion: Double) -> Double {
    4 * .pi * pow(velocityDispersion / Self.speedOfLight, 2) * distanceRatio * Self.arcsecPerRadian
  }

  /// sqrt(4 G M D_ls / (c^2 D_l D_s)), arcsec.
  func einsteinRadius(mass: Double) -> Double {
    let schwarzschild = 4 * Self.gravity * mass / pow(Self.speedOfLight, 2)
    return (schwarzschild * distanceRatio / lensDistance).squareRoot() * Self.arcsecPerRadian
  }

  func mass(einsteinRadius: Double) -> Double { pow(einsteinRadius / self.einsteinRadius(mass: 1), 2) }

  /// Solar masses per cubic Mpc at the lens: 3 H^2 / (8 pi G).
  var criticalDensity: Double {
    3 * 70 * 70 * (0.3 * pow(1 + lens, 3) + 0.7) / (8 * .pi * Self.gravity)
  }

  /// Solar masses per square arcsec at the lens.
  var criticalSurfaceDensity: Double { mass(einsteinRadius: 1) / .pi }
}

import LensCore
import LensNumerics

/// A host whose lines of equal convergence are ellipses of one axis ratio.
protocol EllipticalHost: MassProfileSpec {
  var axisRatio: Double { get }
  var positionAngle: Double { get set }
  var center: [Double] { get set }
  /// R alpha(R) of the round profile with the same convergence at every R, arcsec^2: the mass inside the ellipse R in
  /// units of pi times the critical surface density.
  func enclosedMass(_ radius: Double) -> Double
}

extension IsothermalEllipsoidSpec: EllipticalHost {
  /// theta_E (sqrt(R_c^2 + R^2) - R_c), the integral of 2 R kappa, without cancellation.
  func enclosedMass(_ radius: Double) -> Double {
    let w = Double.squareRoot(coreRadius * coreRadius + radius * radius)
    return einsteinRadius * radius * radius / (w + coreRadius)
  }
}

extension EllipticalNavarroFrenkWhiteSpec: EllipticalHost {
  func enclosedMass(_ radius: Double) -> Double {
    let deflectionOfRing = navarroFrenkWhiteDeflection(einsteinRadius: radius, scaleRadius: scaleRadius)
    return radius * radius * deflectionAtScaleRadius / deflectionOfRing
  }
}

/// The tangential critical curve of a host without shear and substructure: where kappa + |gamma| = 1.
///
/// On the ray x = R cos(t) / sqrt(q), y = R sqrt(q) sin(t) it is at R(t), which is constant for a coreless isothermal
/// ellipsoid and nearly so for others. Area and mass are means over t of R^2 and `enclosedMass(R)`, since
/// dx dy = R dR dt; evenly spaced t make the error fall exponentially with their number.
///
/// Reference: Schneider, Kochanek & Wambsganss (2006), Part 1, sections 2.5 and 3.
struct HostCriticalCurve {
  let ring: LensRing

  /// Places on a quarter of the curve; the others are their mirror images.
  private static let places = 24

  /// - Parameter guess: A radius of the curve's order, arcsec.
  /// - Returns: nil if there is no such curve about the centre.
  init?(_ host: some EllipticalHost, guess: Double) {
    let finder = CurveFinder(host, count: Self.places)
    guard guess > 0, guess.isFinite, let radii = finder.radii(guess: guess) else { return nil }
    let count = Double(radii.count)
    ring = LensRing(
      einsteinRadius: Double.squareRoot(radii.reduce(0) { $0 + $1 * $1 } / count),
      massRadius: Double.squareRoot(radii.reduce(0) { $0 + host.enclosedMass($1) } / count))
  }
}

/// Finds the curve at all places at once, by the method of false position as Illinois has it.
///
/// Reference: Dowell & Jarratt (1971), BIT 11, 168.
private struct CurveFinder {
  private let profile: any MassProfile<Double>
  private let tile: RayTile<Double>
  /// x and y per R.
  private let directions: [(x: Double, y: Double)]

  init(_ host: some EllipticalHost, count: Int) {
    // Neither place nor angle changes the curve; the directions are those of one that is centred and along the axes.
    var upright = host
    (upright.positionAngle, upright.center) = (0, [0, 0])
    profile = upright.profile(Double.self)
    tile = RayTile(count: count)
    let root = Double.squareRoot(host.axisRatio)
    directions = (0..<count).map {
      let (sine, cosine) = sineAndCosine((Double($0) + 0.5) / Double(count) * Double.pi / 2)
      return (cosine / root, root * sine)
    }
  }

  /// 1 - kappa - |gamma| at a radius for each place: it grows outwards.
  private func eigenvalues(_ radii: [Double]) -> [Double] {
    let hessian = tile.hessian
    for (i, radius) in radii.enumerated() {
      (tile.image.x[i], tile.image.y[i]) = (radius * directions[i].x, radius * directions[i].y)
      (hessian.xx[i], hessian.xy[i], hessian.yy[i]) = (0, 0, 0)
    }
    profile.addHessian(at: tile.image, to: hessian)
    return withExtendedLifetime(tile) {
      radii.indices.map { i in
        let (mean, half) = ((hessian.xx[i] + hessian.yy[i]) / 2, (hessian.xx[i] - hessian.yy[i]) / 2)
        return 1 - mean - Double.squareRoot(half * half + hessian.xy[i] * hessian.xy[i])
      }
    }
  }

  /// Of the eigenvalue, and so of the radius, relatively: some roundings of a sum of 44 terms.
  private static let tolerance = 1e-13

  private typealias Bracket = (low: [Double], high: [Double], atLow: [Double], atHigh: [Double])

  func radii(guess: Double) -> [Double]? {
    guard var (low, high, atLow, atHigh) = bracket(guess) else { return nil }
    var middle = high
    // Some ten steps reach rounding; halving would take fifty.
    for _ in 0..<100 {
      for i in low.indices { middle[i] = high[i] - atHigh[i] * (high[i] - low[i]) / (atHigh[i] - atLow[i]) }
      let values = eigenvalues(middle)
      var isDone = true
      for i in low.indices {
        if abs(values[i]) > Self.tolerance { isDone = false }
        if (values[i] < 0) == (atHigh[i] < 0) {
          atLow[i] /= 2
        } else {
          (low[i], atLow[i]) = (high[i], atHigh[i])
        }
        (high[i], atHigh[i]) = (middle[i], values[i])
      }
      if isDone { return middle }
    }
    return middle
  }

  /// Radii between which the sign changes.
  private func bracket(_ guess: Double) -> Bracket? {
    let start = [Double](repeating: guess, count: directions.count)
    let atStart = eigenvalues(start)
    var bracket: Bracket = (start, start, atStart, atStart)
    for _ in 0..<80 {
      if bracket.atLow.allSatisfy({ $0 < 0 }) && bracket.atHigh.allSatisfy({ $0 > 0 }) { return bracket }
      for i in start.indices {
        if !(bracket.atLow[i] < 0) {
          (bracket.high[i], bracket.atHigh[i]) = (bracket.low[i], bracket.atLow[i])
        }
        if !(bracket.atHigh[i] > 0) {
          (bracket.low[i], bracket.atLow[i]) = (bracket.high[i], bracket.atHigh[i])
        }
        if !(bracket.atLow[i] < 0) { bracket.low[i] /= 1.5 }
        if !(bracket.atHigh[i] > 0) { bracket.high[i] *= 1.5 }
      }
      (bracket.atLow, bracket.atHigh) = (eigenvalues(bracket.low), eigenvalues(bracket.high))
    }
    return nil
  }
}

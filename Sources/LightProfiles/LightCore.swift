import LensCore
import LensNumerics

/// A light as a function of one radius: what is needed to integrate it where it changes within a pixel.
public protocol RadialLight: LightProfileSpec {
  /// Minor over major axis of the isophotes.
  var axisRatio: Double { get }
  /// Of the major axis, radians counter-clockwise from +x.
  var positionAngle: Double { get }
  /// [x, y] in arcsec.
  var center: [Double] { get }
  /// Of R = sqrt(q x^2 + y^2 / q), falling from the centre outwards.
  var radialBrightness: RadialBrightness { get }
}

/// Surface brightness at a radius: central exp(-b ((R / scale)^2)^exponent).
public struct RadialBrightness: Sendable {
  let central: Double
  let b: Double
  let scale: Double
  let exponent: Double

  /// - Parameter squared: R^2, arcsec^2.
  @inline(__always)
  func callAsFunction(squared: Double) -> Double {
    let x = squared / (scale * scale)
    let power = exponent == 1 ? x : exponent == 0.5 ? Double.squareRoot(x) : Self.power(x, exponent)
    return central * Double.exp(-b * power)
  }

  func callAsFunction(_ radius: Double) -> Double { self(squared: radius * radius) }

  /// The radius in arcsec at which the brightness has fallen to a value below the central one.
  func radius(ofBrightness value: Double) -> Double {
    let power = Double.log(central / value) / b
    return scale * Double.squareRoot(Self.power(power, 1 / exponent))
  }

  private static func power(_ x: Double, _ exponent: Double) -> Double {
    x > 0 ? Double.exp2(max(-1022, min(1022, exponent * Double.log2(x)))) : 0
  }
}

extension GaussianLightSpec: RadialLight {
  public var radialBrightness: RadialBrightness {
    RadialBrightness(central: flux / (2 * Double.pi * sigma * sigma), b: 0.5, scale: sigma, exponent: 1)
  }
}

extension SersicSpec: RadialLight {
  public var radialBrightness: RadialBrightness {
    let b = coefficient.value(sersicIndex: sersicIndex)
    return RadialBrightness(
      central: intensity * Double.exp(b), b: b, scale: effectiveRadius, exponent: 0.5 / sersicIndex)
  }
}

/// The middle of a light, where its brightness may change much between neighbouring rays.
///
/// Means over small parallelograms, which are what squares of the image are in the source plane, are taken by a rule
/// of 3 x 3 points (Gauss & Legendre; Abramowitz & Stegun 1964, 25.4.30) in pieces over which the brightness changes
/// by less than a factor of two, or whose light is negligible.
public struct LightCore: Sendable {
  private let frame: EllipseFrame<Double>
  private let centre: (x: Double, y: Double)
  private let stretchX: Double
  /// Also the most that a length on the sky can be stretched.
  private let stretchY: Double
  private let brightness: RadialBrightness
  private let totalFlux: Double
  /// The mean of a pixel that holds all the light, or the central brightness of a light that is wider.
  private let reference: Double
  private let pixelScale: Double
  /// Whether the light is so thin that it can cross pixels whose centres see next to nothing of it: half a pixel beside its
  /// major axis it has lost most of what a round one has left.
  public let isHiddenFromCentres: Bool
  /// Beyond, the light is too faint for its changes to matter.
  private let outerRadius: Double

  /// Changes within a ray's square that rays may have, of `reference`; those of a thin light add up along its length.
  private let smoothness: Double
  /// The light of a piece that need not be divided, of `reference`.
  private static let negligible = 1e-5
  private static let mostHalvings = 40
  /// The least that the centres of pixels must see of a light, of what they see of a round one.
  private static let seen = 0.4

  public init(_ light: some RadialLight, pixelScale: Double) {
    frame = EllipseFrame(
      center: light.center, axisRatio: light.axisRatio, positionAngle: light.positionAngle)
    centre = (light.center[0], light.center[1])
    stretchX = Double.squareRoot(light.axisRatio)
    stretchY = 1 / stretchX
    brightness = light.radialBrightness
    totalFlux = light.totalFlux
    self.pixelScale = pixelScale
    reference = min(totalFlux / (pixelScale * pixelScale), brightness(0))
    isHiddenFromCentres =
      brightness(pixelScale / 2 * stretchY) < Self.seen * brightness(pixelScale / 2)
    smoothness = isHiddenFromCentres ? 0.01 : 0.1
    outerRadius = brightness.radius(ofBrightness: smoothness * reference)
  }

  /// A position from the light's centre, or a length, in units in which isophotes are circles.
  public struct Vector: Sendable {
    let x: Double
    let y: Double

    @inline(__always)
    init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }

    @inline(__always)
    public var length: Double { Double.squareRoot(x * x + y * y) }

    @inline(__always)
    public static func - (a: Vector, b: Vector) -> Vector { Vector(a.x - b.x, a.y - b.y) }
    @inline(__always)
    static func + (a: Vector, b: Vector) -> Vector { Vector(a.x + b.x, a.y + b.y) }
    @inline(__always)
    public static func * (factor: Double, a: Vector) -> Vector { Vector(factor * a.x, factor * a.y) }
  }

  /// A position in arcsec.
  @inline(__always)
  public func place(_ x: Double, _ y: Double) -> Vector {
    let (u, v) = frame.local(x, y)
    return Vector(stretchX * u, stretchY * v)
  }

  /// Sigma or effective radius, arcsec.
  public var scale: Double { brightness.scale }

  // MARK: How many rays are enough

  /// The light that a ray which meets the centre can be wrong by, over the light of the pixel; rays are at distances
  /// `spacing` from each other, arcsec.
  public func coarseness(spacing: Double) -> Double {
    let halfDiagonal = spacing / Double.squareRoot(2) * stretchY
    return share(spacing, brightness(0) - brightness(halfDiagonal))
  }

  /// The same for rays at given places, `first` being one of them: the difference that four rays make in the square that
  /// holds the centre.
  public func coarseness(spacing: Double, first: (x: Double, y: Double)) -> Double {
    func ray(_ first: Double, _ centre: Double) -> Double {
      first + ((centre - first) / spacing).rounded() * spacing
    }
    let (x, y) = (ray(first.x, centre.x), ray(first.y, centre.y))
    var four = 0.0
    for dx in [-spacing / 4, spacing / 4] {
      for dy in [-spacing / 4, spacing / 4] { four += brightness(place(x + dx, y + dy).length) / 4 }
    }
    return max(share(spacing, abs(brightness(place(x, y).length) - four)), coarseness(spacing: spacing / 2))
  }

  private func share(_ spacing: Double, _ brightnessOfSquare: Double) -> Double {
    if !(brightnessOfSquare > 0) { return 0 }
    let area = (spacing / pixelScale) * (spacing / pixelScale)
    return brightnessOfSquare * area / max(brightness(pixelScale / 2 * stretchY), .leastNormalMagnitude)
  }

  /// How much of all the light depends on where rays happen to be: the difference between one at a tenth of their
  /// spacing from the centre and one at a square's root mean square distance.
  public func uncertainty(spacing: Double) -> Double {
    if !(totalFlux > 0) { return 0 }
    // All rays may miss so small a light.
    if scale < 0.1 * spacing { return 1 }
    let near = brightness(0.1 * spacing)
    return (near - brightness(0.38 * spacing * stretchY)) * spacing * spacing / totalFlux
  }

  /// Whether the brightness changes too much between the rays of a pixel.
  ///
  /// - Parameters:
  ///   - middle: Of the pixel.
  ///   - reach: Half of its diagonal, in units of R.
  ///   - subpixels: Rays per axis.
  @inline(__always)
  public func isNear(_ middle: Vector, reach: Double, subpixels: Int) -> Bool {
    let raysReach = reach / Double(subpixels)
    let nearest = max(middle.length - reach, 0)
    if nearest - raysReach > outerRadius { return false }
    let change = brightness(max(nearest - raysReach, 0)) - brightness(nearest + raysReach)
    // NaN counts as near.
    return !(change <= smoothness * reference)
  }

  // MARK: Means

  /// The mean brightness of a parallelogram.
  ///
  /// - Parameters:
  ///   - a, b: Half its sides.
  public func mean(_ middle: Vector, _ a: Vector, _ b: Vector) -> Double { mean(middle, a, b, 0, 1) }

  private func mean(
    _ middle: Vector, _ a: Vector, _ b: Vector, _ halvings: Int, _ share: Double
  ) -> Double {
    let (distance, reach) = (middle.length, a.length + b.length)
    let most = brightness(max(distance - reach, 0))
    if most * share <= Self.negligible * reference { return brightness(distance) }
    if most <= 2 * brightness(distance + reach) || halvings == Self.mostHalvings {
      return meanByRule(middle, a, b)
    }
    let (a, b) = (0.5 * a, 0.5 * b)
    let (lower, upper) = (middle - b, middle + b)
    let (next, quarter) = (halvings + 1, share / 4)
    let low = mean(lower - a, a, b, next, quarter) + mean(lower + a, a, b, next, quarter)
    return (low + mean(upper - a, a, b, next, quarter) + mean(upper + a, a, b, next, quarter)) / 4
  }

  private func meanByRule(_ middle: Vector, _ a: Vector, _ b: Vector) -> Double {
    // The root of 3/5; weights 5/18 and 8/18.
    let node = 0.774_596_669_241_483_4
    var sum = 0.0
    for (s, weight) in [(-node, 5.0), (0, 8), (node, 5)] {
      let row = middle + s * a
      let (below, at, above) = (row - node * b, row, row + node * b)
      let outer = brightness(squared: below) + brightness(squared: above)
      sum += weight * (5 * outer + 8 * brightness(squared: at))
    }
    return sum / 324
  }
}

extension RadialBrightness {
  @inline(__always)
  fileprivate func callAsFunction(squared place: LightCore.Vector) -> Double {
    self(squared: place.x * place.x + place.y * place.y)
  }
}

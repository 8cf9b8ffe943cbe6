import LensCore
import LensNumerics

/// Parameters of a field of granules, the interference of fuzzy dark matter with itself.
public struct GranulesSpec: MassProfileSpec, Equatable {
  public static let kind = "granules"

  /// Standard deviation of the convergence, whose mean is 0.
  public var fluctuation = 0.01
  /// l in arcsec: the convergences at two places r apart are correlated by exp(-r^2 / (2 l^2)).
  public var correlationLength = 0.1
  /// How many plane waves are summed, for every ray.
  public var waves = 200
  /// Which of the fields that are as likely: every number, whole or not, has its own, so that any prior draws one. With
  /// another number of waves it is another one.
  public var realization = 0.0
  /// Moves the field, [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("fluctuation", &fluctuation, SpecRange(0...10))
    visitor.number("correlation_length", &correlationLength, SpecRange(1e-3...1e3, unit: "arcsec"))
    visitor.integer("waves", &waves, 8...5000)
    visitor.number("realization", &realization, SpecRange(0...1e9))
    visitor.numbers("center", &center, .position)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    Granules<Scalar>(self)
  }
}

extension GranulesSpec {
  /// k^2 l^2 / 2 of the longest wave.
  private static let least = 1.0 / 800

  /// The longest first.
  fileprivate var planeWaves: [PlaneWave] {
    // A zero with a sign is zero.
    let key = RandomKey(seed: RandomKey.seed(named: Self.kind), sample: (realization + 0).bitPattern)
    let (lengths, phases) = (key.stream("lengths"), key.stream("phases"))
    let first = key.stream("direction").uniform(0)
    let count = Double(waves)
    let amplitude = fluctuation * Double.squareRoot(2 / count)
    return (0..<waves).map { n in
      // k^2 l^2 / 2 is exponential, and what is above a limit is so again from there on.
      let fraction = (Double(n) + lengths.uniform(UInt32(n))) / count
      let k = Double.squareRoot(2 * (Self.least - Double.log(1 - fraction))) / correlationLength
      let direction = first + Double(n) * 0.618_033_988_749_894_8
      let (sine, cosine) = sineAndCosine(.pi * (direction - direction.rounded(.down)))
      return PlaneWave(
        x: k * cosine, y: k * sine, phase: 2 * phases.uniform(UInt32(n)) - 1, amplitude: amplitude)
    }
  }
}

/// A wave of the convergence, its amplitude times cos(x X + y Y + pi phase) at (X, Y).
private struct PlaneWave {
  /// Radians per arcsec.
  let x: Double
  let y: Double
  /// Half turns.
  let phase: Double
  let amplitude: Double

  /// The amplitude of the potential of this wave, averaged over squares of a side in arcsec.
  func potential(averagedOver side: Double) -> Double {
    let mean = Self.mean(x * side / (2 * .pi)) * Self.mean(y * side / (2 * .pi))
    return 2 * amplitude * mean / (x * x + y * y)
  }

  /// sin(pi h) / (pi h), the mean of a cosine over 2 h half turns about its maximum.
  private static func mean(_ h: Double) -> Double {
    abs(h) < 1e-9 ? 1 : Double.sine(halfTurns: h) / (.pi * h)
  }
}

/// A Gaussian random field of convergence with variance sigma^2 and correlation exp(-r^2 / (2 l^2)): a sum of N plane waves,
/// kappa = sum of a cos(k_n x + phi_n) with a = sigma sqrt(2 / N) and the potential -(2 a / k_n^2) cos(k_n x + phi_n).
///
/// The power is proportional to exp(-l^2 k^2 / 2), so each component of k_n is normal with standard deviation 1 / l, and phases are
/// uniform. Gaussian clumps of standard deviation s, scattered at random, have l = sqrt(2) s.
///
/// The squared lengths |k_n|^2, which are exponential, are drawn one from each of N parts of the same probability, and directions are a golden ratio of
/// a half turn apart from a random one on. So one field has its correlation in every direction and on every scale with few waves. Waves
/// with |k| l < 1/20, a share of 1/800 of the variance, are left out: their deflections grow as 1 / |k|, but over an image they are those of
/// a sheet, a shear and a shift.
///
/// Reference: Laroche et al. (2022), arXiv:2206.11269, and Kawai et al. (2022), arXiv:2109.04704 (Gaussian clumps); Amruth et al. (2023),
/// Nature Astronomy 7, 736 (random fields).
public struct Granules<Scalar: LensScalar>: MassProfile {
  private let centreX: Scalar
  private let centreY: Scalar
  /// A multiple of `atOnce`; those in excess have no amplitude.
  private let waves: [Wave]

  private struct Wave {
    /// Half turns per arcsec.
    var (turnsX, turnsY): (Scalar, Scalar) = (0, 0)
    /// Half turns.
    var phase: Scalar = 0
    /// Radians per arcsec.
    var (x, y): (Scalar, Scalar) = (0, 0)
    /// 2 a / k^2 times the wave vector: the deflection is this times the sine.
    var (deflectionX, deflectionY): (Scalar, Scalar) = (0, 0)
    /// 2 a / k^2.
    var potential: Scalar = 0

    init() {}

    init(_ wave: PlaneWave, averagedOver pixelScale: Double) {
      let potential = wave.potential(averagedOver: pixelScale)
      (turnsX, turnsY, phase) = (Scalar(wave.x / .pi), Scalar(wave.y / .pi), Scalar(wave.phase))
      (x, y) = (Scalar(wave.x), Scalar(wave.y))
      (deflectionX, deflectionY) = (Scalar(potential * wave.x), Scalar(potential * wave.y))
      self.potential = Scalar(potential)
    }

    @inline(__always)
    func sine(_ dx: Scalar, _ dy: Scalar) -> Scalar {
      Scalar.sine(halfTurns: phase + turnsX * dx + turnsY * dy)
    }

    @inline(__always)
    func cosine(_ dx: Scalar, _ dy: Scalar) -> Scalar {
      // A quarter of a turn ahead; added to the phase, so that the largest number is rounded last.
      Scalar.sine(halfTurns: phase + 0.5 + turnsX * dx + turnsY * dy)
    }
  }

  /// Waves in each loop over rays: sums are then fetched and stored that much less often.
  private static var atOnce: Int { 4 }

  public init(_ spec: GranulesSpec) { self.init(spec, pixelScale: 0) }

  /// - Parameter pixelScale: The convergence is that of `spec`, averaged over a square of this side about each place.
  package init(_ spec: GranulesSpec, pixelScale: Double) {
    (centreX, centreY) = (Scalar(spec.center[0]), Scalar(spec.center[1]))
    var waves = spec.planeWaves.map { Wave($0, averagedOver: pixelScale) }
    while waves.count % Self.atOnce != 0 { waves.append(Wave()) }
    self.waves = waves
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    for first in stride(from: 0, to: waves.count, by: Self.atOnce) {
      let (a, b, c, d) = (waves[first], waves[first + 1], waves[first + 2], waves[first + 3])
      for i in 0..<position.count {
        let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
        let (sa, sb) = (a.sine(dx, dy), b.sine(dx, dy))
        let (sc, sd) = (c.sine(dx, dy), d.sine(dx, dy))
        deflection.x[i] +=
          (a.deflectionX * sa + b.deflectionX * sb) + (c.deflectionX * sc + d.deflectionX * sd)
        deflection.y[i] +=
          (a.deflectionY * sa + b.deflectionY * sb) + (c.deflectionY * sc + d.deflectionY * sd)
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    for wave in waves {
      for i in 0..<position.count {
        potential[i] -= wave.potential * wave.cosine(position.x[i] - centreX, position.y[i] - centreY)
      }
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    for wave in waves {
      let (xx, xy, yy) = (
        wave.deflectionX * wave.x, wave.deflectionX * wave.y, wave.deflectionY * wave.y
      )
      for i in 0..<position.count {
        let cosine = wave.cosine(position.x[i] - centreX, position.y[i] - centreY)
        hessian.xx[i] += xx * cosine
        hessian.xy[i] += xy * cosine
        hessian.yy[i] += yy * cosine
      }
    }
  }
}

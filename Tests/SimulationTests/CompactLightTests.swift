import Foundation
import Instrument
import LensCore
import LensTestSupport
import LightProfiles
import MassProfiles
import Simulation
import Testing

/// The light of a source or lens is all in its image, however small it is beside a pixel, or an error says so.
struct CompactLightTests {
  private static let pixelScale = 0.05

  private func scene(_ light: LightSpec, lensed: [MassSpec], isLens: Bool, side: Int) -> SceneSpec {
    var scene = SceneSpec()
    scene.planes[0].mass = Components(lensed)
    if isLens { scene.planes[0].light = [light] } else { scene.planes[1].light = [light] }
    (scene.instrument.width, scene.instrument.height) = (side, side)
    scene.instrument.brightnessUnit = .perPixel
    scene.instrument.pointSpreadFunction = PointSpreadFunctionSpec(NoPSFSpec())
    return scene
  }

  private func image(_ scene: SceneSpec) throws -> Image<Float> {
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy)
    return try simulator.expectedImage(of: scene, workspace: simulator.makeWorkspace())[0]
  }

  /// Mean brightness times the pixel area.
  private func flux(_ image: Image<Float>) -> Double {
    image.pixels.reduce(0) { $0 + Double($1) } * Self.pixelScale * Self.pixelScale
  }

  /// A light of a size in pixels at a place in pixels from the image's middle.
  private func light(_ draw: (Double, Double) -> Double) -> (light: LightSpec, size: Double) {
    let size = Self.pixelScale * pow(10, draw(log10(0.02), log10(3)))
    let (ratio, angle) = (pow(10, draw(log10(0.05), 0)), draw(0, 3))
    let center = [draw(-1.5, 1.5) * Self.pixelScale, draw(-1.5, 1.5) * Self.pixelScale]
    if draw(0, 1) < 0.3 {
      var gaussian = GaussianLightSpec()
      (gaussian.sigma, gaussian.axisRatio, gaussian.positionAngle, gaussian.center) = (
        size, ratio, angle, center
      )
      return (LightSpec(gaussian), size)
    }
    var sersic = SersicSpec()
    (sersic.effectiveRadius, sersic.axisRatio, sersic.positionAngle, sersic.center) = (
      size, ratio, angle, center
    )
    sersic.sersicIndex = draw(0.5, 6)
    return (LightSpec(sersic), size)
  }

  private func draws(_ number: Int, _ name: String) -> (Double, Double) -> Double {
    let stream = RandomKey(seed: 77, sample: UInt64(number)).stream(name)
    var count: UInt32 = 0
    return { low, high in
      count += 1
      return low + (high - low) * stream.uniform(count)
    }
  }

  /// The mean of a profile over every pixel, by polar coordinates about its centre, in which a cusp is no matter: in each
  /// direction the brightness is integrated over the part of the ray that lies in the pixel.
  private func polarMeans(_ light: LightSpec, side: Int) -> [Double] {
    let (directions, steps) = (1500, 1500)
    let (center, ratio, angle, brightness) = radial(light)
    var means = [Double](repeating: 0, count: side * side)
    for k in 0..<directions {
      // Along an ellipse, so that even thin ones are seen in all directions: dA = R dR dt.
      let t = (Double(k) + 0.5) / Double(directions) * 2 * .pi
      let (u, v) = (cos(t) / ratio.squareRoot(), sin(t) * ratio.squareRoot())
      let (dx, dy) = (u * cos(angle) - v * sin(angle), u * sin(angle) + v * cos(angle))
      for i in 0..<steps {
        // R = e^s between 1e-7 and 40 pixels, which are fewer across a thin light.
        let width = log(4e8) / Double(steps)
        let r = Self.pixelScale * 1e-7 * exp((Double(i) + 0.5) * width)
        let x = Int(((center[0] + r * dx) / Self.pixelScale + Double(side) / 2).rounded(.down))
        let y = Int(((center[1] + r * dy) / Self.pixelScale + Double(side) / 2).rounded(.down))
        guard (0..<side).contains(x), (0..<side).contains(y) else { continue }
        means[y * side + x] += brightness(r) * r * r * width
      }
    }
    return means.map { $0 * 2 * .pi / Double(directions) / (Self.pixelScale * Self.pixelScale) }
  }

  private func radial(_ light: LightSpec) -> ([Double], Double, Double, (Double) -> Double) {
    switch light.parameters {
    case let sersic as SersicSpec:
      // 2n from the total flux: b by Newton's method is the profile's own; here from its definition by bisection.
      let b = halfLight(sersic.sersicIndex)
      return (
        sersic.center, sersic.axisRatio, sersic.positionAngle,
        { exp(-b * (pow($0 / sersic.effectiveRadius, 1 / sersic.sersicIndex) - 1)) }
      )
    case let gaussian as GaussianLightSpec:
      let variance = gaussian.sigma * gaussian.sigma
      return (
        gaussian.center, gaussian.axisRatio, gaussian.positionAngle,
        { exp(-0.5 * $0 * $0 / variance) / (2 * .pi * variance) }
      )
    default: return ([0, 0], 1, 0, { _ in .nan })
    }
  }

  /// The b of gamma(2n, b) = Gamma(2n) / 2, by Simpson's rule.
  private func halfLight(_ n: Double) -> Double {
    func integral(_ limit: Double) -> Double {
      let steps = 4000
      // x = z^2 leaves no singular end for n >= 0.5.
      func f(_ z: Double) -> Double { 2 * pow(z, 4 * n - 1) * exp(-z * z) }
      let h = limit.squareRoot() / Double(steps)
      return (0...steps).reduce(0) { sum, i in
        sum + f(Double(i) * h) * (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2)
      } * h / 3
    }
    let half = integral(80) / 2
    var (low, high) = (0.1, 20.0)
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if integral(middle) < half { low = middle } else { high = middle }
    }
    return low
  }

  @Test(arguments: [0.04, 0.1, 0.5])
  func `a Gaussian far smaller than a pixel keeps its flux`(size: Double) throws {
    var worst = WorstError("flux of a Gaussian of \(size) pixels, relative")
    for number in 0..<40 {
      let draw = draws(number, "gaussian")
      var gaussian = GaussianLightSpec()
      gaussian.sigma = size * Self.pixelScale
      gaussian.center = [draw(-1, 1) * Self.pixelScale, draw(-1, 1) * Self.pixelScale]
      for isLens in [true, false] {
        let image = try image(scene(LightSpec(gaussian), lensed: [], isLens: isLens, side: 15))
        worst.note(flux(image), expected: 1, floor: 0, at: "\(gaussian.center), lens \(isLens)")
      }
    }
    worst.expect(atMost: 2e-3)
  }

  @Test func `compact lights have the pixel means of an integration in polar coordinates`() throws {
    var (fluxes, pixels) = (
      WorstError("flux of compact lights, adaptive, relative"),
      WorstError("pixel means of compact lights, adaptive, of the peak")
    )
    for number in 0..<40 {
      let draw = draws(number, "polar")
      let light = light(draw).light
      let truth = polarMeans(light, side: 11)
      let (sum, peak) = (truth.reduce(0, +), truth.max() ?? 0)
      for (precision, isLens) in [
        (Precision.single, true), (.double, true), (.single, false), (.double, false),
      ] {
        var scene = scene(light, lensed: [], isLens: isLens, side: 11)
        scene.accuracy.precision = precision
        let image = try image(scene)
        fluxes.note(
          image.pixels.reduce(0) { $0 + Double($1) }, expected: sum, floor: 0, at: "\(light.parameters)")
        for (p, t) in zip(image.pixels, truth) {
          pixels.note((Double(p) - t) / peak, at: "\(light.parameters)")
        }
      }
    }
    fluxes.expect(atMost: 0.01)
    pixels.expect(atMost: 0.02)
  }

  /// The flux of a lensed source is not known in closed form: many rays tell.
  @Test func `compact sources keep their flux through a lens`() throws {
    var fluxes = WorstError("flux of compact lensed sources, adaptive, relative")
    var pixels = WorstError("pixel means of compact lensed sources, adaptive, of the peak")
    for number in 0..<40 {
      let draw = draws(number, "lensed")
      var (light, size) = light(draw)
      var host = IsothermalEllipsoidSpec()
      (host.einsteinRadius, host.axisRatio, host.center) = (
        0.4, draw(0.6, 1), [draw(-0.05, 0.05), draw(-0.05, 0.05)]
      )
      if size < 0.1 * Self.pixelScale {
        // Not even 32 x 32 rays would see a smaller one.
        size = 0.1 * Self.pixelScale
        var gaussian = GaussianLightSpec()
        (gaussian.sigma, gaussian.center) = (size, [draw(-0.1, 0.1), draw(-0.1, 0.1)])
        light = LightSpec(gaussian)
      }
      if let sersic = light.parameters as? SersicSpec,
        sersic.sersicIndex > 1.2 || sersic.effectiveRadius < 0.02
      {
        continue
      }
      var scene = scene(light, lensed: [MassSpec(host)], isLens: false, side: 31)
      let found = try image(scene)
      (scene.accuracy.sampling, scene.accuracy.subpixels, scene.accuracy.precision) = (.uniform, 32, .double)
      guard let reference = try? image(scene) else { continue }
      fluxes.note(flux(found), expected: flux(reference), floor: 0, at: "\(number): \(light.parameters)")
      for (a, b) in zip(found.pixels, reference.pixels) {
        pixels.note(Double(a - b) / Double(reference.peak), at: "\(number): \(light.parameters)")
      }
    }
    fluxes.expect(atMost: 0.02)
    // Squares at critical curves are no parallelograms.
    pixels.expect(atMost: 0.05)
  }

  @Test func `uniform rays hold the flux or the light is refused with the smallest size`() throws {
    var worst = WorstError("flux of compact lights, uniform rays, relative")
    var (held, refused) = (0, 0)
    for number in 0..<400 {
      let draw = draws(number, "uniform")
      let (light, _) = light(draw)
      if let sersic = light.parameters as? SersicSpec, sersic.sersicIndex > 3 { continue }
      var scene = scene(light, lensed: [], isLens: number % 2 == 0, side: 121)
      scene.accuracy.sampling = .uniform
      scene.accuracy.subpixels = 1 + number % 4
      scene.accuracy.precision = number % 3 == 0 ? .double : .single
      do {
        let found = flux(try image(scene))
        held += 1
        worst.note(found, expected: light.parameters.totalFlux, floor: 0, at: "\(light.parameters)")
      } catch let error as NumericalError {
        refused += 1
        #expect("\(error)".contains("at least") && "\(error)".contains("accuracy.subpixels"))
      }
    }
    print("\(held) compact lights held by uniform rays, \(refused) refused")
    #expect(held > 50 && refused > 50)
    worst.expect(atMost: 0.35)
  }
}

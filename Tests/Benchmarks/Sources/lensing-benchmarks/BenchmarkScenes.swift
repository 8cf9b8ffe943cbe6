import LensNumerics
import SwiftLensing

/// The scenes W1 to W8 on which simulators are compared; each number gives another draw of the same population.
///
/// | scene | pixels | rays per pixel | deflectors besides SIE and shear |
/// |---|---|---|---|
/// | W1 | 150 x 150 | 2 x 2 | none |
/// | W2 | 150 x 150 | 2 x 2 | 25 point masses |
/// | W3 | 150 x 150 | 2 x 2 | a vortex; peers render 100 point masses |
/// | W4 | 150 x 150 | 2 x 2 | 100 truncated NFW halos |
/// | W5 | 64 x 64 | 1 | 25 point masses |
/// | W6 | 150 x 150 | 1 | 1000 truncated NFW halos |
/// | W7 | 150 x 150 | 1 | 100 truncated NFW halos on 10 planes, behind and before an elliptical power law |
/// | W8 | 150 x 150 | 1 | 1000 on 25 planes |
enum BenchmarkScene: String, CaseIterable {
  case w1 = "W1", w2 = "W2", w3 = "W3", w4 = "W4", w5 = "W5", w6 = "W6", w7 = "W7", w8 = "W8"

  /// - Parameter halos: How many W6 holds.
  func spec(_ number: Int, halos: Int = 1000) -> SceneSpec {
    var scene = SceneSpec()
    scene.instrument = instrument
    scene.accuracy.subpixels = hasOneRay ? 1 : 2
    let draw = Draw(number: number)
    scene.planes = [
      PlaneSpec(redshift: 0.5, mass: smooth(draw) + substructure(draw, halos: halos), light: lensLight(draw)),
      PlaneSpec(redshift: 1, light: [source(draw)]),
    ]
    if let lineOfSight { add(lineOfSight.halos, on: lineOfSight.planes, to: &scene, draw) }
    return scene
  }

  private var hasOneRay: Bool { [.w5, .w6, .w7, .w8].contains(self) }

  private var lineOfSight: (halos: Int, planes: Int)? {
    switch self {
    case .w7: (100, 10)
    case .w8: (1000, 25)
    default: nil
    }
  }

  /// As many halos on each plane, evenly from redshift 0.05 to 0.93, none of them the lens itself.
  private func add(_ count: Int, on planes: Int, to scene: inout SceneSpec, _ draw: Draw) {
    let masses = halos(draw, count: count)
    for plane in 0..<planes {
      let redshift = 0.05 + 0.88 * (Double(plane) + 0.5) / Double(planes)
      let here = Array(masses[(plane * count / planes)..<((plane + 1) * count / planes)])
      scene.planes.append(PlaneSpec(redshift: redshift, mass: here), named: "plane_\(plane)")
    }
    scene.planes.sort { $0.redshift < $1.redshift }
  }

  var instrument: InstrumentSpec {
    var instrument = InstrumentSpec()
    instrument.noise = false
    var blur = GaussianPSFSpec()
    if self == .w5 {
      (instrument.width, instrument.height, instrument.pixelScale) = (64, 64, 0.101)
      (blur.fullWidthHalfMaximum, blur.kernelPixels) = (0.16, 7)
    } else {
      (blur.fullWidthHalfMaximum, blur.kernelPixels) = (0.23548200450309495, 11)
    }
    instrument.pointSpreadFunction = PointSpreadFunctionSpec(blur)
    return instrument
  }

  private func smooth(_ draw: Draw) -> [MassSpec] {
    if lineOfSight != nil { return powerLaw(draw) }
    var host = IsothermalEllipsoidSpec()
    var shear = ExternalShearSpec()
    (host.einsteinRadius, host.axisRatio) = (1.2, 0.8)
    host.positionAngle = draw.uniform("host", 0, 0, .pi)
    (shear.strength, shear.angle) = (0.1, draw.uniform("shear", 0, 0, .pi))
    return [MassSpec(host), MassSpec(shear)]
  }

  private func powerLaw(_ draw: Draw) -> [MassSpec] {
    var host = EllipticalPowerLawSpec()
    var shear = ExternalShearSpec()
    (host.einsteinRadius, host.slope, host.axisRatio) = (1.2, draw.uniform("slope", 0, 1.9, 2.2), 0.8)
    host.positionAngle = draw.uniform("host", 0, 0, .pi)
    (shear.strength, shear.angle) = (0.05, draw.uniform("shear", 0, 0, .pi))
    return [MassSpec(host), MassSpec(shear)]
  }

  private func source(_ draw: Draw) -> LightSpec {
    var light = SersicSpec()
    light.coefficient = .linear
    light.positionAngle = draw.uniform("source angle", 0, 0, .pi)
    if self == .w5 {
      (light.intensity, light.effectiveRadius, light.axisRatio) = (20, 0.25, 0.75)
      light.center = [draw.uniform("source", 0, -0.35, 0.35), draw.uniform("source", 1, -0.35, 0.35)]
    } else {
      (light.intensity, light.effectiveRadius, light.sersicIndex, light.axisRatio) = (0.8, 0.5, 1.5, 0.8)
      light.center = [draw.uniform("source", 0, 0.05, 0.15), draw.uniform("source", 1, 0.15, 0.25)]
    }
    return LightSpec(light)
  }

  private func lensLight(_ draw: Draw) -> [LightSpec] {
    // Planes in front of the lens would lens its light too, which not every peer does.
    if self == .w5 || lineOfSight != nil { return [] }
    var light = SersicSpec()
    light.coefficient = .linear
    (light.intensity, light.effectiveRadius, light.sersicIndex, light.axisRatio) = (1.2, 0.5, 2.5, 0.75)
    light.positionAngle = draw.uniform("lens light", 0, 0, .pi)
    return [LightSpec(light)]
  }

  private func substructure(_ draw: Draw, halos count: Int) -> [MassSpec] {
    switch self {
    case .w1, .w7, .w8: []
    case .w2: points(draw, radii: 0...1.5, einsteinRadii: 0.015...0.025)
    case .w3: [vortex(draw)]
    case .w4: halos(draw, count: 100)
    case .w5: points(draw, radii: 0.25...2, einsteinRadii: 0.001...0.02)
    case .w6: halos(draw, count: count)
    }
  }

  private func points(
    _ draw: Draw, radii: ClosedRange<Double>, einsteinRadii: ClosedRange<Double>
  ) -> [MassSpec] {
    (0..<25).map { k in
      let radius = draw.uniform("radius", k, radii.lowerBound, radii.upperBound)
      let (sine, cosine) = sineAndCosine(draw.uniform("angle", k, 0, 2 * .pi))
      var point = PointMassSpec()
      point.einsteinRadius = draw.uniform("strength", k, einsteinRadii.lowerBound, einsteinRadii.upperBound)
      point.center = [radius * cosine, radius * sine]
      return MassSpec(point)
    }
  }

  /// The line that 100 points of Einstein radius 0.012 on one arcsec approximate.
  private func vortex(_ draw: Draw) -> MassSpec {
    var line = UniformLineSpec()
    (line.einsteinRadius, line.length) = (0.12, 1)
    line.positionAngle = draw.uniform("vortex", 0, 0, 2 * .pi)
    return MassSpec(line)
  }

  private func halos(_ draw: Draw, count: Int) -> [MassSpec] {
    (0..<count).map { k in
      var halo = TruncatedNavarroFrenkWhiteSpec()
      halo.scaleRadius = draw.uniform("scale", k, 0.04, 0.06)
      // More halos than a thousand have the mass of a thousand.
      halo.deflectionAtScaleRadius =
        draw.uniform("deflection", k, 0.004, 0.006) * min(1, 1000 / Double(count))
      halo.truncationRadius = draw.uniform("truncation", k, 0.1, 0.5)
      halo.center = [draw.uniform("x", k, -3.5, 3.5), draw.uniform("y", k, -3.5, 3.5)]
      return MassSpec(halo)
    }
  }
}

/// Reproducible numbers for one scene.
private struct Draw {
  let number: Int

  func uniform(_ name: String, _ position: Int, _ lower: Double, _ upper: Double) -> Double {
    let stream = RandomKey(seed: 1, sample: UInt64(number)).stream(name)
    return lower + (upper - lower) * stream.uniform(UInt32(position))
  }
}

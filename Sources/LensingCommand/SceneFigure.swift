import SwiftLensing

/// One scene as a page of maps: image, noise-free source, and what the lens does, with critical curves in white
/// and caustics in green.
func sceneFigure(title: String, _ scene: SceneSpec, _ observation: Observation, _ truth: TruthMaps)
  -> Canvas
{
  let page = ScenePage(scene: scene, truth: truth)
  // Of several bands, their sum.
  let (exposed, light) = (observation.image.sum, observation.sourceLight.sum)
  let logConvergence = truth.convergence.map { log10OrFloor($0, floor: 1e-3) }
  let panels = [
    page.panel("image [e-/s]", exposed.map { Double($0) }, .asinh(for: exposed), .heat, []),
    page.panel(
      "source, no noise [e-/s]", light.map { Double($0) }, .asinh(for: light), .heat, page.curves),
    page.panel(
      "log10 convergence (at least -3)", logConvergence, .linear(for: logConvergence.map { Float($0) }),
      .heat,
      page.critical),
    page.panel(
      "magnification", truth.magnification, .linear(lower: -10, upper: 10), .diverging, page.critical),
    page.panel(
      "deflection x [arcsec]", truth.deflectionX, .symmetric(for: truth.deflectionX.map { Float($0) }),
      .diverging, []),
    page.panel(
      "deflection y [arcsec]", truth.deflectionY, .symmetric(for: truth.deflectionY.map { Float($0) }),
      .diverging, []),
  ]
  return drawFigure(title: title, panels: panels, columns: 3)
}

/// What the panels of a page share.
private struct ScenePage {
  let extent: (x: ClosedRange<Double>, y: ClosedRange<Double>)
  let critical: [FigurePanel.Curve]
  let curves: [FigurePanel.Curve]

  init(scene: SceneSpec, truth: TruthMaps) {
    let instrument = scene.instrument
    func range(_ pixels: Int) -> ClosedRange<Double> {
      let half = Double(pixels) * instrument.pixelScale / 2
      return -half...half
    }
    extent = (range(instrument.width), range(instrument.height))
    func curve(_ sky: SkyCurve, _ color: RGB) -> FigurePanel.Curve {
      (sky.points.map { ($0.x, $0.y) }, sky.isClosed, color)
    }
    critical = truth.criticalCurves.map { curve($0.critical, RGB(255, 255, 255)) }
    curves = critical + truth.criticalCurves.map { curve($0.caustic, RGB(80, 255, 120)) }
  }

  func panel(
    _ title: String, _ image: Image<Double>, _ stretch: Stretch, _ map: ColorMap,
    _ curves: [FigurePanel.Curve]
  ) -> FigurePanel {
    let lines = map == .diverging ? curves.map { ($0.points, $0.closed, RGB(0, 0, 0)) } : curves
    return FigurePanel(
      title: title, image: image, stretch: stretch, colorMap: map, extent: extent, curves: lines)
  }
}

/// Shear and point masses have no convergence off their centres, so the logarithm needs a floor.
private func log10OrFloor(_ value: Double, floor: Double) -> Double {
  Double.log(max(value, floor)) / Double.log(10)
}

import Foundation
import Instrument
import LensCore
import LightProfiles
import MassProfiles
import Simulation
import Testing

/// lenstronomy's parameters as this project's; Data/README.md and docs/conventions.md state both conventions.
enum Lenstronomy {
  typealias Parameters = [String: Double]

  static func numbers(_ value: Any?) -> Parameters {
    (value as? [String: Any] ?? [:]).compactMapValues { ($0 as? NSNumber)?.doubleValue }
  }

  /// Axis ratio and position angle from e1 = (1-q)/(1+q) cos 2phi, e2 = (1-q)/(1+q) sin 2phi.
  static func ellipse(_ p: Parameters) -> (axisRatio: Double, angle: Double) {
    let (e1, e2) = (p["e1"] ?? 0, p["e2"] ?? 0)
    let e = (e1 * e1 + e2 * e2).squareRoot()
    return ((1 - e) / (1 + e), atan2(e2, e1) / 2)
  }

  static func center(_ p: Parameters) -> [Double] {
    [p["center_x"] ?? p["ra_0"] ?? 0, p["center_y"] ?? p["dec_0"] ?? 0]
  }

  static func mass(_ type: String, _ p: Parameters) throws -> MassSpec {
    let (q, angle) = ellipse(p)
    switch type {
    case "SIS":
      var spec = SingularIsothermalSphereSpec()
      spec.einsteinRadius = try #require(p["theta_E"])
      spec.center = center(p)
      return MassSpec(spec)
    case "EPL" where p["gamma"] == 2, "SIE", "NIE":
      var spec = IsothermalEllipsoidSpec()
      spec.einsteinRadius = try #require(p["theta_E"])
      (spec.axisRatio, spec.positionAngle) = (q, angle)
      spec.center = center(p)
      // Their SIE is an NIE with this core, which shifts deflections by 1e-10 / r of themselves.
      spec.coreRadius = p["s_scale"] ?? (type == "SIE" ? 1e-10 : 0)
      return MassSpec(spec)
    case "EPL":
      var spec = EllipticalPowerLawSpec()
      (spec.einsteinRadius, spec.slope) = (try #require(p["theta_E"]), try #require(p["gamma"]))
      (spec.axisRatio, spec.positionAngle) = (q, angle)
      spec.center = center(p)
      return MassSpec(spec)
    case "MULTIPOLE":
      var spec = MultipoleSpec()
      (spec.order, spec.amplitude) = (Int(try #require(p["m"])), try #require(p["a_m"]))
      (spec.angle, spec.referenceRadius) = (try #require(p["phi_m"]), try #require(p["r_E"]))
      spec.center = center(p)
      return MassSpec(spec)
    case "CHAMELEON":
      var spec = PseudoJaffeSpec()
      let (core, truncation) = (try #require(p["w_c"]), try #require(p["w_t"]))
      func part(_ w: Double) -> Double { (1 + w * w).squareRoot() - w }
      spec.einsteinRadius = try #require(p["alpha_1"]) / (part(core) - part(truncation))
      (spec.coreRadius, spec.truncationRadius) = (2 * core / (1 + q), 2 * truncation / (1 + q))
      (spec.axisRatio, spec.positionAngle, spec.center) = (q, angle, center(p))
      return MassSpec(spec)
    case "NFW":
      var spec = NavarroFrenkWhiteSpec()
      (spec.scaleRadius, spec.deflectionAtScaleRadius) = (try #require(p["Rs"]), try #require(p["alpha_Rs"]))
      spec.center = center(p)
      return MassSpec(spec)
    case "NFW_ELLIPSE_CSE":
      var spec = EllipticalNavarroFrenkWhiteSpec()
      (spec.scaleRadius, spec.deflectionAtScaleRadius) = (try #require(p["Rs"]), try #require(p["alpha_Rs"]))
      (spec.axisRatio, spec.positionAngle) = (q, angle)
      spec.center = center(p)
      return MassSpec(spec)
    case "TNFW":
      var spec = TruncatedNavarroFrenkWhiteSpec()
      (spec.scaleRadius, spec.deflectionAtScaleRadius) = (try #require(p["Rs"]), try #require(p["alpha_Rs"]))
      spec.truncationRadius = try #require(p["r_trunc"])
      spec.center = center(p)
      return MassSpec(spec)
    case "GNFW":
      var spec = GeneralizedNavarroFrenkWhiteSpec()
      (spec.scaleRadius, spec.deflectionAtScaleRadius) = (try #require(p["Rs"]), try #require(p["alpha_Rs"]))
      (spec.innerSlope, spec.center) = (try #require(p["gamma_in"]), center(p))
      return MassSpec(spec)
    case "CNFW":
      var spec = CoredNavarroFrenkWhiteSpec()
      (spec.scaleRadius, spec.deflectionAtScaleRadius) = (try #require(p["Rs"]), try #require(p["alpha_Rs"]))
      (spec.coreRadius, spec.center) = (try #require(p["r_core"]), center(p))
      return MassSpec(spec)
    case "TNFWC":
      var spec = CoredTruncatedNavarroFrenkWhiteSpec()
      (spec.scaleRadius, spec.deflectionAtScaleRadius) = (try #require(p["Rs"]), try #require(p["alpha_Rs"]))
      (spec.coreRadius, spec.truncationRadius) = (try #require(p["r_core"]), try #require(p["r_trunc"]))
      spec.center = center(p)
      return MassSpec(spec)
    case "HERNQUIST":
      var spec = HernquistSpec()
      spec.scaleRadius = try #require(p["Rs"])
      spec.deflectionAtScaleRadius = 2.0 / 3 * (try #require(p["sigma0"])) * spec.scaleRadius
      spec.center = center(p)
      return MassSpec(spec)
    case "ULDM":
      var spec = SolitonSpec()
      (spec.centralConvergence, spec.coreRadius) = (try #require(p["kappa_0"]), try #require(p["theta_c"]))
      (spec.slope, spec.center) = (try #require(p["slope"]), center(p))
      return MassSpec(spec)
    case "POINT_MASS":
      var spec = PointMassSpec()
      spec.einsteinRadius = try #require(p["theta_E"])
      spec.center = center(p)
      return MassSpec(spec)
    case "SHEAR", "SHEAR_GAMMA_PSI":
      var spec = ExternalShearSpec()
      let (g1, g2) = (p["gamma1"] ?? 0, p["gamma2"] ?? 0)
      spec.strength = p["gamma_ext"] ?? (g1 * g1 + g2 * g2).squareRoot()
      spec.angle = p["psi_ext"] ?? atan2(g2, g1) / 2
      spec.center = center(p)
      return MassSpec(spec)
    case "CONVERGENCE":
      var spec = ConvergenceSheetSpec()
      spec.convergence = try #require(p["kappa"])
      spec.center = center(p)
      return MassSpec(spec)
    default:
      Issue.record("no conversion for the mass profile \(type)")
      throw CancellationError()
    }
  }

  static func light(_ type: String, _ p: Parameters) throws -> LightSpec {
    let (q, angle) = ellipse(p)
    switch type {
    case "SERSIC", "SERSIC_ELLIPSE":
      var spec = SersicSpec()
      spec.intensity = try #require(p["amp"])
      spec.effectiveRadius = try #require(p["R_sersic"])
      spec.sersicIndex = try #require(p["n_sersic"])
      (spec.axisRatio, spec.positionAngle) = (q, angle)
      spec.center = center(p)
      spec.coefficient = .linear
      return LightSpec(spec)
    case "GAUSSIAN":
      var spec = GaussianLightSpec()
      (spec.flux, spec.sigma) = (try #require(p["amp"]), try #require(p["sigma"]))
      spec.center = center(p)
      return LightSpec(spec)
    default:
      Issue.record("no conversion for the light profile \(type)")
      throw CancellationError()
    }
  }

  /// The profiles of a list like [["SIE", {...}], ["SHEAR", {...}]].
  static func list<Spec>(_ value: Any?, _ convert: (String, Parameters) throws -> Spec) throws -> [Spec] {
    try (value as? [[Any]] ?? []).map { entry in
      try convert(try #require(entry[0] as? String), numbers(entry[1]))
    }
  }

  /// The scene of one entry of images/index.json, without noise.
  static func scene(_ parameters: [String: Any], kernel: String?) throws -> SceneSpec {
    var scene = SceneSpec()
    scene.instrument.width = try #require(parameters["numpix"] as? Int)
    scene.instrument.height = scene.instrument.width
    scene.instrument.pixelScale = try #require(parameters["pix"] as? Double)
    scene.instrument.noise = false
    // Its images are convolved with nothing around them.
    scene.instrument.border = .dark
    var file = KernelFilePSFSpec()
    file.path = kernel ?? ""
    scene.instrument.pointSpreadFunction =
      kernel == nil ? PointSpreadFunctionSpec(NoPSFSpec()) : PointSpreadFunctionSpec(file)
    scene.accuracy.subpixels = try #require(parameters["ss"] as? Int)
    scene.accuracy.sampling = .uniform
    scene.planes = [
      PlaneSpec(
        redshift: 0.5, mass: try list(parameters["lens"], mass),
        light: try list(parameters["lenslight"], light)),
      PlaneSpec(redshift: 1, light: try list(parameters["src"], light)),
    ]
    return scene
  }
}

import Cosmology
import Instrument
import LensCore
import LensNumerics
import LightProfiles
import MassProfiles
import Priors
import Simulation

/// Draws hosts with shear, light and source, and one of three contents.
struct HostedPopulation: SceneDrawing {
  let spec: PopulationSpec

  var classes: [SampleClass] {
    spec.classes.map { SampleClass(name: $0.rawValue, isSmooth: $0 == .noSubstructure) }
  }

  func draw(
    _ number: Int?, _ key: RandomKey, attempt: Int, replacing replacements: [String: Double]
  ) throws -> ClassDraw {
    var drawing = Drawing(
      key: key, attempt: attempt, distinctValues: spec.faults.distinctValues, replacing: replacements)
    let geometry = try LensGeometry(
      lensRedshift: drawing.draw("redshift.lens", spec.redshift.lens),
      sourceRedshift: drawing.draw("redshift.source", spec.redshift.source), cosmology: spec.cosmology)
    let radii = EinsteinRadii(
      geometry: geometry, usesLuminosityDistances: spec.faults.luminosityDistances)
    let host = try drawing.host(spec.host, radii, faults: spec.faults)
    let shear = try drawing.shear(spec.shear, center: host.center, faults: spec.faults)
    let lensLight = try spec.lensLight.map { try drawing.lensLight($0, host: host, faults: spec.faults) }
    let source = try drawing.source(spec.source, host: host, faults: spec.faults)
    let target = try spec.signalToNoise.map {
      SignalToNoiseTarget(
        definition: $0.definition, value: try drawing.draw("signal_to_noise.value", $0.value))
    }
    let contents = number.map { spec.classes[$0] } ?? .noSubstructure
    let substructure = try drawing.substructure(contents, spec, host, radii)
    drawing.noteDerived(host, geometry, substructure)
    var scene = SceneSpec()
    scene.cosmology = spec.cosmology
    scene.instrument = spec.instrument
    scene.accuracy = spec.accuracy
    scene.signalToNoise = target
    var lens = PlaneSpec(redshift: geometry.lensRedshift)
    lens.mass.append(host.mass, named: "host")
    lens.mass.append(shear, named: "shear")
    for (number, mass) in substructure.masses.enumerated() {
      lens.mass.append(mass, named: "substructure_\(number)")
    }
    if let lensLight { lens.light.append(lensLight, named: "galaxy") }
    var farthest = PlaneSpec(redshift: geometry.sourceRedshift)
    farthest.light.append(source, named: "galaxy")
    scene.planes = Components(lens: lens, source: farthest)
    return ClassDraw(
      scene: scene, parameters: drawing.drawn, free: drawing.free, substructure: substructure.records,
      substructureMasses: substructure.masses)
  }
}

extension Drawing {
  mutating func shear(_ spec: ShearSpec, center: [Double], faults: FaultsSpec) throws -> MassSpec {
    var shear = ExternalShearSpec()
    shear.strength = try draw("shear.strength", spec.strength)
    shear.angle = faults.angle(try draw("shear.angle", spec.angle))
    shear.center = center
    return MassSpec(shear)
  }

  mutating func lensLight(
    _ spec: GalaxyLightSpec, host: Host, faults: FaultsSpec
  ) throws -> LightSpec {
    var sersic = try sersic("lens_light", spec)
    sersic.axisRatio = try draw("lens_light.axis_ratio", spec.axisRatio) ?? host.axisRatio
    let angle =
      try draw("lens_light.position_angle", spec.positionAngle).map(faults.angle) ?? host.positionAngle
    sersic.positionAngle = angleOfEllipse(axisRatio: sersic.axisRatio, angle)
    sersic.center = host.center
    return LightSpec(sersic)
  }

  mutating func source(_ spec: SourceSpec, host: Host, faults: FaultsSpec) throws -> LightSpec {
    var sersic = try sersic("source", spec.light)
    sersic.axisRatio = try draw("source.axis_ratio", spec.light.axisRatio) ?? 1
    let angle = try draw("source.position_angle", spec.light.positionAngle).map(faults.angle) ?? 0
    sersic.positionAngle = angleOfEllipse(axisRatio: sersic.axisRatio, angle)
    let radius = try draw("source.radius", spec.radius)
    let (sine, cosine) = sineAndCosine(try draw("source.angle", spec.angle))
    sersic.center = [host.center[0] + radius * cosine, host.center[1] + radius * sine]
    return LightSpec(sersic)
  }

  private mutating func sersic(_ name: String, _ spec: GalaxyLightSpec) throws -> SersicSpec {
    var sersic = SersicSpec()
    sersic.intensity = try draw("\(name).intensity", spec.intensity)
    sersic.effectiveRadius = try draw("\(name).effective_radius", spec.effectiveRadius)
    sersic.sersicIndex = try draw("\(name).sersic_index", spec.sersicIndex)
    sersic.coefficient = spec.coefficient
    return sersic
  }

  mutating func substructure(
    _ contents: SubstructureClass, _ spec: PopulationSpec, _ host: Host, _ radii: EinsteinRadii
  ) throws -> SubstructureDraw {
    switch contents {
    case .noSubstructure: SubstructureDraw()
    case .vortex: try vortex(spec.vortex, host: host, radii, faults: spec.faults)
    case .spherical: try spherical(spec.spherical, host: host, radii, faults: spec.faults)
    }
  }

  mutating func noteDerived(
    _ host: Host, _ geometry: LensGeometry, _ substructure: SubstructureDraw
  ) {
    note("derived.einstein_radius", host.einsteinRadius)
    note("derived.einstein_mass", host.einsteinMass)
    note("derived.velocity_dispersion", host.velocityDispersion)
    note("derived.substructure_count", Double(substructure.records.count))
    note("derived.substructure_mass", substructure.totalMass)
    note("derived.substructure_einstein_radius", geometry.einsteinRadius(ofMass: substructure.totalMass))
  }
}

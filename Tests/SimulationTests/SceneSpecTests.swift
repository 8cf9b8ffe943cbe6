import Instrument
import LensCore
import LightProfiles
import MassProfiles
import Simulation
import Testing

struct SceneSpecTests {
  private func document(_ changes: (String, SpecValue)...) throws -> SpecValue {
    var scene = SceneSpec()
    scene.planes[0].mass["host"] = MassSpec(IsothermalEllipsoidSpec())
    scene.planes[0].mass["shear"] = MassSpec(ExternalShearSpec())
    scene.planes[0].light["galaxy"] = LightSpec(SersicSpec())
    scene.planes[1].light["galaxy"] = LightSpec(GaussianLightSpec())
    scene.signalToNoise = SignalToNoiseTarget(definition: .total, value: 30)
    var document = SpecVisitor.write(scene)
    for (path, value) in changes { try document.set(path.split(separator: "."), to: value) }
    return document
  }

  private func errors(_ changes: (String, SpecValue)...) throws -> [String] {
    var document = try document()
    for (path, value) in changes { try document.set(path.split(separator: "."), to: value) }
    let errors = #expect(throws: SpecErrors.self) { _ = try SpecVisitor.read(SceneSpec.self, from: document) }
    return errors?.errors.map(\.description) ?? []
  }

  @Test func `a scene reads back as it was written`() throws {
    let document = try document(
      ("planes.lens.mass.host.sie.axis_ratio", .scalar("0.7")),
      ("instrument.psf", .map([.init("airy", .map([]))])))
    let scene = try SpecVisitor.read(SceneSpec.self, from: document)
    let written = SpecVisitor.write(scene)
    #expect(SpecVisitor.write(try SpecVisitor.read(SceneSpec.self, from: written)) == written)
    #expect(
      written["planes"] == document["planes"] && written["signal_to_noise"] == document["signal_to_noise"])
    let mass = try #require(scene.lens.mass[0].parameters as? IsothermalEllipsoidSpec)
    #expect(mass.axisRatio == 0.7 && scene.lens.mass.count == 2)
    #expect(scene.instrument.pointSpreadFunction.parameters is AiryPSFSpec)
    #expect(scene.signalToNoise == SignalToNoiseTarget(definition: .total, value: 30))
    #expect(try SpecVisitor.read(SceneSpec.self, from: .map([])).signalToNoise == nil)
  }

  @Test func `a source in front of its lens or beside it is refused`() throws {
    for redshift in ["0.2", "0.5"] {
      #expect(
        try errors(("planes.source.redshift", .scalar(redshift)))
          == ["planes.source.redshift: \(redshift) given, must be greater than the lens redshift 0.5"])
    }
  }

  @Test func `scenes of fewer than two planes, or with mass at the source, are refused`() throws {
    for count in [0, 1] {
      let planes = SpecValue.map((0..<count).map { .init("plane_\($0)", .map([])) })
      #expect(
        try errors(("planes", planes)).first?.hasPrefix("planes: \(count) planes given, must be two or more")
          == true)
    }
    let mass = SpecValue.map([.init("host", .scalar("sis"))])
    #expect(
      try errors(("planes.source.mass", mass)).first?.hasPrefix("planes.source.mass: 1 profiles given")
        == true)
  }

  @Test func `planes are put in order, and a misspelt one is told`() throws {
    let near = SpecValue.map([
      .init("redshift", .scalar("0.2")), .init("mass", .map([.init("halo", .scalar("sis"))])),
    ])
    var document = try document()
    try document.set(["planes", "near"], to: near)
    let scene = try SpecVisitor.read(SceneSpec.self, from: document)
    #expect(scene.planes.names == ["near", "lens", "source"] && scene.lensNumber == 1)
    #expect(scene.lens.mass.names.contains("host") && scene.massive == [0, 1])
    let empty = try errors(("planes.lense.redshift", .scalar("0.3")))
    #expect(
      empty.count == 1
        && empty[0].contains("planes.lense: no mass, halos or light given, must have something")
    )
    #expect(empty.first?.contains("did you mean lens?") == true)
    try document.set(["planes", "near", "redshift"], to: .scalar("0.5"))
    #expect(throws: SpecErrors.self) { try SpecVisitor.read(SceneSpec.self, from: document) }
  }

  @Test(arguments: [
    ("planes.lens.mass.host.sie.axis_ratio", "0"), ("planes.lens.mass.host.sie.axis_ratio", "1.01"),
    ("planes.lens.mass.host.sie.einstein_radius", "nan"), ("planes.lens.mass.host.sie.center.1", "inf"),
    ("planes.lens.mass.shear.shear.strength", "1"), ("planes.lens.light.galaxy.sersic.sersic_index", "0.3"),
    ("planes.source.light.galaxy.gaussian.sigma", "0"), ("planes.lens.redshift", "nan"),
    ("instrument.width", "0"),
    ("instrument.pixel_scale", "-0.05"), ("instrument.psf.gaussian.fwhm", "0"),
    ("instrument.psf.gaussian.kernel_pixels", "10"), ("instrument.sky", "-1"),
    ("instrument.exposure_time", "0"),
    ("instrument.noise", "maybe"), ("signal_to_noise.value", "0"), ("signal_to_noise.definition", "best"),
    ("accuracy.subpixels", "33"), ("accuracy.precision", "float16"), ("cosmology.matter_density", "1.5"),
    ("cosmology.hubble_constant", "0"), ("instrument.pixels", "3"),
    ("planes.lens.mass.host.sie.axisratio", "0.5"),
  ])
  func `a bad value is refused at its place`(path: String, value: String) throws {
    let errors = try errors((path, .scalar(value)))
    #expect(errors.count == 1 && errors.first?.hasPrefix("\(path): ") == true, "\(errors)")
  }

  @Test func `an image that would not fit into memory is refused`() throws {
    #expect(
      try errors(("instrument.width", .scalar("8192")), ("instrument.height", .scalar("8192")))
        == ["instrument.width: 8192 x 8192 given, at most 2^24 pixels are allowed"])
  }

  @Test func `everything wrong with a scene is told at once`() throws {
    let found = try errors(
      ("planes.source.redshift", .scalar("0.1")),
      ("planes.lens.mass.host.sie.einstein_radius", .scalar("NaN")),
      ("instrument.psf", .scalar("mofat")), ("colour", .scalar("red")))
    #expect(found.count == 4, "\(found)")
    #expect(found.contains { $0.hasPrefix("instrument.psf: 'mofat' given, did you mean moffat?") })
  }
}

import FileFormats
import Interchange
import LensTestSupport
import Testing

/// Every FITS file of images that the programs write has offsets in arcsec about the middle.
struct WorldCoordinateTests {
  private static let check = """
    import glob
    from astropy.wcs import WCS
    width, height, scale = 24, 20, 0.2
    checked = 0
    for path in sorted(glob.glob(sys.argv[1], recursive=True)):
        with fits.open(path) as units:
            units.verify('exception')
            for unit in units:
                if not unit.is_image or unit.header['NAXIS'] == 0: continue
                axes = unit.header['NAXIS']
                system = WCS(unit.header)
                assert unit.data.shape[-2:] == (height, width), path
                assert system.naxis == axes and not system.has_celestial, path
                assert [str(u) for u in system.wcs.cunit] == ['arcsec', 'arcsec', ''][:axes], path
                corner = system.pixel_to_world_values(*[0] * axes)
                assert numpy.allclose(corner, [-(width - 1) / 2 * scale, -(height - 1) / 2 * scale, 0][:axes], atol=1e-12), path
                top = system.pixel_to_world_values(width - 1, height - 1, *[1] * (axes - 2))
                assert numpy.allclose(top, [(width - 1) / 2 * scale, (height - 1) / 2 * scale, 1][:axes], atol=1e-12), path
                checked += 1
    print(checked)
    """

  @Test func `datasets, conversions and scenes`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      for format in [CollectionFormat.fits, .fitsFiles] {
        try Conversion("\(folder)/set", to: format.path(in: folder), format, format.testOptions).run()
      }
      let settings = ["instrument.width=24", "instrument.height=20", "instrument.pixel_scale=0.2"]
        .flatMap { ["--set", $0] }
      let rendered = try lensing(["render", "quad", "--output", "\(folder)/scene/quad"] + settings)
      try #require(rendered.status == 0, "\(rendered)")
      let groups = try listFolder("\(folder)/fits").count { $0.hasSuffix(".fits") }
      #expect(try python(Self.check, "\(folder)/set/*_*.fits") == "\(groups)")
      #expect(try python(Self.check, "\(folder)/fits/*.fits") == "\(groups)")
      #expect(try python(Self.check, "\(folder)/fits-files/**/*.fits") == "30")
      // IMAGE, SOURCE, LENS and five maps, of which the deflection has two.
      #expect(try python(Self.check, "\(folder)/scene/quad.fits") == "8")
    }
  }

  @Test func `images of unknown scale have none`() throws {
    try withScratchFolder { folder in
      let writer = try NpyWriter(creating: "\(folder)/a_train.npy", shape: [1, 2, 3])
      try writer.write([0, 1, 2, 3, 4, 5], at: 0)
      try writer.close()
      try Conversion(folder, to: "\(folder)/fits", .fits, ConversionOptions()).run(from: .npy)
      let keys =
        "print([key for key in fits.getheader(sys.argv[1]) if key.startswith(('CT', 'CR', 'CD', 'CU', 'WCS', 'PIX'))])"
      #expect(try python(keys, "\(folder)/fits/a_train.fits") == "[]")
    }
  }
}

import Dataset
import FileFormats
import Foundation
import Instrument
import LensCore
import LensTestSupport
import Populations
import Testing

/// Where a kernel's file is looked for, which of its images is meant, and what is refused.
struct KernelFileTests {
  private func kernelSpec(_ path: String, _ fitsExtension: String? = nil) -> KernelFilePSFSpec {
    var spec = KernelFilePSFSpec()
    (spec.path, spec.fitsExtension) = (path, fitsExtension)
    return spec
  }

  private func path(_ spec: PopulationSpec) -> String? {
    (spec.instrument.pointSpreadFunction.parameters as? KernelFilePSFSpec)?.path
  }

  /// A population of one class.
  private static let lens = """
    classes: {no_sub: {}}
    planes: {lens: {mass: {host: {sie: {einstein_radius: 1}}}}, source: {redshift: 1, light: {galaxy: sersic}}}

    """

  @Test func `a relative path starts at the spec's own folder, on the command line at the working folder`()
    throws
  {
    try withScratchFolder { folder in
      try createFolder("\(folder)/specs/kernels")
      let kernel = "numpy.save(sys.argv[1], numpy.ones((3, 3)))"
      _ = try python(kernel, "\(folder)/specs/kernels/k.npy")
      _ = try python(kernel, "\(folder)/here.npy")
      let spec = """
        classes: {no_sub: {}}
        planes: {lens: {mass: {host: {sie: {einstein_radius: 1}}}}, source: {redshift: 1, light: {galaxy: {sersic: {intensity: 1}}}}}
        instrument: {width: 16, height: 16, pixel_scale: 0.3, psf: {file: {path: ./kernels/k.npy}}}

        """
      try writeFileAtomically(Array(spec.utf8), to: "\(folder)/specs/a.yaml")
      func run(_ arguments: String...) throws -> ProcessResult { try lensing(arguments, in: folder) }
      // Named from another folder, and from its own.
      let made = try run("generate", "specs/a.yaml", "--count", "1", "--output", "out")
      #expect(made.status == 0, "\(made)")
      let beside = try lensing(
        "generate", "a.yaml", "--count", "1", "--output", "../beside", in: "\(folder)/specs")
      #expect(beside.status == 0, "\(beside)")
      #expect(try readFile("\(folder)/out/spec.yaml") == readFile("\(folder)/beside/spec.yaml"))
      // The dataset's copy of the spec finds the same kernel, whatever the working folder is.
      let again = try lensing(
        "generate", "out/spec.yaml", "--count", "1", "--seed", "1", "--output", "again", in: folder)
      #expect(again.status == 0, "\(again)")
      #expect(try lensing("verify", "\(folder)/out", "--samples", "1", in: "/").status == 0)
      let setting = try run(
        "generate", "specs/a.yaml", "--count", "1", "--output", "set", "--set",
        "instrument.psf.file.path=here.npy")
      #expect(setting.status == 0, "\(setting)")
      let missing = try run(
        "generate", "specs/a.yaml", "--count", "1", "--output", "x", "--set", "instrument.psf.file.path=k.npy"
      )
      #expect(
        missing.status == 3 && missing.errors.contains("\(folder)/k.npy: there is no such kernel"),
        "\(missing)")
      try removeFile("\(folder)/specs/kernels/k.npy")
      let gone = try run("generate", "specs/a.yaml", "--count", "1", "--output", "x")
      #expect(
        gone.status == 3 && gone.errors.contains("/specs/./kernels/k.npy: there is no such kernel"), "\(gone)"
      )
    }
  }

  @Test func `text without a file means the working folder`() throws {
    let lens = Self.lens
    let text = lens + "instrument: {psf: {file: {path: k.npy, extension: 2}}}"
    let spec = try loadPopulation(yaml: text)
    #expect(path(spec) == FileManager.default.currentDirectoryPath + "/k.npy")
    let kernel = try #require(spec.instrument.pointSpreadFunction.parameters as? KernelFilePSFSpec)
    #expect(kernel.fitsExtension == "2")
    #expect(path(try loadPopulation(yaml: lens + "instrument: {psf: {file: {path: /k.npy}}}")) == "/k.npy")
  }

  @Test func `kernels are read whatever their type, and refused by what they are`() throws {
    try withScratchFolder { folder in
      _ = try python(
        """
        import gzip, shutil, os
        folder = sys.argv[1]
        kernel = numpy.arange(15).reshape(3, 5)
        numpy.save(folder + '/a.npy', numpy.asfortranarray(kernel.astype('>i2')))
        os.rename(folder + '/a.npy', folder + '/array')
        fits.PrimaryHDU(kernel.astype('u2')).writeto(folder + '/b.fits.gz')
        fits.CompImageHDU(kernel.astype('i4')).writeto(folder + '/c.fits')
        fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(kernel[None].astype('f4'), name='PSF')]).writeto(folder + '/d.psf')
        fits.HDUList([fits.PrimaryHDU(kernel), fits.ImageHDU(kernel, name='OVERSAMP')]).writeto(folder + '/two.fits')
        numpy.savez(folder + '/e.npz', kernel)
        numpy.save(folder + '/f.npy', kernel + 0j)
        open(folder + '/g.txt', 'w').write('kernel')
        """, folder)
      let expected = Image(width: 5, height: 3, pixels: (0..<15).map { Double($0) })
      for name in ["array", "b.fits.gz", "c.fits", "d.psf"] {
        #expect(try readKernel(kernelSpec("\(folder)/\(name)")) == expected, "\(name)")
      }
      #expect(try readKernel(kernelSpec("\(folder)/two.fits", "oversamp")) == expected)
      #expect(try readKernel(kernelSpec("\(folder)/two.fits", "0")) == expected)
      reason("holds 2 images; choose one with instrument.psf.file.extension", "1 OVERSAMP (5 x 3)") {
        try readKernel(kernelSpec("\(folder)/two.fits"))
      }
      reason("a NumPy array has no extension '1'") { try readKernel(kernelSpec("\(folder)/array", "1")) }
      reason("is a zip file (.npz), must be a FITS image") { try readKernel(kernelSpec("\(folder)/e.npz")) }
      reason("complex numbers") { try readKernel(kernelSpec("\(folder)/f.npy")) }
      reason("is no file of a known kind") { try readKernel(kernelSpec("\(folder)/g.txt")) }
      reason("is no file of a known kind") { try readKernel(kernelSpec(folder)) }
    }
  }

  /// BLANK is no number: read as one it would be most of the kernel.
  @Test(arguments: ["PrimaryHDU", "CompImageHDU"])
  func `a pixel without a value is refused`(unit: String) throws {
    try withScratchFolder { folder in
      let path = "\(folder)/k.fits"
      _ = try python(
        """
        warnings.simplefilter('ignore')
        kernel = numpy.ones((3, 3), 'i2')
        kernel[1, 2] = 9999
        unit = fits.\(unit)(kernel)
        unit.header['BLANK'] = 9999
        unit.writeto(sys.argv[1])
        """, path)
      let result = try lensing(
        "generate", "model-a", "--count", "1", "--set", "instrument.psf={file: {path: k.fits}}", in: folder)
      #expect(result.status == 2 && result.errors.contains("nan in pixel (2, 1)"), "\(result)")
      #expect(try listFolder(folder) == ["k.fits"])
    }
  }

  @Test func `a spec with a byte-order mark, and flags as YAML spells them`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.yaml"
      for (text, value) in [
        ("true", true), ("True", true), ("TRUE", true), ("false", false), ("False", false), ("FALSE", false),
      ] {
        let yaml = "name: x\n\(Self.lens)instrument: {noise: \(text)}\n"
        try writeFileAtomically([0xEF, 0xBB, 0xBF] + Array(yaml.utf8), to: path)
        let spec = try loadPopulation(path)
        #expect(spec.instrument.noise == value && spec.name == "x")
        let json =
          "{\"classes\": {\"a\": {}}, \"planes\": {\"lens\": {}, \"source\": {\"redshift\": 1}}, \"instrument\": {\"noise\": \(value)}}"
        try writeFileAtomically([0xEF, 0xBB, 0xBF] + Array(json.utf8), to: "\(folder)/a.json")
        #expect(try loadPopulation("\(folder)/a.json").instrument.noise == value)
      }
      for text in ["yes", "on", "1", "tRUE", "T", "'true '"] {
        #expect(throws: SpecErrors.self) {
          _ = try loadPopulation(yaml: "\(Self.lens)instrument: {noise: \(text)}")
        }
      }
      // Forms of null remove a key alike.
      let whole = try loadPopulation("model-a", settings: ["planes.lens.light.galaxy=null"])
      for text in ["~", "Null", "NULL", ""] {
        let spec = try loadPopulation("model-a", settings: ["planes.lens.light.galaxy=\(text)"])
        #expect(SpecVisitor.write(spec) == SpecVisitor.write(whole), "\(text)")
      }
    }
  }
}

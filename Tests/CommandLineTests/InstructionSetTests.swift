import Foundation
import LensTestSupport
import Testing

/// The same bytes from builds for other processors.
///
/// FFTW chooses its code by the processor that it runs on, whatever this project was built for; on one processor even
/// what it convolves is the same. Between processors only product kernels are (docs/reproducibility.md).
struct InstructionSetTests {
  private let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Builds the program for an instruction set, beside the build that is being tested.
  private func build(_ architecture: String) throws -> String {
    let scratch = "\(package)/.build/instruction-sets/\(architecture)"
    let arguments = [
      "swift", "build", "-c", "release", "-Xcc", "-march=\(architecture)", "--product", "lensing",
      "--package-path", package, "--scratch-path", scratch,
    ]
    let result = try runProcess("/usr/bin/env", arguments)
    try #require(result.status == 0, "\(result.output)\(result.errors)")
    return "\(scratch)/release/lensing"
  }

  /// 600 halos, which are summed on grids, in front of a cusped source.
  private var haloScene: String {
    let halos = (0..<600).map { k in
      let (x, y) = (Double(k * 37 % 151) / 25 - 3, Double(k * 53 % 149) / 25 - 3)
      return "      halo_\(k): {truncated_nfw: {scale_radius: 0.05, deflection_at_scale_radius: 0.004, "
        + "truncation_radius: 0.3, center: [\(x), \(y)]}}"
    }
    return """
      planes:
        lens:
          redshift: 0.5
          mass:
            host: {sie: {einstein_radius: 1.2, axis_ratio: 0.8}}
            cluster: {nfw: {scale_radius: 4, deflection_at_scale_radius: 0.2}}
            vortex: {line_mass: {einstein_radius: 0.1, length: 1}}
            group: {elliptical_nfw: {scale_radius: 2, deflection_at_scale_radius: 0.1, axis_ratio: 0.7}}
      \(halos.joined(separator: "\n"))
        source:
          redshift: 1
          light:
            disc: {sersic: {intensity: 5, sersic_index: 3}}
            bulge: {gaussian: {flux: 2, sigma: 0.1}}
      instrument: {width: 60, height: 50, pixel_scale: 0.1, read_noise: 3}
      """
  }

  /// Makes a dataset and an image in a folder.
  private func run(_ program: String, in folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(haloScene.utf8).write(to: URL(filePath: "\(folder)/halos.yaml"))
    let small = [
      "--set", "instrument.width=40", "--set", "instrument.height=36", "--set", "instrument.pixel_scale=0.12",
    ]
    for arguments in [
      ["generate", "model-a", "--count", "6", "--output", "a"] + small,
      ["generate", "model-b", "--count", "6", "--output", "b"] + small,
      ["render", "halos.yaml", "--output", "halos"], ["render", "quad", "--output", "quad"],
    ] {
      let result = try runProcess(program, arguments, in: folder)
      try #require(result.status == 0, "\(arguments): \(result.errors)")
    }
  }

  /// Everything but the manifest, which says what the program was built for.
  private func contents(_ folder: String) throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
    let files = names.filter { $0.contains(".") && !$0.hasSuffix("manifest.json") }
    return try Dictionary(
      uniqueKeysWithValues: files.map { ($0, try Data(contentsOf: URL(filePath: "\(folder)/\($0)"))) })
  }

  #if arch(x86_64)
    @Test func `builds for the baseline and for x86-64-v3 give the bytes of this one`() throws {
      let programs = [builtProgram("lensing").path]
      try withScratchFolder { scratch in
        try run(programs[0], in: "\(scratch)/this")
        let expected = try contents("\(scratch)/this")
        #expect(expected.count > 20)
        for architecture in ["x86-64", "x86-64-v3"] {
          try run(try build(architecture), in: "\(scratch)/\(architecture)")
          let actual = try contents("\(scratch)/\(architecture)")
          #expect(actual.keys.sorted() == expected.keys.sorted())
          for (name, data) in expected {
            #expect(actual[name] == data, "\(name) of the build for \(architecture)")
          }
        }
      }
    }
  #endif
}

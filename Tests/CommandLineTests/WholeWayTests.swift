import FileFormats
import Foundation
import LensTestSupport
import Testing

/// One population of everything at once, all the way from its document to a trained network.
///
/// Classes of the weights 1, 3 and 6, host and source drawn together from the rows of a table, a blur that is drawn for every
/// sample, and five bands.
@Suite(.serialized)
struct WholeWayTests {
  private static let population = """
    name: whole-way
    planes:
      lens:
        redshift: 0.5
        mass:
          host:
            sie:
              einstein_radius: {table: {name: galaxies, column: radius}}
              axis_ratio: {uniform: [0.6, 1]}
        light:
          galaxy:
            sersic: {intensity: {table: {name: galaxies, column: brightness}}, effective_radius: 0.5}
            bands: {g: 0.4, r: 0.7, z: {uniform: [1.1, 1.3]}}
      source:
        redshift: 1
        light:
          galaxy:
            sersic:
              intensity: 3
              effective_radius: 0.15
              center: [{normal: {mean: 0, standard_deviation: 0.05}}, {normal: {mean: 0, standard_deviation: 0.05}}]
            bands: {u: 1.5, z: 0.6}
    tables:
      galaxies: {path: galaxies.csv}
    classes:
      smooth: {weight: 1}
      halo:
        weight: 3
        planes.lens.mass.halo:
          point_mass: {mass: {log_uniform: [1e9, 1e10]}, center: [{uniform: [-1, 1]}, {uniform: [-1, 1]}]}
      line:
        weight: 6
        planes.lens.mass.line: {line_mass: {mass_fraction: {uniform: [0.03, 0.05]}, fraction_of: host}}
    split: {validation: 0.2, test: 0.2}
    instrument:
      width: 40
      height: 40
      pixel_scale: 0.12
      psf: {gaussian: {fwhm: {uniform: [0.2, 0.4]}}}
      exposure_time: 500
      bands:
        u: {sky: 0.05}
        g: {}
        r: {psf: {moffat: {fwhm: {uniform: [0.2, 0.3]}, beta: 3}}}
        i: {}
        z: {sky: 0.4, read_noise: 3}
    signal_to_noise: {value: {uniform: [20, 40]}, band: r}
    """

  private func prepare(_ folder: String) throws {
    try writeFile(Array(Self.population.utf8), to: "\(folder)/whole-way.yaml")
    let rows = (0..<40).map { "\(0.8 + 0.015 * Double($0)),\(0.5 + 0.02 * Double($0))" }
    try writeFile(
      Array("radius,brightness\n\(rows.joined(separator: "\n"))\n".utf8), to: "\(folder)/galaxies.csv")
  }

  private func run(_ arguments: [String], in folder: String) throws -> String {
    let result = try lensing(arguments, in: folder)
    try #require(result.status == 0, "\(arguments): \(result.errors)")
    return result.output
  }

  @Test func `a population of everything goes all the way`() throws {
    try withScratchFolder { folder in
      try prepare(folder)
      let generate = ["generate", "whole-way.yaml", "--count", "6", "--seed", "3"]
      _ = try run(generate + ["-o", "whole"], in: folder)
      try killAndResume(generate, in: folder)
      try shardAndMerge(generate, in: folder)
      let verified = try run(["verify", "whole", "--samples", "20"], in: folder)
      #expect(verified.contains("20"), "\(verified)")
      _ = try run(["report", "whole"], in: folder)
      let page = try readText("\(folder)/whole/report.html")
      #expect(page.contains("40 x 40 pixels in the bands u, g, r, i, z"))
      try convertAndBack(in: folder)
      try compareWithPython(in: folder)
      try train(in: folder)
    }
  }

  private func killAndResume(_ generate: [String], in folder: String) throws {
    let large = ["generate", "whole-way.yaml", "--count", "400", "--seed", "3", "--formats", "npy", "-o"]
    _ = try run(large + ["unbroken"], in: folder)
    let process = Process()
    (process.executableURL, process.arguments) = (builtProgram("lensing"), large + ["broken"])
    process.currentDirectoryURL = URL(filePath: folder)
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    while process.isRunning && !fileExists("\(folder)/broken.partial/line_train.npy") { usleep(1000) }
    usleep(20_000)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && fileExists("\(folder)/broken.partial"))
    _ = try run(large + ["broken", "--resume"], in: folder)
    try expectSameArrays("unbroken", "broken", in: folder)
  }

  private func shardAndMerge(_ generate: [String], in folder: String) throws {
    for shard in 1...3 { _ = try run(generate + ["-o", "parts", "--shard", "\(shard)/3"], in: folder) }
    let shards = (1...3).map { "parts.shard-\($0)-of-3" }
    _ = try run(["merge"] + shards + ["-o", "merged"], in: folder)
    try expectSameArrays("whole", "merged", in: folder)
  }

  /// All files but the manifest, which holds the time.
  private func expectSameArrays(_ first: String, _ second: String, in folder: String) throws {
    let names = try listFolder("\(folder)/\(first)").filter { $0 != "manifest.json" }
    #expect(names.contains("line_train.npy") && names.contains("samples.csv"))
    for name in names {
      let isSame = try readFile("\(folder)/\(first)/\(name)") == readFile("\(folder)/\(second)/\(name)")
      #expect(isSame, "\(second)/\(name)")
    }
  }

  private func convertAndBack(in folder: String) throws {
    _ = try run(["convert", "whole", "--to", "hdf5", "-o", "whole.h5"], in: folder)
    _ = try run(["convert", "whole.h5", "--to", "npy", "-o", "back"], in: folder)
    for name in try listFolder("\(folder)/back") where name.hasSuffix(".npy") {
      #expect(try readFile("\(folder)/back/\(name)") == readFile("\(folder)/whole/\(name)"), "\(name)")
    }
  }

  private func compareWithPython(in folder: String) throws {
    let script = """
      import csv, numpy, sys
      from swiftlensing import Simulator
      simulator = Simulator("whole-way.yaml", seed=3)
      assert simulator.shape == (5, 40, 40) and simulator.bands == ("u", "g", "r", "i", "z")
      assert simulator.classes == ("smooth", "halo", "line")
      rows = list(csv.DictReader(open("whole/samples.csv")))
      assert [sum(row["class"] == name for row in rows) for name in simulator.classes] == [6, 18, 36]
      arrays = {}
      for row in rows:
          sample = simulator.sample(int(row["index"]))
          name = f"{row['class']}_{row['split']}"
          if name not in arrays:
              arrays[name] = numpy.load(f"whole/{name}.npy")
          assert (arrays[name][int(row["row"])] == sample.image).all()
          assert simulator.classes[sample.label] == row["class"]
          for column in ("exposure_time_r", "instrument_psf_gaussian_fwhm"):
              assert sample.parameters[column] == float(row[column]), column
          radius = float(row["planes_lens_mass_host_sie_einstein_radius"])
          light = float(row["planes_lens_light_galaxy_sersic_intensity"])
          assert abs((radius - 0.8) / 0.015 - (light - 0.5) / 0.02) < 1e-6
          assert abs(float(row["signal_to_noise_peak_r"]) / float(row["signal_to_noise_value"]) - 1) < 1e-5
      changed = Simulator("whole-way.yaml", instrument={"width": 20, "bands": {"r": {"sky": 2}}})
      assert changed.shape == (5, 40, 20) and "sky: 2" in changed.resolved_spec
      other = Simulator("model-a", instrument={"width": 20, "camera": "generic_gri", "bands": {"r": {"sky": 2}}})
      assert other.bands == ("g", "r", "i") and other.shape == (3, 64, 20)
      truth = simulator.truth(4)
      assert truth["noise_free"].shape == (5, 40, 40) and truth["convergence"].shape == (40, 40)
      print("the same")
      """
    let library = builtProgram("libswiftlensing.so").path
    let result = try runProcess(
      "/usr/bin/env",
      [
        "PYTHONPATH=\(repositoryRoot.appending(path: "Sources/Python").path)",
        "SWIFTLENSING_LIBRARY=\(library)", "/usr/bin/python3", "-c", script,
      ], in: folder)
    #expect(result.output == "the same\n", "\(result.errors)")
  }

  /// On the dataset, and on images that are simulated meanwhile; without libtorch the program says so.
  private func train(in folder: String) throws {
    let network = ["--network", "small_residual", "--epochs", "1", "--batch", "10"]
    let onFiles = try runBuilt("lensing-learn", ["train", "whole"] + network + ["-o", "net"], in: folder)
    if onFiles.errors.contains("no libtorch") { return }
    #expect(onFiles.status == 0, "\(onFiles.errors)")
    let judged = try runBuilt("lensing-learn", ["evaluate", "net", "whole", "--bound", "2"], in: folder)
    #expect(judged.status == 0 && judged.output.contains("area under the curve"), "\(judged.errors)")
    let simulated = try runBuilt(
      "lensing-learn",
      ["train", "--simulate", "whole-way.yaml", "--count", "10"] + network + ["-o", "fly"], in: folder)
    #expect(simulated.status == 0, "\(simulated.errors)")
  }
}

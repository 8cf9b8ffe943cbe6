import Dataset
import DatasetReports
import FileFormats
import Foundation
import LensCore
import LensTestSupport
import Populations
import Testing

/// The page about a dataset.
struct ReportTests {
  private func withDataset(_ body: (String) throws -> Void) throws {
    try withScratchFolder { folder in
      try generate(
        try smallPopulation(
          "model-b", ["split.test=0.2", "\(ModelPaths.source).sersic_index={choice: [1.5]}"]), count: 100,
        to: "\(folder)/set")
      try body("\(folder)/set")
    }
  }

  @Test func `the page needs nothing but itself`() throws {
    try withDataset { folder in
      let html = try DatasetReport(folder, contactSheet: [1, 2, 3]).html
      #expect(!html.contains("http") && !html.contains("<script") && !html.contains("<link"))
      #expect(
        html.split(separator: "src=\"").dropFirst().allSatisfy {
          $0.hasPrefix("data:image/png;base64,") || $0.hasPrefix("data:image/svg+xml;base64,")
        })
      #expect(html.contains("base64,AQID"))
      for name in [
        "planes_lens_mass_vortex_line_mass_length", "planes_lens_halos_spherical_subhalos_count",
        "signal_to_noise_peak", "derived_einstein_radius", "planes_lens_mass_shear_shear_angle",
      ] {
        #expect(html.contains("alt=\"\(name)\""), "\(name)")
      }
      #expect(html.contains("<tr><td>spherical</td><td>test</td><td>"))
      // What never changes is listed, not drawn.
      #expect(
        html.contains("<td>planes_source_light_galaxy_sersic_sersic_index</td>")
          && !html.contains("alt=\"planes_source_light_galaxy_sersic_sersic_index\""))
    }
  }

  @Test func `a ratio that was asked for is said to be constant`() throws {
    try withScratchFolder { folder in
      // Single precision makes values of it that differ in the seventh digit.
      try generate(try smallPopulation("model-a"), count: 60, to: "\(folder)/set")
      let html = try DatasetReport("\(folder)/set").html
      #expect(
        html.contains(
          "<figcaption>signal_<wbr>to_<wbr>noise_<wbr>peak <span class=\"unit\">constant: 20, 180 images</span>"
        )
      )
      #expect(!html.contains("alt=\"signal_to_noise_peak\""))
    }
  }

  @Test func `the page names the noise seed and what was drawn again`() throws {
    try withScratchFolder { folder in
      let spec = try smallPopulation(
        "model-a", ["planes.source.light.galaxy.sersic.intensity={choice: [0.8, 0]}", "redraw.attempts=60"])
      func page(_ spec: PopulationSpec, noiseSeed: UInt64?, _ name: String) throws -> (String, Manifest) {
        let generator = try DatasetGenerator(
          try PopulationPlan(spec, seed: 3, noiseSeed: noiseSeed), countPerClass: 5, threads: 2,
          output: "\(folder)/\(name)")
        let manifest = try generator.run(.refuse, versions: [:], instructionSet: "", progress: { _ in })
        return (try DatasetReport("\(folder)/\(name)").html, manifest)
      }
      let (html, manifest) = try page(spec, noiseSeed: 9, "a")
      let counts = try #require(manifest.redraws)
      #expect(counts.samples > 1 && counts.draws > counts.samples)
      #expect(html.contains("seed 3, noise seed 9"))
      #expect(html.contains("<td>noise seed</td><td>9</td>"))
      #expect(
        html.contains(
          "\(counts.samples) samples could not be rendered at first and were drawn again, \(counts.draws) times in all."
        ))
      #expect(
        html.contains("<td>samples drawn again</td><td>\(counts.samples), \(counts.draws) times in all</td>"))
      // Nothing is said of what did not happen.
      let (plain, quiet) = try page(
        try smallPopulation("model-a", ["redraw.attempts=60"]), noiseSeed: nil, "b")
      #expect(quiet.redraws?.samples == 0 && !plain.contains("noise seed"))
      #expect(!plain.contains("could not be rendered"))
    }
  }

  @Test func `an axis has three values that differ, and the count stands elsewhere`() throws {
    try withDataset { folder in
      let html = try DatasetReport(folder).html
      let figures = html.components(separatedBy: "<figure>").dropFirst(2)
        .filter { !$0.contains("constant: ") }
      #expect(figures.count > 15)
      for figure in figures {
        let picture = try #require(
          figure.components(separatedBy: "svg+xml;base64,").last?.split(separator: "\"").first)
        let svg = String(decoding: try #require(Data(base64Encoded: String(picture))), as: UTF8.self)
        let axis = svg.components(separatedBy: "<text>").dropFirst().compactMap {
          Double($0.split(separator: "<")[0])
        }
        try #require(axis.count == 3, "\(svg)")
        #expect(axis[0] < axis[1] && axis[1] < axis[2], "\(axis)")
        #expect(abs(axis[1] - (axis[0] + axis[2]) / 2) <= 1e-3 * (axis[2] - axis[0]) + 1e-3 * abs(axis[1]))
        #expect(figure.contains(" images</span>") || figure.contains(" image</span>"))
      }
    }
  }

  /// Sets of one image, of one class, of a pixel, long and narrow, without noise, with long names: 12 drawn from
  /// the lists below by a fixed seed.
  @Test func `whatever a dataset holds, a person sees its page`() throws {
    try withScratchFolder { folder in
      let choices: [[[String]]] = [
        [["classes=[no_sub]"], ["classes=[vortex]"], ["classes=[spherical, no_sub]"], []],
        [
          ["instrument.width=1", "instrument.height=1"], ["instrument.width=400", "instrument.height=20"],
          ["instrument.width=20", "instrument.height=400"], ["instrument.width=33", "instrument.height=32"],
        ],
        [["instrument.noise=false"], [], ["signal_to_noise.value={uniform: [1, 1.0000001]}"]],
        [["name=a_name_of_very_many_letters_without_any_space_in_it_0123456789"], []],
        [["split.test=0.3"], ["split.validation=0.9"], []], [["pairs=true"], []],
      ]
      let stream = RandomKey(seed: 16, sample: 0).stream("pages")
      var pages: [String] = []
      for number in 0..<12 {
        let settings = choices.enumerated().flatMap { k, choice in
          choice[Int(stream.uniform(UInt32(number * 10 + k)) * Double(choice.count))]
        }
        let count = [1, 1, 2, 7, 40][Int(stream.uniform(UInt32(number * 10 + 9)) * 5)]
        let set = "\(folder)/\(number)"
        let made = try lensing(
          ["generate", "model-b", "--formats", "npy", "--count", "\(count)", "-o", set]
            + settings.flatMap { ["--set", $0] })
        try #require(made.status == 0, "\(settings): \(made.errors)")
        let reported = try lensing("report", set, "--quiet")
        try #require(reported.status == 0, "\(settings): \(reported.errors)")
        pages.append("\(set)/report.html")
      }
      try expectSeen(pages)
    }
  }

  @Test func `an honest dataset agrees with its prior and a doctored one does not`() throws {
    try withDataset { folder in
      #expect(try DatasetReport(folder).differing == [])
      let path = "\(folder)/samples.csv"
      var rows = try parseCSV(try readText(path), path: path)
      let column = try #require(rows[0].firstIndex(of: "planes_lens_mass_shear_shear_strength"))
      // Uniform from 0 to 0.3 becomes its square root's distribution.
      for k in 1..<rows.count {
        let value = try #require(Double(rows[k][column]))
        rows[k][column] = "\((value * 0.3).squareRoot())"
      }
      let text = rows.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
      try writeFileAtomically(Array(text.utf8), to: path)
      let report = try DatasetReport(folder)
      #expect(report.differing == ["planes_lens_mass_shear_shear_strength"])
      #expect(report.html.contains("class=\"differs\""))
    }
  }

  @Test func `the program writes the page beside the dataset`() throws {
    try withDataset { folder in
      let result = try lensing("report", folder, "--quiet")
      #expect(result.status == 0 && result.output == "\(folder)/report.html\n", "\(result)")
      let html = try readText("\(folder)/report.html")
      #expect(html.contains("data:image/png;base64,iVBORw0KGgo"))
      // A dataset with a report may still be replaced.
      try generate(try smallPopulation("model-b"), count: 2, to: folder, .overwrite)
    }
  }
}

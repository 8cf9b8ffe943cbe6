import DatasetReports
import FileFormats
import LensTestSupport
import Testing

/// The page about a dataset.
struct ReportTests {
  private func withDataset(_ body: (String) throws -> Void) throws {
    try withScratchFolder { folder in
      try generate(try smallPopulation("model-b", ["split.test=0.2"]), count: 100, to: "\(folder)/set")
      try body("\(folder)/set")
    }
  }

  @Test func `the page needs nothing but itself`() throws {
    try withDataset { folder in
      let html = try DatasetReport(folder, contactSheet: [1, 2, 3]).html
      #expect(!html.contains("http") && !html.contains("<script") && !html.contains("<link"))
      #expect(
        html.split(separator: "src=\"").dropFirst().allSatisfy { $0.hasPrefix("data:image/png;base64,") })
      #expect(html.contains("base64,AQID"))
      for name in [
        "vortex_length", "spherical_count", "signal_to_noise_peak", "derived_einstein_radius", "shear_angle",
      ] {
        #expect(html.contains("aria-label=\"\(name)\""), "\(name)")
      }
      #expect(html.contains("<td>spherical</td><td>test</td>"))
      // What never changes is listed, not drawn.
      #expect(
        html.contains("<td>source_sersic_index</td>") && !html.contains("aria-label=\"source_sersic_index\""))
    }
  }

  @Test func `an honest dataset agrees with its prior and a doctored one does not`() throws {
    try withDataset { folder in
      #expect(try DatasetReport(folder).differing == [])
      let path = "\(folder)/samples.csv"
      var rows = try parseCSV(try readText(path), path: path)
      let column = try #require(rows[0].firstIndex(of: "shear_strength"))
      // Uniform from 0 to 0.3 becomes its square root's distribution.
      for k in 1..<rows.count {
        let value = try #require(Double(rows[k][column]))
        rows[k][column] = "\((value * 0.3).squareRoot())"
      }
      let text = rows.map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
      try writeFileAtomically(Array(text.utf8), to: path)
      let report = try DatasetReport(folder)
      #expect(report.differing == ["shear_strength"])
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

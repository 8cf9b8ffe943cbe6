import FileFormats
import Foundation
import Instrument
import LensCore
import LensTestSupport
import Simulation
import Testing

/// Whole noise-free images against lenstronomy.
@Suite struct ImageReferenceTests {
  /// Of the image's peak; what docs/accuracy.md states.
  private static let tolerances: [Precision: Double] = [.double: 1e-6, .single: 1e-4]

  @Test(arguments: [Precision.double, .single])
  func `images agree with lenstronomy`(precision: Precision) throws {
    let entries = try #require(try ReferenceData.json("images/index.json")["images"] as? [[String: Any]])
    for entry in entries {
      let file = try #require(entry["file"] as? String)
      let parameters = try #require(entry["params"] as? [String: Any])
      let kernel = ReferenceData.path(try #require(entry["psf_kernel"] as? String))
      let layers = try ReferenceData.images(file)
      try compare(file, precision, parameters, kernel: nil, with: layers[1])
      // W5 is convolved with another border rule there (Data/README.md).
      if parameters["psf"] as? String != "gauss_fwhm0.16" {
        try compare(file, precision, parameters, kernel: kernel, with: layers[0])
      }
    }
    #expect(entries.count == 8)
  }

  private func compare(
    _ file: String, _ precision: Precision, _ parameters: [String: Any], kernel: String?,
    with reference: Image<Double>
  ) throws {
    var scene = try Lenstronomy.scene(parameters, kernel: kernel)
    scene.accuracy.precision = precision
    let simulator = try ImageSimulator(instrument: scene.instrument, accuracy: scene.accuracy) { file in
      try ReferenceData.images(URL(filePath: file.path).pathComponents.suffix(2).joined(separator: "/"))[0]
    }
    let image = try simulator.simulate(
      scene, key: RandomKey(seed: 0, sample: 0), workspace: try simulator.makeWorkspace()
    ).image
    var worst = WorstError("\(file) \(precision.rawValue)\(kernel == nil ? "" : ", convolved")")
    for (index, value) in image.pixels.enumerated() {
      let error = (Double(value) - reference.pixels[index]) / reference.peak
      worst.note(error, at: "in column \(index % image.width), row \(index / image.width)")
    }
    worst.expect(atMost: Self.tolerances[precision] ?? 0)
  }
}

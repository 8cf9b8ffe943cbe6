import Foundation
import LensTestSupport
import Testing

/// The benchmarks are built with the tests and run for some seconds, so that they cannot rot: what they measure is not asked here.
struct BenchmarkTests {
  @Test func `scenes are timed`() throws {
    let result = try runBuilt("lensing-benchmarks", ["rates", "W1", "1"])
    #expect(result.status == 0, "\(result.errors)")
    let rates = try JSONDecoder().decode([String: [String: Double]].self, from: Data(result.output.utf8))
    #expect(try #require(rates["W1"]?["1"]) > 0)
  }

  @Test func `scenes are written for other simulators`() throws {
    try withScratchFolder { folder in
      let result = try runBuilt("lensing-benchmarks", ["scenes", folder])
      #expect(result.status == 0, "\(result.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).contains { $0.hasSuffix(".npy") })
    }
  }
}

import Dataset
import FileFormats
import Foundation
import LensTestSupport
import Testing

/// Damage is found and named.
struct VerificationTests {
  private func withDataset(_ body: (String) throws -> Void) throws {
    try withScratchFolder { folder in
      try generate(try smallPopulation("model-a"), count: 10, to: "\(folder)/set")
      try body("\(folder)/set")
    }
  }

  private func faults(_ folder: String) throws -> [DatasetVerification.Fault] {
    try DatasetVerification(folder).faultsOfFiles()
  }

  @Test func `a dataset as it was written has no faults`() throws {
    try withDataset { folder in
      #expect(try faults(folder) == [])
      let verification = try DatasetVerification(folder + "/")
      #expect(verification.samples(4) == [0, 7, 15, 22] && verification.samples(1000).count == 30)
      #expect(try verification.faultsOfImages(verification.samples(1000), threads: 2) == [])
      try writeFileAtomically([1], to: "\(folder)/preview.png")
      #expect(try verification.otherFiles() == ["preview.png"])
    }
  }

  @Test func `every file that is damaged is named`() throws {
    try withDataset { folder in
      let names = try Manifest(ofDataset: folder).files.map(\.name)
      for name in names {
        let path = "\(folder)/\(name)"
        let bytes = try readFile(path)
        try flipBit(path, at: bytes.count / 2)
        #expect(try faults(folder).map(\.path) == [path])
        try writeFileAtomically(bytes.dropLast(), to: path)
        let shortened = try faults(folder)
        #expect(shortened.map(\.problem) == ["has \(bytes.count - 1) bytes, must have \(bytes.count)"])
        try removeFile(path)
        #expect(try faults(folder).map(\.problem) == ["is missing"])
        try writeFileAtomically(bytes, to: path)
      }
      #expect(names.count > 8)
      #expect(try faults(folder) == [])
    }
  }

  @Test func `an image that is not its sample's is found even when the digest is right`() throws {
    try withDataset { folder in
      let path = "\(folder)/vortex_train.npy"
      let size = try fileSize(path)
      try flipBit(path, at: size - 1)
      let manifest = "\(folder)/manifest.json"
      let digest = try #require(try Manifest(ofDataset: folder).files.first { $0.name == "vortex_train.npy" })
        .sha256
      let text = try readText(manifest).replacing(digest, with: try sha256(ofFile: path))
      try writeFileAtomically(Array(text.utf8), to: manifest)
      let verification = try DatasetVerification(folder)
      #expect(try verification.faultsOfFiles() == [])
      let found = try verification.faultsOfImages(verification.samples(30), threads: 2)
      #expect(found.count == 1 && found.allSatisfy { $0.problem.contains("1 pixels of sample") }, "\(found)")
    }
  }

  @Test func `a manifest cannot lead out of its folder`() throws {
    try withDataset { folder in
      let manifest = "\(folder)/manifest.json"
      let text = try readText(manifest).replacing("\"samples.csv\"", with: "\"../samples.csv\"")
      try writeFileAtomically(Array(text.utf8), to: manifest)
      #expect(try faults(folder).map(\.problem) == ["names the file ../samples.csv"])
    }
  }

  @Test(arguments: [
    ("\"sample_count\" : 30", "\"sample_count\" : 9000000000000000000"),
    ("\"first_sample\" : 0", "\"first_sample\" : -1"),
    ("\"count\" : 10", "\"count\" : 4611686018427387904"),
    ("\"label\" : \"vortex\"", "\"label\" : \"no_sub\""),
  ])
  func `impossible numbers in a manifest are refused`(found: String, lie: String) throws {
    try withScratchFolder { folder in
      try generate(try smallPopulation("model-a", ["split.validation=0"]), count: 10, to: "\(folder)/set")
      let path = "\(folder)/set/manifest.json"
      let text = try readText(path)
      #expect(text.contains(found))
      try writeFileAtomically(Array(text.replacing(found, with: lie).utf8), to: path)
      reason("impossible numbers") { try DatasetVerification("\(folder)/set") }
    }
  }

  @Test func `the program names the damage and fails`() throws {
    try withDataset { folder in
      let whole = try lensing("verify", folder, "--samples", "3")
      #expect(whole.status == 0 && whole.output.contains("3 of 30 images were rendered again"), "\(whole)")
      try flipBit("\(folder)/spherical_train.fits", at: 4000)
      try removeFile("\(folder)/spec.yaml")
      let damaged = try lensing("verify", folder)
      #expect(damaged.status == 3)
      #expect(damaged.errors.contains("spherical_train.fits: has other content"))
      #expect(damaged.errors.contains("spec.yaml: is missing"))
    }
  }
}

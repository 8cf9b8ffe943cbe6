import Dataset
import FileFormats
import Foundation
import LensCore
import LensTestSupport
import Populations
import Testing

/// What two programs made of one spec is never joined.
struct RevisionTests {
  private let spec = Result { try smallPopulation("model-a") }
  private let earlier = renderingRevision - 1

  /// As if a program of an earlier revision had made the dataset.
  private func makeEarlier(_ folder: String) throws {
    let path = "\(folder)/manifest.json"
    let text = try readText(path)
    let population = try Manifest(ofDataset: folder).population
    let changed = text.replacing(
      "\"rendering_revision\" : \(renderingRevision)", with: "\"rendering_revision\" : \(earlier)"
    )
    .replacing(population, with: String(population.reversed()))
    try #require(changed != text)
    try writeFileAtomically(Array(changed.utf8), to: path)
    #expect(try Manifest(ofDataset: folder).renderingRevision == earlier)
  }

  private var names: String { "rendering revision is \(earlier) there and \(renderingRevision) here" }

  @Test func `a dataset says which revision made it`() throws {
    try withScratchFolder { folder in
      #expect(try generate(spec.get(), count: 1, to: "\(folder)/a").renderingRevision == renderingRevision)
      let facts = try JSONDecoder().decode(
        [String: String].self, from: Data(lensing("doctor", "--json").output.utf8))
      #expect(facts["rendering_revision"] == "\(renderingRevision)")
    }
  }

  @Test func `a dataset of another revision is neither resumed nor extended, merged or compared`() throws {
    try withScratchFolder { folder in
      let (whole, second) = ("\(folder)/a", "\(folder)/b")
      let plan = try PopulationPlan(spec.get(), seed: 1)
      try generate(spec.get(), count: 2, to: whole)
      let next = try DatasetGenerator(plan, samples: 6..<9, threads: 1, output: second)
      _ = try next.run(.refuse, versions: ["swift_lensing": "test"], instructionSet: "test") { _ in }
      #expect(try DatasetMerge([whole, second], output: "\(folder)/m").sampleCount == 9)
      try makeEarlier(whole)
      let before = try snapshot(folder)
      reason(names) { try generate(spec.get(), count: 2, to: whole, .resume) }
      reason(names, "extend it as it was made") {
        _ = try DatasetExtension(
          plan, countPerClass: 3, contents: DatasetContents(), threads: 1, output: whole)
      }
      reason("rendering revision is \(earlier) there and \(renderingRevision) here") {
        _ = try DatasetMerge([whole, second], output: "\(folder)/m")
      }
      let verification = try DatasetVerification(whole)
      reason("rendering revision \(earlier)", "has \(renderingRevision)", "--samples 0") {
        _ = try verification.faultsOfImages([0], threads: 1)
      }
      #expect(try verification.faultsOfImages([], threads: 1) == [] && verification.faultsOfFiles() == [])
      #expect(try snapshot(folder) == before)
    }
  }

  @Test func `a run that another revision began is not resumed`() throws {
    try withScratchFolder { folder in
      let output = "\(folder)/a"
      let plan = try PopulationPlan(spec.get(), seed: 1)
      let generator = try DatasetGenerator(plan, countPerClass: 100, threads: 1, output: output)
      var batches = 0
      #expect(throws: GenerationStopped.self) {
        _ = try generator.run(
          .refuse, versions: [:], instructionSet: "",
          shouldStop: {
            batches += 1
            return batches > 1
          }
        ) { _ in }
      }
      let path = "\(output).partial/journal.json"
      let text = try readText(path)
      let old = try JSONDecoder().decode(Begun.self, from: Data(text.utf8))
      let changed = text.replacing(old.identity, with: String(old.identity.reversed()))
        .replacing("\"value\" : \"\(renderingRevision)\"", with: "\"value\" : \"\(earlier)\"")
      try #require(changed != text)
      try writeFileAtomically(Array(changed.utf8), to: path)
      reason(names, "begun otherwise") { try generate(spec.get(), count: 100, to: output, .resume) }
    }
  }

  private struct Begun: Decodable { let identity: String }
}

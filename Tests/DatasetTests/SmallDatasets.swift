import Dataset
import FileFormats
import Foundation
import LensTestSupport
import Populations
import Testing

/// Settings for images that are quick to make; wider than high, so that swapped axes are noticed.
let smallImages = ["instrument.width=24", "instrument.height=20", "instrument.pixel_scale=0.2"]

func smallPopulation(_ name: String, _ settings: [String] = []) throws -> PopulationSpec {
  try loadPopulation(name, settings: smallImages + settings)
}

@discardableResult
func generate(
  _ spec: PopulationSpec, seed: UInt64 = 1, count: Int, threads: Int = 2, to folder: String,
  _ existing: ExistingOutput = .refuse
) throws -> Manifest {
  let generator = try DatasetGenerator(
    try PopulationPlan(spec, seed: seed), countPerClass: count, threads: threads, output: folder)
  return try generator.run(existing, versions: ["swift_lensing": "test"], instructionSet: "test") { _ in }
}

/// The position of every sample in the array of its class and split.
func rows(of plan: PopulationPlan, upTo count: Int) -> [(part: String, row: Int)] {
  var next: [String: Int] = [:]
  return (0..<count).map { index in
    let part = "\(plan.label(of: index))_\(plan.split(of: index).rawValue)"
    next[part, default: -1] += 1
    return (part, next[part] ?? 0)
  }
}

/// Expects two datasets to have the same files, byte by byte, but for the manifest's time.
func expectSameFiles(_ first: String, _ second: String, sourceLocation: SourceLocation = #_sourceLocation)
  throws
{
  let names = try listFolder(first)
  #expect(try listFolder(second) == names, sourceLocation: sourceLocation)
  #expect(names.count > 6 && names.contains("manifest.json"), "\(names)", sourceLocation: sourceLocation)
  for name in names where fileExists("\(second)/\(name)") {
    let isSame = try comparable("\(first)/\(name)") == comparable("\(second)/\(name)")
    #expect(isSame, "\(name) differs", sourceLocation: sourceLocation)
  }
}

private func comparable(_ path: String) throws -> [UInt8] {
  guard path.hasSuffix("manifest.json") else { return try readFile(path) }
  let lines = try readText(path).split(separator: "\n")
  try #require(lines.count { $0.contains("\"created\"") } == 1)
  return Array(lines.filter { !$0.contains("\"created\"") }.joined(separator: "\n").utf8)
}

/// What a folder's files hold, to show that nobody touched them.
func snapshot(_ folder: String) throws -> [String: [UInt8]] {
  let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
  return Dictionary(
    uniqueKeysWithValues: names.map { ($0, (try? readFile("\(folder)/\($0)")) ?? Array("a folder".utf8)) })
}

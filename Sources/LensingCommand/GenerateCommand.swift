import ArgumentParser
import Foundation
import LensNumerics
import SwiftLensing

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Writes a dataset: images of every class with the truth beside them.",
    discussion: """
      Images go to one .npy array and one FITS cube per class and split, parameters to samples.csv and \
      samples.fits, subhalos and vortices to substructure.csv and substructure.fits. The same spec, seed \
      and count give the same bytes on any number of threads and in any number of shards. \
      docs/file-formats.md describes every file, docs/clusters.md shards.
      """)

  @OptionGroup var population: PopulationOptions

  @Option(parsing: .unconditional, help: "Images per class.")
  var count = 100

  @Option(parsing: .unconditional, help: "Threads; the bytes do not depend on it.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(name: .shortAndLong, help: "Folder to make (default: Output/ and the model's name).")
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Make one of n shards, for lensing merge; in a Slurm job array the task's is made without it.",
      valueName: "i/n"))
  var shard: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Also write maps as arrays: \(TruthMap.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "map"))
  var truth: [TruthMap] = []

  @Flag(inversion: .prefixedNo, help: "Write FITS cubes beside the .npy arrays.")
  var fits = true

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Between the moments from which a killed run is resumed.", valueName: "seconds"))
  var checkpoint = 2.0

  @Flag(help: "Continue an interrupted run of the same spec, seed and count; begin it if there is none.")
  var resume = false

  @Flag(help: "Replace an existing dataset once the new one is whole.")
  var overwrite = false

  @Flag(help: "Add images to an existing dataset until it has --count; those that it has stay the same.")
  var extend = false

  @Flag(help: "Print the result as JSON, and no progress.")
  var json = false

  func validate() throws {
    if [resume, overwrite, extend].count(where: { $0 }) > 1 {
      throw ValidationError("--resume, --overwrite and --extend exclude each other.")
    }
    if !(0...86400).contains(checkpoint) { throw ValidationError("--checkpoint must be from 0 to 86400.") }
    if extend && shard != nil { throw ValidationError("--extend and --shard exclude each other.") }
  }

  func run() throws {
    let command = "the same command"
    try reportingErrors(
      asJSON: json, continuing: extend ? command : command + " with --resume (for --overwrite)"
    ) {
      let plan = try population.plan()
      let whole = output ?? "Output/\(plan.spec.name)"
      let shard = try shard.map { try SampleShard($0) } ?? (extend ? nil : slurmShard())
      let folder = shard?.folder(of: whole) ?? whole
      let report = ProgressReport(isQuiet: json)
      Interruption.watch()
      let began = ContinuousClock.now
      let manifest = try extend ? grow(plan, folder, report) : make(plan, shard, folder, report)
      summarize(manifest, folder, seconds: (ContinuousClock.now - began) / .seconds(1))
    }
  }

  private var contents: DatasetContents {
    var contents = DatasetContents()
    (contents.hasFITS, contents.truthMaps) = (fits, truth)
    return contents
  }

  private func slurmShard() throws -> SampleShard? {
    guard let shard = try SampleShard(slurm: ProcessInfo.processInfo.environment) else { return nil }
    if !json { complain("task of a Slurm job array: shard \(shard.number)/\(shard.count)") }
    return shard
  }

  private func make(
    _ plan: PopulationPlan, _ shard: SampleShard?, _ folder: String, _ report: ProgressReport
  ) throws -> Manifest {
    var generator = try DatasetGenerator(
      plan, countPerClass: count, contents: contents, threads: threads, output: folder)
    if let shard {
      generator = try DatasetGenerator(
        plan, samples: try shard.samples(of: generator.samples.count), of: generator.samples.count,
        contents: contents, threads: threads, output: folder)
    }
    generator.checkpointInterval = .seconds(checkpoint)
    return try generator.run(
      resume ? .resume : overwrite ? .overwrite : .refuse, versions: libraryVersions(),
      instructionSet: BuildInformation.instructionSet, shouldStop: { Interruption.wasAskedFor },
      progress: report.show)
  }

  private func grow(_ plan: PopulationPlan, _ folder: String, _ report: ProgressReport) throws -> Manifest {
    try DatasetExtension(plan, countPerClass: count, contents: contents, threads: threads, output: folder)
      .run(
        versions: libraryVersions(), instructionSet: BuildInformation.instructionSet,
        shouldStop: { Interruption.wasAskedFor }, progress: report.show)
  }

  private func summarize(_ manifest: Manifest, _ folder: String, seconds: Double) {
    if json { return printJSON(DatasetSummary(output: folder, seconds: seconds, manifest: manifest)) }
    print(summaryLines(manifest, folder, seconds: seconds))
    print("Look at them: lensing preview \(folder)")
  }
}

extension TruthMap: ExpressibleByArgument {}

struct DatasetSummary: Encodable {
  let output: String
  let seconds: Double
  let manifest: Manifest
}

/// What a dataset has, for people.
func summaryLines(_ manifest: Manifest, _ folder: String, seconds: Double) -> String {
  let megabytes = manifest.files.reduce(0) { $0 + $1.bytes } / 1_000_000
  let formats = manifest.contents.hasFITS ? ".npy, .fits" : ".npy"
  return
    ([
      "\(manifest.sampleCount) images, \(megabytes) MB in \(folder) after \(ProgressReport.duration(seconds))"
    ]
    + manifest.parts.map { "  \($0.label)_\($0.split)  \($0.count) (\(formats))" }).joined(separator: "\n")
}

import ArgumentParser
import Foundation
import LensNumerics
import ProgramOutput
import SwiftLensing

struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Writes a dataset: images of every class with the truth beside them.",
    discussion: """
      Images go to one .npy array and one FITS cube (--formats) per class and split, parameters to samples.csv and \
      samples.fits, subhalos and vortices to substructure.csv and substructure.fits. The same spec, seeds \
      and count give the same bytes on any number of threads and in any number of shards. \
      docs/file-formats.md describes every file, docs/clusters.md shards.
      """)

  @OptionGroup var population: PopulationOptions

  @Argument(help: .hidden)
  var surplus: [String] = []

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
    parsing: .singleValue,
    help: ArgumentHelp(
      "Also write maps as arrays, separated by commas: \(Self.mapNames.joined(separator: ", ")).",
      valueName: "map,..."))
  var truth: [String] = []

  @Option(
    help: ArgumentHelp(
      "What the images are written as, separated by commas: \(Self.formatNames.joined(separator: ", ")).",
      valueName: "format,..."))
  var formats = Self.formatNames.joined(separator: ",")

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

  @Flag(help: "Print no progress.")
  var quiet = false

  private static let formatNames = ImageFormat.allCases.map(\.rawValue)
  private static let mapNames = TruthMapKind.allCases.map(\.rawValue)

  func validate() throws {
    _ = try (truthMaps, imageFormats)
    if !surplus.isEmpty { throw ValidationError(adviceOnSurplus) }
    if [resume, overwrite, extend].count(where: { $0 }) > 1 {
      throw ValidationError("--resume, --overwrite and --extend exclude each other.")
    }
    if !(0...86400).contains(checkpoint) { throw ValidationError("--checkpoint must be from 0 to 86400.") }
    if extend && shard != nil { throw ValidationError("--extend and --shard exclude each other.") }
  }

  private var truthMaps: [TruthMapKind] {
    get throws {
      try truth.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { name in
        guard let map = TruthMapKind(rawValue: String(name)) else {
          throw ValidationError(
            "--truth: '\(name)' given, must be of \(Self.mapNames.joined(separator: ", ")).")
        }
        return map
      }
    }
  }

  /// In an order of their own: the same files are the same dataset.
  private var imageFormats: [ImageFormat] {
    get throws {
      let names = formats.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      if let other = names.first(where: { ImageFormat(rawValue: $0) == nil }) {
        throw ValidationError(
          "--formats: '\(other)' given, must be of \(Self.formatNames.joined(separator: ", ")).")
      }
      return ImageFormat.allCases.filter { names.contains($0.rawValue) }
    }
  }

  private var adviceOnSurplus: String {
    let words = [population.model] + surplus
    let given = words.map { "'\($0)'" }.joined(separator: ", ")
    let maps = truth + words.filter(Self.mapNames.contains)
    return "One model is made at a time, but \(given) are given."
      + (maps.count > truth.count ? " Several maps are --truth \(maps.joined(separator: ","))." : "")
  }

  func run() throws {
    let command = "the same command" + (extend ? "" : " with --resume (for --overwrite)")
    try reportingErrors(asJSON: json) {
      let plan = try population.plan()
      let whole = output ?? "Output/\(plan.spec.name)"
      let shard = try shard.map { try SampleShard($0) } ?? (extend ? nil : slurmShard(of: whole))
      let folder = shard?.folder(of: whole) ?? whole
      let report = ProgressBar(isQuiet: json || quiet)
      Interruption.watch(
        "stopped in the middle of a batch; \(command) continues"
      )
      let began = ContinuousClock.now
      report.begin("the first images")
      defer { report.finish() }
      let manifest: Manifest
      do {
        manifest = try extend ? grow(plan, folder, report) : make(plan, shard, folder, report)
      } catch let stop as GenerationStopped {
        report.finish()
        complain("stopped with \(stop.samplesDone) of \(stop.sampleCount) images saved; \(command) continues")
        throw ExitCode(130)
      }
      report.finish()
      try summarize(manifest, plan, folder, seconds: (ContinuousClock.now - began) / .seconds(1))
    }
  }

  private var contents: DatasetContents {
    get throws {
      var contents = DatasetContents()
      (contents.formats, contents.truthMaps) = (try imageFormats, try truthMaps)
      return contents
    }
  }

  private func slurmShard(of output: String) throws -> SampleShard? {
    guard let shard = try SampleShard(slurm: ProcessInfo.processInfo.environment, output: output) else {
      return nil
    }
    if !json { complain("task of a Slurm job array: shard \(shard.number)/\(shard.count)") }
    return shard
  }

  private func make(
    _ plan: PopulationPlan, _ shard: SampleShard?, _ folder: String, _ report: ProgressBar
  ) throws -> Manifest {
    var generator = try DatasetGenerator(
      plan, countPerClass: count, contents: try contents, threads: threads, output: folder)
    if let shard {
      generator = try DatasetGenerator(
        plan, samples: try shard.samples(of: generator.samples.count), of: generator.samples.count,
        contents: try contents, threads: threads, output: folder)
    }
    generator.checkpointInterval = .seconds(checkpoint)
    return try generator.run(
      resume ? .resume : overwrite ? .overwrite : .refuse, versions: libraryVersions(),
      instructionSet: BuildInformation.instructionSet, shouldStop: { Interruption.wasAskedFor },
      progress: report.show)
  }

  private func grow(_ plan: PopulationPlan, _ folder: String, _ report: ProgressBar) throws -> Manifest {
    try DatasetExtension(plan, countPerClass: count, contents: try contents, threads: threads, output: folder)
      .run(
        versions: libraryVersions(), instructionSet: BuildInformation.instructionSet,
        shouldStop: { Interruption.wasAskedFor }, progress: report.show)
  }

  private func summarize(
    _ manifest: Manifest, _ plan: PopulationPlan, _ folder: String, seconds: Double
  ) throws {
    if json { return try printJSON(DatasetSummary(output: folder, seconds: seconds, manifest: manifest)) }
    try printLine(summaryLines(manifest, folder, seconds: seconds))
    try printLine("  " + SeedOptions.text(plan, isGiven: population.seeds.seed != nil))
    try printLine("Look at them: lensing preview \(folder)")
  }
}

struct DatasetSummary: Encodable {
  let output: String
  let seconds: Double
  let manifest: Manifest
}

/// What a dataset has, for people.
func summaryLines(_ manifest: Manifest, _ folder: String, seconds: Double) -> String {
  let megabytes = manifest.files.reduce(0) { $0 + $1.bytes } / 1_000_000
  let formats = manifest.contents.formats.map { ".\($0.rawValue)" }.joined(separator: ", ")
  return
    ([
      "\(manifest.sampleCount) images, \(megabytes) MB in \(folder) after \(ProgressBar.duration(seconds))"
    ]
    + manifest.parts.map { "  \($0.label)_\($0.split)  \($0.count) (\(formats))" }
    + (manifest.redraws?.sentence.map { ["  \($0)"] } ?? [])).joined(separator: "\n")
}

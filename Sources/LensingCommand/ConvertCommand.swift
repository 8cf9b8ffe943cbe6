import ArgumentParser
import Interchange
import ProgramOutput
import SwiftLensing

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Takes images with their classes and numbers from one kind of file to another.",
    discussion: """
      From a dataset, or from any of the formats below, also when others wrote them: folders of .npy or FITS arrays, \
      .npz, trees SPLIT/CLASS/image (.npy, .png, .fits), DeepLense's object arrays of image and mass, which are read \
      without being executed. docs/file-formats.md describes what is written.
      """)

  @Argument(help: "A dataset's folder, or a file or folder of another format.")
  var source: String

  @Option(
    help: ArgumentHelp(
      "What to write: \(WritableFormat.allValueStrings.joined(separator: ", ")).",
      valueName: "format"))
  var to: WritableFormat

  @Option(name: .shortAndLong, help: "File or folder to make.")
  var output: String

  @Option(
    help: ArgumentHelp(
      "Stretch brightness: \(Normalization.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "kind"))
  var normalize = Normalization.none

  @Option(help: "Images per batch of --to batches.")
  var batch = 100

  @Option(help: "Images per tar file of --to webdataset.")
  var perShard = 1000

  @Option(help: ArgumentHelp("What the source is, where its name does not say it.", valueName: "format"))
  var from: CollectionFormat?

  @Flag(help: "Replace what an earlier conversion made.")
  var overwrite = false

  @Flag(help: "Print no progress.")
  var quiet = false

  func run() throws {
    try reportingErrors {
      let format = try from ?? CollectionFormat(detecting: source)
      let target = ConversionTarget(path: output, isFile: to.format.isFile)
      if IsolatedConversion.isNeeded(source, format) {
        let status = try IsolatedConversion.run(source, target: target)
        if status != 0 { throw ExitCode(status) }
        return
      }
      var options = ConversionOptions()
      (options.normalization, options.batch, options.imagesPerShard) = (normalize, batch, perShard)
      let report = ProgressBar(isQuiet: quiet)
      defer { report.finish() }
      Interruption.watch(
        "stopped in the middle of an image; the next conversion to the same place tidies up")
      IsolatedConversion.confine()
      let description = try Conversion(source, to: output, to.format, options).run(
        from: format, isOverwriting: overwrite, shouldStop: { Interruption.wasAskedFor }
      ) { report.showImages($0, $1) }
      report.finish()
      try printLine(
        "\(description.count) images of \(description.width) x \(description.height) pixels in \(output)")
      for group in description.groups { try printLine("  \(group.name)  \(group.count)") }
    }
  }
}

extension CollectionFormat: ExpressibleByArgument {}

/// What a conversion can make: datasets are made by `lensing generate` alone.
struct WritableFormat: ExpressibleByArgument {
  let format: CollectionFormat

  init?(argument: String) {
    guard let format = CollectionFormat.writable.first(where: { $0.rawValue == argument }) else { return nil }
    self.format = format
  }

  static var allValueStrings: [String] { CollectionFormat.writable.map(\.rawValue) }
}

extension Normalization: ExpressibleByArgument {}

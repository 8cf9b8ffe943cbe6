import ArgumentParser
import Charts
import ProgramOutput
import SwiftLensing

struct PreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Draws a contact sheet: the first images of each class, four side by side.",
    discussion: """
      Shows a dataset's first images, or, for a preset or spec file, renders some on the spot. Of several bands, the sum \
      is shown, and the signal-to-noise ratio of the first.
      """)

  @Argument(help: "A dataset's folder, a preset, or a spec file.")
  var subject: String

  @Option(help: "Images per class.")
  var columns = 8

  @OptionGroup var seeds: SeedOptions

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Change a key of the spec.", valueName: "key=value"))
  var settings: [String] = []

  @Option(name: .shortAndLong, help: "PNG file (default: preview.png in the dataset, or NAME-preview.png).")
  var output: String?

  @Flag(help: "Replace an existing PNG file.")
  var overwrite = false

  func validate() throws {
    if !(1...100).contains(columns) { throw ValidationError("--columns must be from 1 to 100.") }
  }

  func run() throws {
    try reportingErrors {
      let isDataset = isFolder(subject)
      if isDataset && !settings.isEmpty {
        throw SpecError(
          keyPath: "--set", value: settings.joined(separator: " "), requirement: "a dataset's spec is fixed")
      }
      if isDataset && (seeds.seed ?? seeds.noiseSeed) != nil {
        throw SpecError(
          keyPath: "--seed", value: "a seed", requirement: "a dataset's images are there already")
      }
      if let output, !output.hasSuffix(".png") {
        throw SpecError(keyPath: "--output", value: "'\(output)'", requirement: "must end in .png")
      }
      let plan = isDataset ? nil : try plan()
      let path = output ?? plan.map { "\($0.spec.name)-preview.png" } ?? "\(subject)/preview.png"
      try refuseExisting(output == nil && isDataset ? [] : [path], overwrite: overwrite)
      let page = try reportingStep("images for the contact sheet") {
        try plan.map { try contactSheet(of: $0, columns: columns) }
          ?? contactSheet(ofDataset: subject, columns: columns)
      }
      let canvas = page.draw()
      try writePNG(width: canvas.width, height: canvas.height, rgb: canvas.bytes, to: path)
      try printLine(path)
    }
  }

  private func plan() throws -> PopulationPlan {
    try PopulationPlan(
      loading: subject, settings: settings, seed: seeds.seed, noiseSeed: seeds.noiseSeed, note: complainAbout)
  }
}

/// The first images of each class of a dataset on the disk.
func contactSheet(ofDataset folder: String, columns: Int) throws -> ContactSheet {
  let manifest = try Manifest(ofDataset: folder)
  // A spec of another version may have other keys; the images are there all the same.
  let spec = try? loadPopulation("\(folder)/spec.yaml")
  let ratios = try spec.map { try signalToNoiseRatios(folder, $0, rows: columns) } ?? [:]
  let rows = try manifest.parts.map { part in
    let name = "\(part.label)_\(part.split)"
    let images = try StoredImages(folder, part, of: manifest)
    let tiles = try (0..<min(columns, part.count)).map { row in
      let shape = manifest.imageShape
      let frames = Frames(
        bandCount: shape[0], width: shape[2], height: shape[1], pixels: try images.read(at: row))
      return ContactSheet.Tile(image: frames.sum, caption: ratios["\(name)/\(row)"] ?? "")
    }
    return ContactSheet.Row(title: "\(part.label), \(part.split): \(counted(part.count))", tiles: tiles)
  }
  return ContactSheet(title: "\(manifest.model), seed \(manifest.seed)\(spec?.bandInTitle ?? "")", rows: rows)
}

/// Captions by part and row, from the samples table.
private func signalToNoiseRatios(
  _ folder: String, _ spec: PopulationSpec, rows: Int
) throws -> [String: String] {
  let table = try CSVTableReader("\(folder)/samples.csv")
  let column = "signal_to_noise_peak" + spec.instrument.bandSuffixes[spec.bandOfRatio]
  guard let ratio = table.heading.firstIndex(of: column), table.heading.count > 3 else { return [:] }
  var captions: [String: String] = [:]
  while let cells = try table.next() {
    guard let row = Int(cells[3]), row < rows else { continue }
    captions["\(cells[1])_\(cells[2])/\(row)"] = caption(
      index: cells[0], ratio: Double(cells[ratio]))
  }
  return captions
}

/// Some samples of each class of a population, rendered on the spot.
func contactSheet(of plan: PopulationPlan, columns: Int) throws -> ContactSheet {
  let workspace = try plan.makeWorkspace()
  let classes = plan.classes
  let rows = try classes.enumerated().map { position, label in
    let tiles = try (0..<columns).map { column in
      let sample = try plan.sample(plan.index(of: column, ofClass: position), workspace: workspace)
      let ratio = sample.observation.signalToNoise[plan.spec.bandOfRatio].peak
      return ContactSheet.Tile(
        image: sample.observation.image.sum,
        caption: caption(
          index: "\(sample.drawn.index)", ratio: ratio))
    }
    return ContactSheet.Row(title: label, tiles: tiles)
  }
  return ContactSheet(title: "\(plan.spec.name), seed \(plan.seed)\(plan.spec.bandInTitle)", rows: rows)
}

private func caption(index: String, ratio: Double?) -> String {
  guard let ratio else { return "#\(index)" }
  return "#\(index) S/N \(Int(ratio.rounded()))"
}

extension PopulationSpec {
  /// What a title adds of the ratios below it, of a camera with bands.
  fileprivate var bandInTitle: String {
    instrument.bands.names.isEmpty ? "" : ", S/N in \(instrument.bands.names[bandOfRatio])"
  }
}

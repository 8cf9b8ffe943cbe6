import ArgumentParser
import SwiftLensing

struct PreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Draws a contact sheet: the first images of each class, four side by side.",
    discussion: "Shows a dataset's first images, or, for a preset or spec file, renders some on the spot.")

  @Argument(help: "A dataset's folder, a preset, or a spec file.")
  var subject: String

  @Option(help: "Images per class.")
  var columns = 8

  @Option(parsing: .unconditional, help: "Random seed when a spec is rendered.")
  var seed: UInt64 = 1

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Change a key of the spec.", valueName: "key=value"))
  var settings: [String] = []

  @Option(name: .shortAndLong, help: "PNG file (default: preview.png in the dataset, or NAME-preview.png).")
  var output: String?

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
      let sheet =
        isDataset
        ? try contactSheet(ofDataset: subject, columns: columns)
        : try contactSheet(
          of: try PopulationPlan(
            try loadPopulation(subject, settings: settings), seed: seed, readImage: readKernel),
          columns: columns)
      if let output, !output.hasSuffix(".png") {
        throw SpecError(keyPath: "--output", value: "'\(output)'", requirement: "must end in .png")
      }
      let path = output ?? (isDataset ? "\(subject)/preview.png" : "\(sheet.name)-preview.png")
      let canvas = sheet.page.draw()
      try writePNG(width: canvas.width, height: canvas.height, rgb: canvas.bytes, to: path)
      print(path)
    }
  }
}

/// A contact sheet and the name of what it shows.
struct NamedSheet {
  let name: String
  let page: ContactSheet
}

/// The first images of each class of a dataset on the disk.
func contactSheet(ofDataset folder: String, columns: Int) throws -> NamedSheet {
  let manifest = try Manifest(ofDataset: folder)
  let ratios = try signalToNoiseRatios(folder, rows: columns)
  let rows = try manifest.parts.map { part in
    let name = "\(part.label)_\(part.split)"
    let array = try NpySliceReader("\(folder)/\(name).npy")
    let tiles = try (0..<min(columns, part.count)).map { row in
      let image = Image(
        width: manifest.imageShape[2], height: manifest.imageShape[1], pixels: try array.read(at: row))
      return ContactSheet.Tile(image: image, caption: ratios["\(name)/\(row)"] ?? "")
    }
    return ContactSheet.Row(title: "\(part.label), \(part.split): \(part.count) images", tiles: tiles)
  }
  return NamedSheet(
    name: manifest.model, page: ContactSheet(title: "\(manifest.model), seed \(manifest.seed)", rows: rows))
}

/// Captions by part and row, from the samples table.
private func signalToNoiseRatios(_ folder: String, rows: Int) throws -> [String: String] {
  let table = try CSVTableReader("\(folder)/samples.csv")
  guard let ratio = table.heading.firstIndex(of: "signal_to_noise_peak"), table.heading.count > 3 else {
    return [:]
  }
  var captions: [String: String] = [:]
  while let cells = try table.next() {
    guard let row = Int(cells[3]), row < rows else { continue }
    captions["\(cells[1])_\(cells[2])/\(row)"] = caption(index: cells[0], ratio: Double(cells[ratio]))
  }
  return captions
}

/// Some samples of each class of a population, rendered on the spot.
func contactSheet(of plan: PopulationPlan, columns: Int) throws -> NamedSheet {
  let workspace = try plan.makeWorkspace()
  let classes = plan.spec.classes
  let rows = try classes.enumerated().map { position, label in
    let tiles = try (0..<columns).map { column in
      let sample = try plan.sample(column * classes.count + position, workspace: workspace)
      let ratio = sample.observation.signalToNoise.peak
      return ContactSheet.Tile(
        image: sample.observation.image, caption: caption(index: "\(sample.drawn.index)", ratio: ratio))
    }
    return ContactSheet.Row(title: label.rawValue, tiles: tiles)
  }
  return NamedSheet(
    name: plan.spec.name, page: ContactSheet(title: "\(plan.spec.name), seed \(plan.seed)", rows: rows))
}

private func caption(index: String, ratio: Double?) -> String {
  guard let ratio else { return "#\(index)" }
  return "#\(index) S/N \(Int(ratio.rounded()))"
}

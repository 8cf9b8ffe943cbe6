import ArgumentParser
import FileFormats
import Foundation
import Learning
import Tensors

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Judges a trained network on a split of a dataset.",
    discussion: """
      Prints the area under the curve of images with substructure against those without, with a 95 per cent interval, and \
      what else the network can be asked; all of it goes to evaluation.json in the network's folder.
      """)

  @Argument(help: "A dataset of `lensing generate`.")
  var dataset: String

  @Argument(help: "A folder of `lensing-learn train`.")
  var folder: String

  @Option(help: "train, validation or test.")
  var split = "test"

  @OptionGroup var device: DeviceOptions

  func run() throws {
    try reportingErrors {
      let place = try device.prepare()
      let images = try ImageSet(dataset: dataset, split: split)
      let path = "\(folder)/\(Trainer.weightsName)"
      let (kind, model) = try Trainer.trained(path, images: images, device: place)
      let evaluation = try Evaluation(kind, model, images, from: "\(dataset), \(split)", device: place)
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try writeFileAtomically(Array(try encoder.encode(evaluation)) + [0x0A], to: "\(folder)/evaluation.json")
      show(evaluation)
    }
  }

  private func show(_ result: Evaluation) {
    func rounded(_ value: Double) -> String { String((value * 1e4).rounded() / 1e4) }
    print("\(result.network.rawValue) on \(result.images) images of split \(split)")
    print(
      "area under the curve, substructure or none: \(rounded(result.area)) "
        + "(95 per cent: \(rounded(result.areaInterval[0])) to \(rounded(result.areaInterval[1])))")
    if let accuracy = result.accuracy { print("accuracy: \(rounded(accuracy))") }
    if let error = result.calibrationError { print("calibration error: \(rounded(error))") }
    if let matrix = result.confusion {
      print("confusion (rows: truth, columns: network): \(result.classes.joined(separator: ", "))")
      for (name, row) in zip(result.classes, matrix.counts) {
        print("  \(name): \(row.map { String($0) }.joined(separator: " "))")
      }
    }
    for (title, values) in [
      ("reconstruction loss", result.reconstructionLoss),
      ("Wasserstein distance, column sums", result.columnSumDistance),
      ("Wasserstein distance, pixels", result.pixelDistance),
    ] {
      guard let values else { continue }
      print(
        "\(title): "
          + values.sorted { $0.key < $1.key }.map { "\($0.key) \(Float($0.value))" }.joined(separator: ", "))
    }
  }
}

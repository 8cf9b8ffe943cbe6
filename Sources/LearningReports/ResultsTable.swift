import Charts
import FileFormats
import Foundation
import Learning
import LensCore

/// Trainings beside each other: what was trained on what, how many images it saw, and how it was judged.
package struct ResultsTable {
  private let rows: [[String]]

  private static let columns = [
    "training", "network", "population", "pairs", "images seen", "area", "95 per cent", "vortex", "spherical",
    "accuracy",
    "possible, spherical", "published area",
  ]

  /// - Parameter folders: Of trainings that were judged.
  /// - Throws: `FileError` for a folder that holds none.
  package init(_ folders: [String]) throws { rows = try folders.map(Self.row) }

  private static func row(_ folder: String) throws -> [String] {
    let path = "\(folder)/\(EvaluationReport.numbersName)"
    guard fileExists(path) else {
      throw FileError(path: path, reason: "is not there: evaluate the network first")
    }
    guard let evaluation = try? decoded(Evaluation.self, readFile(path)) else {
      throw FileError(path: path, reason: "is no evaluation")
    }
    let recipe = try Recipe.load("\(folder)/\(Recipe.name)")
    let seen = try TrainingLog.read(from: folder).last?.images
    let population = recipe.populations.last?.population ?? evaluation.imagesFrom
    func optional(_ value: Double?, _ digits: Int) -> String { value.map { rounded($0, digits) } ?? "" }
    let name = URL(filePath: folder).lastPathComponent
    return [
      name, evaluation.network, population,
      recipe.training.pairs.map { specNumber($0) }.joined(separator: " to "),
      seen.map { "\($0)" } ?? "", rounded(evaluation.area, 4),
      "\(rounded(evaluation.areaInterval[0], 4)) to \(rounded(evaluation.areaInterval[1], 4))",
      optional(evaluation.areaByClass["vortex"], 4), optional(evaluation.areaByClass["spherical"], 4),
      optional(evaluation.accuracy, 3), optional(evaluation.areaBoundProjected?["spherical"], 4),
      optional(PublishedResult.area(of: evaluation.network, on: population), 4),
    ]
  }

  package var markdown: String {
    ([Self.columns, Self.columns.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |\n" }
      .joined()
  }
}

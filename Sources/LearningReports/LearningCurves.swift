import Charts
import FileFormats
import Foundation
import Learning
import LensCore

/// How the areas of several trainings grew with the images that they saw, in one picture.
package struct LearningCurves {
  private let figure: CurveFigure

  /// - Parameters:
  ///   - folders: Of trainings of classifiers, of at least one epoch.
  ///   - kind: Of the class against images without substructure; nil for any substructure.
  /// - Throws: `FileError` for a folder that holds none.
  package init(_ folders: [String], of kind: String? = nil) throws {
    let curves = try folders.map { folder in
      let points = EvaluationFigures.areas(try TrainingLog.read(from: folder), of: kind)
      guard !points.isEmpty else {
        throw FileError(
          path: folder,
          reason: "holds no training of a classifier with areas" + (kind.map { " of class '\($0)'" } ?? ""))
      }
      return CurveFigure.Curve(URL(filePath: folder).lastPathComponent, points)
    }
    let name = kind ?? Evaluation.anyClass
    figure = EvaluationFigures.learning(
      "Area against images seen: \(name)", curves,
      published: kind == nil ? try Self.guides(folders) : [])
  }

  /// Published areas, if all were trained on one population.
  private static func guides(_ folders: [String]) throws -> [(name: String, area: Double)] {
    let populations = Set(
      try folders.map { try Recipe.load("\($0)/\(Recipe.name)").populations.last?.population })
    guard populations.count == 1, case let population?? = populations.first else { return [] }
    return PublishedResult.guides(population)
  }

  /// Draws to an SVG file.
  ///
  /// - Throws: `FileError` if gnuplot is not there or fails, or the file cannot be written.
  package func write(to path: String) throws { try figure.write(to: path) }
}

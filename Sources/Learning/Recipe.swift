import Dataset
import FileFormats
import LensCore
import Populations

/// A population that a training sees for some epochs.
package struct CurriculumStage: SpecFields, Equatable {
  /// A preset or a file.
  package var population = ""
  /// `key=value` changes of it.
  package var settings: [String] = []
  /// Nil for all that are left: only at the last stage.
  package var epochs: Int?

  package init() {}

  package init(_ population: String, settings: [String] = [], epochs: Int? = nil) {
    (self.population, self.settings, self.epochs) = (population, settings, epochs)
  }

  package mutating func visit(_ visitor: SpecVisitor) {
    visitor.text("population", &population)
    visitor.check(!population.isEmpty, "population", given: "nothing", "must be a preset or a file")
    var list = settings.map(SettingText.init)
    visitor.convertibles("set", &list)
    settings = list.map(\.text)
    visitor.integer("epochs", &epochs, 1...100_000)
  }
}

/// A `key=value` in a document.
private struct SettingText: SpecConvertible {
  let text: String

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> SettingText? {
    guard case .scalar(let text) = value, text.contains("=") else {
      visitor.fail("", given: value.summary, "must be key=value")
      return nil
    }
    return SettingText(text: text)
  }

  func written() -> SpecValue { .scalar(text) }
}

/// A training with all that it needs: one document, which is kept beside the weights.
package struct Recipe: SpecFields, Equatable {
  package var training = TrainingSpec()
  /// One after the other; none for images of a dataset.
  package var populations: [CurriculumStage] = []
  /// Simulated images per class and epoch.
  package var count = 1000
  /// Simulated images per class for validation; nil for a tenth of `count`.
  package var validationCount: Int?

  /// Of the file beside the weights.
  package static let name = "recipe.yaml"

  package init() {}

  package mutating func visit(_ visitor: SpecVisitor) {
    training.visit(visitor)
    visitor.objects("populations", &populations)
    visitor.integer("count", &count, 1...100_000_000)
    visitor.integer("validation_count", &validationCount, 2...100_000_000)
    for (number, stage) in populations.enumerated() {
      let isLast = number == populations.count - 1
      visitor.check(
        isLast == (stage.epochs == nil), "populations.\(number).epochs",
        given: stage.epochs.map { "\($0)" } ?? "nothing",
        isLast ? "must be left out: the last population has all epochs that are left" : "must be given")
    }
    let before = populations.compactMap(\.epochs).reduce(0, +)
    visitor.check(
      before < training.epochs, "epochs", given: "\(training.epochs)",
      "must be more than the \(before) of all populations but the last")
  }

  /// Validation images per class.
  package var validation: Int { validationCount ?? max(2, count / 10) }

  /// Reads a recipe that comes with the program, or a YAML file.
  ///
  /// - Parameter changes: Keys and values in their places.
  /// - Throws: `SpecErrors`, or `FileError` for a file that cannot be read.
  package static func load(_ source: String?, changes: [(key: String, value: String)] = []) throws -> Recipe {
    var document = SpecValue.map([])
    if let source {
      let text = try Preset.trainings.first { $0.name == source }?.yaml ?? readGiven(source)
      document = try parseYAML(text, path: source)
    }
    for (key, value) in changes {
      try document.set(key.split(separator: "."), to: parseYAML(value, path: key))
    }
    return try SpecVisitor.read(Recipe.self, from: document)
  }

  private static func readGiven(_ source: String) throws -> String {
    let own = try OwnProfile.all()
    let path = own.first { $0.name == source }?.path ?? source
    guard fileExists(path) else {
      let names = try Preset.trainings.map(\.name) + own.filter { try $0.kind == .training }.map(\.name)
      throw SpecError(
        keyPath: "recipe", value: "'\(source)'",
        requirement: "there is no such recipe and no such file; "
          + suggestion(for: source, among: names))
    }
    return try readText(path)
  }

  package func write(to folder: String) throws {
    try writeFileAtomically(Array(writeYAML(SpecVisitor.write(self)).utf8), to: "\(folder)/\(Self.name)")
  }
}

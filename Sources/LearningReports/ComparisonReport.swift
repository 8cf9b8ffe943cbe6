import Charts
import FileFormats
import Learning

/// The table of a comparison with the published values beside ours: Markdown, JSON and a page.
struct ComparisonReport {
  let spec: ComparisonSpec
  let populations: [ComparisonPopulation]
  let results: [Comparison.Result]

  private static let columns = [
    "network", "population", "area under the curve", "95 per cent", "published area", "vortex", "spherical",
    "accuracy", "Wasserstein distance", "published distance",
  ]

  func write(to folder: String) throws {
    try writeFileAtomically(try jsonBytes(results), to: "\(folder)/comparison.json")
    try writeFileAtomically(Array(markdown.utf8), to: "\(folder)/comparison.md")
    var page = Page(title: "Networks compared on \(names.joined(separator: " and "))")
    page.paragraph(explanation)
    page.table(Self.columns, rows)
    for model in names {
      let figure = EvaluationFigures.rates(
        model, results.filter { $0.model == model }.map(\.evaluation))
      try figure.write(to: "\(folder)/\(model)-roc.svg")
      page.picture("\(model)-roc.svg", "Receiver operating characteristics on \(model)")
    }
    page.heading("One by one")
    for result in results {
      let name = "\(result.model)-\(result.evaluation.network)"
      page.link("\(name)/\(EvaluationReport.pageName)", name)
    }
    try page.write(to: "\(folder)/\(EvaluationReport.pageName)")
  }

  private var names: [String] {
    results.reduce(into: []) { if !$0.contains($1.model) { $0.append($1.model) } }
  }

  private var rows: [[String]] {
    results.map { result in
      let ours = result.evaluation
      let (published, model) = (PublishedResult.of(ours.network), PublishedResult.model(result.model))
      func optional(_ value: Double?, _ digits: Int) -> String { value.map { rounded($0, digits) } ?? "" }
      return [
        ours.network, result.model, rounded(ours.area, 4),
        "\(rounded(ours.areaInterval[0], 3)) to \(rounded(ours.areaInterval[1], 3))",
        optional(published?.areas[model], 4), optional(ours.areaByClass["vortex"], 3),
        optional(ours.areaByClass["spherical"], 3), optional(ours.accuracy, 3),
        optional(ours.columnSumDistance?["no_sub"], 3),
        optional(published?.columnSumDistances[model], 3),
      ]
    }
  }

  private var explanation: String {
    """
    Areas under the curve of substructure against none, on \(spec.testCount) test images per class; vortex and spherical: \
    of that class against none. Wasserstein: the mean distance of the column sums of image and reconstruction, without \
    substructure. Trained on \(spec.count) new images per class and epoch, \(spec.epochs) epochs (classifiers, after \
    \(spec.easierSteps.count) times \(spec.easierEpochs) on easier populations) or \(spec.unsupervisedEpochs) (the others, on images without \
    substructure), \(seed), images of \(sizes). \(changes)Published: arXiv:1909.07346 and 2008.12731, on 25,000 \
    images per class of 150 x 150 pixels.
    """
  }

  private var seed: String { spec.seed.map { "seed \($0)" } ?? "seeds from the populations' names" }

  private var sizes: String {
    populations.map { "\($0.plan.spec.instrument.width) x \($0.plan.spec.instrument.height)" }
      .reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      .joined(separator: " and ") + " pixels"
  }

  private var changes: String {
    let easier = spec.easierSteps.map { $0.joined(separator: " ") }.joined(separator: ", then ")
    return (spec.settings.isEmpty ? "" : "Populations changed by \(spec.settings.joined(separator: " ")). ")
      + (easier.isEmpty ? "" : "Easier populations: \(easier). ")
  }

  private var markdown: String {
    func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |\n" }
    return line(Self.columns) + line(Self.columns.map { _ in "---" }) + rows.map(line).joined()
      + "\n\(explanation)\n"
  }
}

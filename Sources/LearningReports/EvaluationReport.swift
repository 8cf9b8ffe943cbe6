import Charts
import Dataset
import FileFormats
import Learning
import LensCore
import Pictures
import Tensors

/// Judges a network and writes what it finds into a folder.
///
/// | file | holds |
/// |---|---|
/// | `evaluation.json` | the numbers |
/// | `per_image.csv` | class and scores of every image |
/// | `reconstructions.npy` | (N, bands, height, width) float32, in the order of the images, which are between 0 and 1 |
/// | `index.html` | everything on a page, with the pictures beside it, if there is to be one |
package struct EvaluationReport {
  package static let pageName = "index.html"
  package static let numbersName = "evaluation.json"

  private let folder: String
  private let device: Device
  private let hasPage: Bool

  /// - Parameters:
  ///   - folder: Made if it is not there.
  ///   - hasPage: Numbers alone need no gnuplot.
  /// - Throws: `FileError` if the folder cannot be made, or there is no gnuplot.
  package init(folder: String, device: Device = .cpu, hasPage: Bool = true) throws {
    if hasPage { _ = try Gnuplot.version() }
    try createFolder(folder)
    (self.folder, self.device, self.hasPage) = (folder, device, hasPage)
  }

  /// - Parameters:
  ///   - source: Where the images are from, for the reader.
  ///   - history: Of the training; none is no curve of losses.
  ///   - population: Its name, beside whose published values the learning curve stands.
  ///   - bound: Of the images' population; nil leaves out what is possible.
  /// - Throws: `TrainingError` if the images cannot be judged, `FileError` if a file cannot be written.
  package func write(
    _ kind: NetworkKind, _ model: Model, _ images: ImageSet, from source: String, history: [EpochMetrics],
    bound: ForecastTable? = nil, population: String = ""
  ) throws -> Evaluation {
    let (judged, guesses) = try judge(model, images)
    var evaluation = try Evaluation(kind.rawValue, judged, of: images, from: source)
    if let bound { evaluation.setBounds(bound) }
    try write(evaluation, judged, images)
    guard hasPage else { return try withoutPage(evaluation) }
    var page = summary(of: evaluation)
    if let learning = EvaluationFigures.learning(history, published: PublishedResult.guides(population)) {
      try learning.write(to: "\(folder)/learning.svg")
      page.picture("learning.svg", "Area under the curve against images seen")
    }
    if !history.isEmpty {
      for loss in EvaluationFigures.losses(history, kind) {
        try loss.figure.write(to: "\(folder)/\(loss.name)")
        page.picture(loss.name, loss.description)
      }
    }
    try addCurves(to: &page, evaluation, judged, images)
    try addPictures(to: &page, model, judged, images, guesses)
    if let outline = try model.outline(
      channels: images.channels, width: images.width, height: images.height, device: device)
    {
      page.heading("The network, layer by layer")
      page.table(
        ["layer", "maps that leave it", "parameters"],
        outline.map { [$0.name, $0.shape, "\($0.parameters)"] })
    }
    try page.write(to: "\(folder)/\(Self.pageName)")
    return evaluation
  }

  /// The same for scores that something else than a network gave.
  package func write(_ name: String, _ judged: Judgement, _ images: ImageSet, from source: String) throws
    -> Evaluation
  {
    let evaluation = try Evaluation(name, judged, of: images, from: source)
    try write(evaluation, judged, images)
    guard hasPage else { return try withoutPage(evaluation) }
    var page = summary(of: evaluation)
    try addCurves(to: &page, evaluation, judged, images)
    try page.write(to: "\(folder)/\(Self.pageName)")
    return evaluation
  }

  /// One of before would tell other numbers.
  private func withoutPage(_ evaluation: Evaluation) throws -> Evaluation {
    let page = "\(folder)/\(Self.pageName)"
    if fileExists(page) { try removeFile(page) }
    return evaluation
  }

  /// Also keeps the reconstructions that are going to be shown.
  private func judge(_ model: Model, _ images: ImageSet) throws -> (Judgement, [Int: [Float]]) {
    guard model.reconstruct != nil else { return (try Judgement(model, images, device: device), [:]) }
    let shown = Set(EvaluationPictures.examples(images).joined())
    var guesses: [Int: [Float]] = [:]
    let judged = try replaceFile("\(folder)/reconstructions.npy") { path in
      let writer = try NpyWriter(
        creating: path, shape: [images.count, images.channels, images.height, images.width])
      let judged = try Judgement(model, images, device: device) { number, guess in
        try writer.write(guess, at: number)
        if shown.contains(number) { guesses[number] = guess }
      }
      try writer.close()
      return judged
    }
    return (judged, guesses)
  }

  private func write(_ evaluation: Evaluation, _ judged: Judgement, _ images: ImageSet) throws {
    try writeFileAtomically(try jsonBytes(evaluation), to: "\(folder)/\(Self.numbersName)")
    let columns = perImageColumns(judged, images)
    try replaceFile("\(folder)/per_image.csv") { path in
      let table = try CSVTableWriter(
        creating: path,
        columns: [
          TableColumn(name: "image", kind: .integer, description: "number, from 0"),
          TableColumn(name: "class", kind: .text(width: 20), description: "true class"),
        ] + columns.map { TableColumn(name: $0.name, kind: .real, description: "") })
      try table.append(
        images.labels.enumerated().map { number, label in
          [.integer(number), .text(images.classes[label])] + columns.map { .real($0.value(number)) }
        })
      try table.close()
    }
  }

  private func perImageColumns(_ judged: Judgement, _ images: ImageSet) -> [(
    name: String, value: (Int) -> Double
  )] {
    var columns: [(name: String, value: (Int) -> Double)] = []
    if !judged.probabilities.isEmpty {
      for (label, name) in images.classes.enumerated() {
        columns.append(("probability_\(name)", { judged.probabilities[$0][label] }))
      }
    } else if !judged.columnSumDistances.isEmpty {
      columns = [
        ("reconstruction_loss", { judged.scores[$0] }),
        ("wasserstein_column_sums", { judged.columnSumDistances[$0] }),
        ("wasserstein_pixels", { judged.pixelDistances[$0] }),
      ]
    } else {
      columns = [("score", { judged.scores[$0] })]
    }
    return columns
  }

  // MARK: Page

  private func summary(of evaluation: Evaluation) -> Page {
    var page = Page(title: "\(evaluation.network) on \(evaluation.imagesFrom)")
    page.table(["measure", "value"], evaluation.rows)
    return page
  }

  private func addCurves(
    to page: inout Page, _ evaluation: Evaluation, _ judged: Judgement, _ images: ImageSet
  ) throws {
    try EvaluationFigures.rates("Substructure or none", [evaluation]).write(to: "\(folder)/roc.svg")
    page.picture("roc.svg", "Receiver operating characteristic")
    try EvaluationFigures.scores(judged, images).write(to: "\(folder)/scores.svg")
    page.picture("scores.svg", "Scores by class")
    if let matrix = EvaluationFigures.confusion(evaluation) {
      try matrix.write(to: "\(folder)/confusion.svg")
      page.picture("confusion.svg", "Confusion matrix")
    }
    if let figure = EvaluationFigures.calibration(evaluation) {
      try figure.write(to: "\(folder)/calibration.svg")
      page.picture("calibration.svg", "Calibration")
    }
  }

  private func addPictures(
    to page: inout Page, _ model: Model, _ judged: Judgement, _ images: ImageSet, _ guesses: [Int: [Float]]
  ) throws {
    func add(_ canvas: Canvas, _ name: String, _ title: String) throws {
      try writePNG(
        width: canvas.width, height: canvas.height, rgb: canvas.bytes, to: "\(folder)/\(name)")
      page.heading(title)
      page.picture(name, title)
    }
    if !guesses.isEmpty {
      try add(
        EvaluationPictures.reconstructions(images, guesses, judged.scores), "reconstructions.png",
        "Reconstructions")
    }
    if !judged.probabilities.isEmpty {
      try add(
        EvaluationPictures.extremes(images, judged), "extremes.png", "Worst and best images")
    }
    if let canvas = try EvaluationPictures.activationMaps(model, images, judged, device) {
      try add(canvas, "activation_maps.png", "Activation maps")
    }
  }
}

extension Evaluation {
  /// Name and value of everything, for a reader.
  package var rows: [[String]] {
    let interval = "95 per cent: \(rounded(areaInterval[0], 4)) to \(rounded(areaInterval[1], 4))"
    var rows = [
      ["images", "\(images)"],
      [
        "area under the curve, substructure or none",
        "\(rounded(area, 4)) (\(interval)\(boundText(Self.anyClass).map { "; \($0)" } ?? ""))",
      ],
    ]
    for (name, area) in areaByClass.sorted(by: { $0.key < $1.key }) {
      let bound = boundText(name).map { " (\($0))" } ?? ""
      rows.append(["area under the curve, \(name) or none", rounded(area, 4) + bound])
    }
    if let accuracy { rows.append(["accuracy", rounded(accuracy, 4)]) }
    if let calibrationError { rows.append(["calibration error", rounded(calibrationError, 4)]) }
    for (title, values) in [
      ("reconstruction loss", reconstructionLoss),
      ("Wasserstein distance, column sums", columnSumDistance),
      ("Wasserstein distance, pixels", pixelDistance),
    ] {
      for (name, value) in (values ?? [:]).sorted(by: { $0.key < $1.key }) {
        rows.append(["\(title), \(name)", "\(Float(value))"])
      }
    }
    return rows
  }

  /// What is possible at all.
  private func boundText(_ name: String) -> String? {
    guard let known = areaBoundKnown?[name], let projected = areaBoundProjected?[name] else { return nil }
    return
      "possible: at most \(rounded(known, 4)), \(rounded(projected, 4)) if lens and source are told from the image"
  }
}

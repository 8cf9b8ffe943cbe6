import Charts
import Learning

/// The curves of an evaluation.
enum EvaluationFigures {
  struct LossFigure {
    let name: String
    let description: String
    let figure: CurveFigure
  }

  /// One, or, where training and validation losses are different quantities, two.
  static func losses(_ history: [EpochMetrics], _ kind: NetworkKind) -> [LossFigure] {
    let training = CurveFigure.Curve("training", history.map { (Double($0.epoch), $0.trainingLoss) })
    let validation = CurveFigure.Curve("validation", history.map { (Double($0.epoch), $0.validationLoss) })
    func figure(_ name: String, _ quantity: String, _ curves: [CurveFigure.Curve]) -> LossFigure {
      let title = quantity.prefix(1).uppercased() + quantity.dropFirst()
      var figure = CurveFigure("\(title) of \(kind.rawValue)", x: "epoch", y: quantity, curves)
      (figure.hasDots, figure.hasWholeX) = (true, true)
      return LossFigure(name: name, description: "\(title) by epoch", figure: figure)
    }
    guard let names = kind.differentLosses else {
      return [figure("losses.svg", "loss", [training, validation])]
    }
    return [
      figure("training_losses.svg", names.training, [training]),
      figure("validation_losses.svg", names.validation, [validation]),
    ]
  }

  /// The areas on the validation images against how many training images were seen; nil without at least one epoch of a
  /// classifier.
  ///
  /// - Parameter published: Values to compare with, by name.
  static func learning(_ history: [EpochMetrics], published: [(name: String, area: Double)]) -> CurveFigure? {
    let any = areas(history, of: nil)
    if any.isEmpty { return nil }
    let classes = (history.last?.areaByClass ?? [:]).keys.sorted()
    let curves =
      [CurveFigure.Curve(Evaluation.anyClass, any)]
      + (classes.count > 1 ? classes.map { CurveFigure.Curve($0, areas(history, of: $0)) } : [])
    return learning("Area against images seen", curves, published: published)
  }

  /// Thousands of images and the area of a class against none, or of any; of epochs that have it.
  static func areas(_ history: [EpochMetrics], of kind: String?) -> [(x: Double, y: Double)] {
    history.compactMap { epoch in
      let area = if let kind { epoch.areaByClass?[kind] } else { epoch.area }
      guard let images = epoch.images, let area else { return nil }
      return (Double(images) / 1000, area)
    }
  }

  /// - Parameter curves: Along x thousands of images.
  static func learning(
    _ title: String, _ curves: [CurveFigure.Curve], published: [(name: String, area: Double)]
  ) -> CurveFigure {
    let end = curves.flatMap(\.points).map(\.x).max() ?? 0
    let guides = published.map { name, area in
      CurveFigure.Curve("\(name) \(rounded(area, 4))", [(0, area), (end, area)], isGuide: true)
    }
    var figure = CurveFigure(
      title, x: "thousands of training images", y: "area under the curve", curves + guides)
    // Where scores are close to 1, or the published ones are, a plain axis shows a corner.
    figure.isNearOne = figure.curves.contains { $0.points.contains { $0.y > 0.97 } }
    figure.hasDots = true
    return figure
  }

  /// Of several evaluations, with the line of guessing.
  static func rates(_ title: String, _ evaluations: [Evaluation]) -> CurveFigure {
    var figure = CurveFigure(
      title, x: "part of images without substructure taken for such with it", y: "part of substructure found",
      evaluations.map { evaluation in
        .init("\(evaluation.network) \(rounded(evaluation.area, 3))", thinned(evaluation))
      } + [.init("", [(0, 0), (1, 1)], isGuide: true)])
    figure.isUnitSquare = true
    return figure
  }

  /// Corners of the curve at least 1/200 apart: what an eye can see.
  private static func thinned(_ evaluation: Evaluation) -> [(x: Double, y: Double)] {
    let points = Array(zip(evaluation.falsePositiveRates, evaluation.truePositiveRates))
    var kept: [(x: Double, y: Double)] = []
    for (number, point) in points.enumerated() {
      let isFar = kept.last.map { point.0 - $0.x + point.1 - $0.y >= 0.005 } ?? true
      if isFar || number == points.count - 1 { kept.append((point.0, point.1)) }
    }
    return kept
  }

  /// Histograms of the scores, a curve per class.
  static func scores(_ judged: Judgement, _ images: ImageSet) -> CurveFigure {
    let (title, label) =
      !judged.probabilities.isEmpty
      ? ("Probability of substructure by class", "probability of any substructure")
      : !judged.columnSumDistances.isEmpty
        ? ("Reconstruction loss by class", "mean squared error (up to the 99th of 100 images)")
        : ("Score by class", "score (up to the 99th of 100 images)")
    let sorted = judged.scores.sorted()
    // The last percent would squeeze the rest of a distribution of losses.
    let isProbability = !judged.probabilities.isEmpty
    let (low, high) =
      isProbability ? (0, 1) : (sorted[0], sorted[min(sorted.count - 1, sorted.count * 99 / 100)])
    let curves = images.classes.enumerated().map { label, name in
      let own = zip(judged.scores, images.labels).filter { $1 == label && $0 <= high }.map(\.0)
      let histogram = Histogram(own, rangeOf: [low, high], bins: 40, rounding: 1e-6)
      return CurveFigure.Curve(
        name, zip(histogram.centers, histogram.counts.map { Double($0) }).map { ($0, $1) })
    }
    var figure = CurveFigure(title, x: label, y: "images", curves)
    figure.hasSteps = true
    return figure
  }

  /// Accuracy by confidence, with the line of a classifier that is as sure as it should be.
  static func calibration(_ evaluation: Evaluation) -> CurveFigure? {
    evaluation.calibration.map { bins in
      var figure = CurveFigure(
        "Calibration of \(evaluation.network)", x: "probability of the class that it chose",
        y: "part that it got right",
        [
          .init("", bins.map { ($0.confidence, $0.accuracy) }),
          .init("", [(0, 0), (1, 1)], isGuide: true),
        ])
      (figure.isUnitSquare, figure.hasDots) = (true, true)
      return figure
    }
  }

  static func confusion(_ evaluation: Evaluation) -> MatrixFigure? {
    evaluation.confusion.map {
      MatrixFigure(title: "Confusion of \(evaluation.network)", counts: $0.counts, names: evaluation.classes)
    }
  }
}

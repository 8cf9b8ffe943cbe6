/// What the papers found, to stand beside what is found here.
///
/// Reference: Alexander et al. (2020), ApJ 893, 15 (arXiv:1909.07346) for the classifiers, Alexander et al. (2020),
/// arXiv:2008.12731, for the others; ResNet-18 on Model B from the repetition of 2021, C8 from the equivariant study of 2023. As the
/// literature restates them.
struct PublishedResult {
  let network: String
  /// Areas under the curve of Models A and B.
  let areas: [String: Double]
  /// Mean Wasserstein distances of the column sums of images without substructure.
  let columnSumDistances: [String: Double]

  private init(_ network: String, _ a: Double?, _ b: Double?, distances: (Double, Double)? = nil) {
    self.network = network
    areas = ["model-a": a, "model-b": b].compactMapValues { $0 }
    columnSumDistances = distances.map { ["model-a": $0.0, "model-b": $0.1] } ?? [:]
  }

  private static let all = [
    PublishedResult("resnet18", 0.99637, 0.9848),
    PublishedResult("published_c8", 0.9984, 0.9950),
    PublishedResult("alexnet", 0.98931, nil),
    PublishedResult("adversarial", 0.93207, 0.76943, distances: (0.221, 0.156)),
    PublishedResult("variational", 0.89910, 0.73545, distances: (0.225, 0.166)),
    PublishedResult("autoencoder", 0.73034, 0.66992, distances: (0.266, 0.237)),
    PublishedResult(Comparison.oneClassName, 0.54482, 0.52221),
    PublishedResult("boltzmann", 0.51054, 0.50870, distances: (1.271, 1.258)),
  ]

  /// Areas that stand beside the learning curve of images as they were released: of the first network and of the best.
  static func guides(_ population: String) -> [(name: String, area: Double)] {
    [("ResNet-18", "resnet18"), ("C8", "published_c8")].compactMap { name, network in
      area(of: network, on: population).map { ("\(name), published", $0) }
    }
  }

  /// Of a network on images as they were released; nil on others, for which nothing is published.
  static func area(of network: String, on population: String) -> Double? {
    let suffix = "-released"
    guard population.hasSuffix(suffix) else { return nil }
    return of(network)?.areas[String(population.dropLast(suffix.count))]
  }

  static func of(_ network: String) -> PublishedResult? { all.first { $0.network == network } }
}

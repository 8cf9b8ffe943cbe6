import Dataset
import FileFormats
import LensCore

/// What the papers found, to stand beside what is found here: the numbers of `Profiles/published.yaml`.
struct PublishedResult {
  let network: String
  /// Areas under the curve of Models A and B.
  let areas: [String: Double]
  /// Mean Wasserstein distances of the column sums of images without substructure.
  let columnSumDistances: [String: Double]

  private init(_ entry: SpecValue.Entry) {
    network = entry.key
    func numbers(_ key: String) -> [String: Double] {
      var found: [String: Double] = [:]
      for model in entry.value.givenEntries ?? [] {
        if case .scalar(let text)? = model.value[key] { found[model.key] = Double(text) }
      }
      return found
    }
    (areas, columnSumDistances) = (numbers("area"), numbers("column_sum_distance"))
  }

  private static let all: [PublishedResult] = {
    let document = Preset.published.flatMap { try? parseYAML($0.yaml, path: $0.name) }
    return (document?["published"]?.givenEntries ?? []).map { PublishedResult($0) }
  }()

  /// Areas that stand beside the learning curve of images as they were released: of the first network and of the best.
  static func guides(_ population: String) -> [(name: String, area: Double)] {
    [("ResNet-18", "resnet18"), ("C8", "published_c8")].compactMap { name, network in
      area(of: network, on: population).map { ("\(name), published", $0) }
    }
  }

  private static let released = "-released"

  /// Of a network on images as they were released; nil on others, for which nothing is published.
  static func area(of network: String, on population: String) -> Double? {
    population.hasSuffix(released) ? of(network)?.areas[model(population)] : nil
  }

  /// The model that a population is a version of.
  static func model(_ population: String) -> String {
    population.hasSuffix(released) ? String(population.dropLast(released.count)) : population
  }

  static func of(_ network: String) -> PublishedResult? { all.first { $0.network == network } }
}

import FileFormats
import LensCore
import Populations

/// Which file holds which sample: one array per class and split, in the order of the index.
package struct DatasetLayout: Sendable {
  package struct Part: Hashable, Sendable {
    package let label: String
    package let split: Split

    /// File name without its ending, for instance `vortex_train`.
    package var name: String { "\(label)_\(split.rawValue)" }
  }

  /// The parts that have samples, in a fixed order, with their sizes.
  let parts: [(part: Part, count: Int)]
  /// Indices of the samples.
  let samples: Range<Int>

  init(_ plan: PopulationPlan, samples: Range<Int>) {
    self.samples = samples
    let counts = Self.counts(plan, samples)
    parts = plan.classes.flatMap { label in
      Split.allCases.compactMap { split in
        let part = Part(label: label, split: split)
        return counts[part].map { (part, $0) }
      }
    }
  }

  /// How many of some samples each part has.
  static func counts(_ plan: PopulationPlan, _ samples: Range<Int>) -> [Part: Int] {
    var counts: [Part: Int] = [:]
    for index in samples {
      counts[Part(label: plan.label(of: index), split: plan.split(of: index)), default: 0] += 1
    }
    return counts
  }
}

/// Paths of one dataset while it is made and when it is whole.
struct DatasetPaths: Sendable {
  /// The folder of the whole dataset, without a slash at its end.
  let output: String

  init(_ output: String) {
    var path = output[...]
    while path.count > 1 && path.hasSuffix("/") { path.removeLast() }
    self.output = String(path)
  }

  /// Where the dataset grows; it gets its final name only when it is whole.
  var partial: String { output + ".partial" }
  /// Where a dataset that is being replaced waits to be removed.
  var retired: String { output + ".replaced" }
  var journal: String { "\(partial)/\(Self.journalName)" }
  static let journalName = "journal.json"
  static let manifestName = "manifest.json"
  static let specName = "spec.yaml"
}

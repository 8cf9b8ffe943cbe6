import FileFormats
import LensCore
import Tensors

/// What a training is, apart from the images.
package struct TrainingSpec: SpecFields, Codable, Equatable {
  package enum Method: String, CaseIterable, Sendable, Codable {
    case adam
    /// With weight decay apart from the gradient.
    case adamW = "adamw"
    case rootMeanSquare = "rmsprop"
    case gradientDescent = "sgd"

    var method: OptimizationMethod {
      switch self {
      case .adam: .adam()
      case .adamW: .adamW()
      case .rootMeanSquare: .rootMeanSquare()
      case .gradientDescent: .gradientDescent(momentum: 0.9)
      }
    }
  }

  package var network = NetworkKind.resnet18
  package var preparation = Preparation()
  package var epochs = 10
  package var batchSize = 64
  /// Batches whose gradients make one step.
  package var accumulate = 1
  package var optimizer = Method.adam
  package var rate = 1e-3
  package var weightDecay = 1e-5
  package var schedule = Schedule.oneCycle
  /// Part of the steps in which the rate rises; nil for the schedule's own.
  package var warmUp: Double?
  /// Of the running average of the weights, per step, which is what is judged and kept; 0 for none.
  package var average = 0.0
  /// Epochs without a better validation loss after which training ends; 0 for never.
  package var patience = 0
  package var augment = Augmentation.Kind.symmetriesAndShifts
  /// Parts of the batches, at the first and at the last step, that are matched tuples: all classes of one sky and one
  /// noise. Between them the part changes linearly. Only for images that are simulated.
  package var pairs = [0.0, 0.0]
  /// Weight of the ranking loss of matched tuples; see `RankingLoss`.
  package var ranking = 0.0
  /// Normalizes over parts of a batch of which none holds two images of a tuple.
  package var ghostBatches = false
  /// Weight of the loss of a second head that learns what the substructure changes; see `DenseHead`.
  package var dense = 0.0
  /// Where all random numbers come from; nil for images from the seeds that follow from the populations' names, and
  /// everything else from 0.
  package var seed: UInt64?

  package init() {}

  package mutating func visit(_ visitor: SpecVisitor) {
    visitor.choice("network", &network)
    visitor.object("preparation", &preparation)
    visitor.integer("epochs", &epochs, 1...100_000)
    visitor.integer("batch", &batchSize, 2...65_536)
    visitor.integer("accumulate", &accumulate, 1...65_536)
    visitor.choice("optimizer", &optimizer)
    visitor.number("rate", &rate, SpecRange.above(0, upTo: 1000))
    visitor.number("weight_decay", &weightDecay, SpecRange(0...10))
    visitor.choice("schedule", &schedule)
    visitor.number("warm_up", &warmUp, SpecRange(0...1))
    visitor.number("average", &average, SpecRange.from(0, below: 1))
    visitor.integer("patience", &patience, 0...100_000)
    visitor.choice("augment", &augment)
    visitor.numbers("pairs", &pairs, SpecRange(0...1))
    visitor.number("ranking", &ranking, SpecRange(0...1000))
    visitor.flag("ghost_batches", &ghostBatches)
    visitor.number("dense", &dense, SpecRange(0...1000))
    visitSeed(visitor)
    let hasPairs = pairs.contains { $0 > 0 }
    for (key, isGiven) in [("ranking", ranking > 0), ("ghost_batches", ghostBatches), ("dense", dense > 0)] {
      visitor.check(
        !isGiven || hasPairs, key, given: "without pairs", "needs matched tuples: give pairs, too")
    }
    visitor.check(
      (ranking == 0 && dense == 0) || network.isSupervised, "network", given: network.rawValue,
      "must be a supervised one for ranking and dense supervision")
  }

  private mutating func visitSeed(_ visitor: SpecVisitor) {
    var text = seed.map { String($0) }
    visitor.text("seed", &text)
    visitor.check(
      text == nil || text.flatMap { UInt64($0) } != nil, "seed", given: text ?? "",
      "must be a whole number from 0 to 2^64 - 1")
    seed = text.flatMap { UInt64($0) }
  }

  /// Of all but simulated images.
  var trainingSeed: UInt64 { seed ?? 0 }

  /// As a document has them.
  var settings: [NamedValue] {
    guard case .map(let entries) = SpecVisitor.write(self) else { return [] }
    return entries.map { entry in
      let text = if case .scalar(let text) = entry.value { text } else { writeYAML(entry.value) }
      return NamedValue(entry.key, text.split(whereSeparator: \.isNewline).joined(separator: " "))
    }
  }

  /// - Throws: `SpecErrors` that name what is out of range.
  package func validate() throws { _ = try SpecVisitor.read(Self.self, from: SpecVisitor.write(self)) }
}

extension TensorError: ClassifiedError {
  package var kind: ErrorKind { .numerical }
}

/// A training that cannot begin or go on.
package struct TrainingError: ClassifiedError, Equatable, Sendable, CustomStringConvertible {
  package let description: String
  package let kind: ErrorKind

  package init(_ description: String, kind: ErrorKind = .spec) {
    (self.description, self.kind) = (description, kind)
  }
}

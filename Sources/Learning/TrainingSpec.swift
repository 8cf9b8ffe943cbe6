import Foundation
import LensCore
import Tensors

/// How the learning rate changes from step to step.
public enum Schedule: String, CaseIterable, Sendable, Codable {
  case constant
  /// Up from 1/25 of the rate within 30 per cent of the steps, then down to 1/250,000 of it, along cosines.
  ///
  /// Reference: Smith & Topin (2018), arXiv:1708.07120; numbers as in PyTorch's OneCycleLR, whose momentum is not
  /// cycled here.
  case oneCycle = "one_cycle"
  /// Down to zero along a cosine.
  ///
  /// Reference: Loshchilov & Hutter (2017), arXiv:1608.03983, eq. 5, without restarts.
  case cosine

  /// The factor for one of so many steps, counted from 0.
  public func factor(step: Int, of steps: Int) -> Double {
    func anneal(_ from: Double, _ to: Double, _ part: Double) -> Double {
      to + (from - to) * (1 + cos(.pi * part)) / 2
    }
    switch self {
    case .constant: return 1
    case .cosine: return anneal(1, 0, Double(step) / Double(max(1, steps)))
    case .oneCycle:
      let summit = 0.3 * Double(steps) - 1
      let last = Double(steps - 1)
      let (start, end) = (1.0 / 25, 1.0 / 25 / 1e4)
      if Double(step) <= summit { return anneal(start, 1, Double(step) / max(summit, 1e-9)) }
      return anneal(1, end, last > summit ? (Double(step) - summit) / (last - summit) : 1)
    }
  }
}

/// What a training is, apart from the images.
public struct TrainingSpec: Sendable, Codable, Equatable {
  public enum Method: String, CaseIterable, Sendable, Codable {
    case adam
    case rootMeanSquare = "rmsprop"
    case gradientDescent = "sgd"

    var method: OptimizationMethod {
      switch self {
      case .adam: .adam()
      case .rootMeanSquare: .rootMeanSquare()
      case .gradientDescent: .gradientDescent(momentum: 0.9)
      }
    }
  }

  public var network = NetworkKind.resnet18
  public var epochs = 10
  public var batchSize = 64
  public var optimizer = Method.adam
  public var rate = 1e-3
  public var weightDecay = 1e-5
  public var schedule = Schedule.oneCycle
  /// Epochs without a better validation loss after which training ends; 0 for never.
  public var patience = 0
  public var augments = true
  public var seed: UInt64 = 0

  public init() {}

  /// Under the names of the command line.
  var settings: [NamedValue] {
    [
      NamedValue("network", network.rawValue), NamedValue("epochs", epochs), NamedValue("batch", batchSize),
      NamedValue("optimizer", optimizer.rawValue), NamedValue("rate", rate),
      NamedValue("weight-decay", weightDecay), NamedValue("schedule", schedule.rawValue),
      NamedValue("patience", patience), NamedValue("augment", augments), NamedValue("seed", seed),
    ]
  }

  /// - Throws: `TrainingError` that names the first value out of range.
  public func validate() throws {
    func check(_ isFine: Bool, _ name: String, _ value: Any, _ requirement: String) throws {
      if !isFine { throw TrainingError("\(name): \(value) given, \(requirement)") }
    }
    try check((1...100_000).contains(epochs), "epochs", epochs, "must be from 1 to 100000")
    try check((2...65_536).contains(batchSize), "batch", batchSize, "must be from 2 to 65536")
    try check(rate > 0 && rate < 1000, "rate", rate, "must be greater than 0 and less than 1000")
    try check(
      weightDecay >= 0 && weightDecay < 10, "weight-decay", weightDecay, "must be at least 0 and less than 10"
    )
    try check(patience >= 0, "patience", patience, "must be at least 0")
  }
}

/// A training that cannot begin or go on.
public struct TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

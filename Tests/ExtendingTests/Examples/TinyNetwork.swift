import Learning
import Tensors

/// Two convolutions and a linear layer, for first trials.
package struct TinyNetwork: StagedNetwork {
  private let features: Sequential
  private let classifier: Linear

  package init(channels: Int = 1, classes: Int, _ generator: TensorGenerator) throws {
    features = Sequential([
      try Convolution(channels, 8, kernel: 5, stride: 2, padding: 2, generator), Function.rectifier,
      try Convolution(8, 16, kernel: 3, stride: 2, padding: 1, generator), Function.rectifier,
    ])
    classifier = try Linear(16, classes, generator)
  }

  package var state: [NamedTensor] {
    features.state.map { $0.prefixed("features") } + classifier.state.map { $0.prefixed("classifier") }
  }

  package var stages: [any Layer] {
    [
      features,
      Function(
        of: [classifier],
        inPass: { try classifier($0.adaptiveMeanPool(height: 1, width: 1).flattened(), $1) }),
    ]
  }
}

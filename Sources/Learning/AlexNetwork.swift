import Tensors

/// The network of Krizhevsky, Sutskever & Hinton in its one-column form, for images of at least 63 pixels.
///
/// Reference: Krizhevsky (2014), arXiv:1404.5997; names and layout as in torchvision.
package struct AlexNetwork: StagedNetwork {
  /// Below it, nothing is left for the last pool.
  package static let smallestSide = 63

  private let features: Sequential
  private let classifier: Sequential

  package init(channels: Int = 1, classes: Int, _ generator: TensorGenerator) throws {
    features = Sequential([
      try Convolution(channels, 64, kernel: 11, stride: 4, padding: 2, generator), Function.rectifier,
      Function.maximumPool(3, stride: 2),
      try Convolution(64, 192, kernel: 5, padding: 2, generator), Function.rectifier,
      Function.maximumPool(3, stride: 2),
      try Convolution(192, 384, kernel: 3, padding: 1, generator), Function.rectifier,
      try Convolution(384, 256, kernel: 3, padding: 1, generator), Function.rectifier,
      try Convolution(256, 256, kernel: 3, padding: 1, generator), Function.rectifier,
      Function.maximumPool(3, stride: 2),
    ])
    classifier = Sequential([
      Function.dropout(0.5), try Linear(256 * 6 * 6, 4096, generator), Function.rectifier,
      Function.dropout(0.5), try Linear(4096, 4096, generator), Function.rectifier,
      try Linear(4096, classes, generator),
    ])
  }

  package var state: [NamedTensor] {
    features.state.map { $0.prefixed("features") } + classifier.state.map { $0.prefixed("classifier") }
  }

  package var stages: [any Layer] {
    features.layers
      + [
        Function(
          of: [classifier],
          inPass: { try classifier($0.adaptiveMeanPool(height: 6, width: 6).flattened(), $1) })
      ]
  }
}

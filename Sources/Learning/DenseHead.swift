import Tensors

/// A second output of a classifier: what the substructure changes in the image, pixel by pixel.
///
/// It teaches the maps that the classes are then read from, with thousands of numbers for each image instead of one label. It is
/// a convolution of 1 x 1 on the deepest maps of at least 8 pixels a side, whose channels become pixels. What it is told lies on the
/// image, or on the polar map that the network makes of it.
struct DenseHead {
  private let stage: Int
  private let factor: Int
  private let convolution: Convolution

  private static let smallestSide = 8

  init(
    for network: some StagedNetwork, channels: Int, width: Int, height: Int, _ generator: TensorGenerator
  ) throws {
    let pass = Pass(isTraining: false, generator: generator)
    var (x, best, maps) = (
      try Tensor(repeating: 0, shape: [1, channels, height, width], device: generator.device), 0, [0]
    )
    let seen = try network.polarMap.map { try $0(x, pass).shape } ?? x.shape
    for (number, stage) in network.stages.dropLast().enumerated() {
      x = try withoutGradients { try stage(x, pass) }
      if number == 0 || min(x.shape[2], x.shape[3]) >= Self.smallestSide { (best, maps) = (number, x.shape) }
    }
    (stage, factor) = (best, max(1, min(seen[3] / maps[3], seen[2] / maps[2])))
    convolution = try Convolution(maps[1], channels * factor * factor, kernel: 1, generator)
  }

  var state: [NamedTensor] { convolution.state.map { $0.prefixed(Self.prefix) } }

  /// Of the names of its parameters, which files of weights leave out.
  static let prefix = "dense"

  /// Logits, and the mean squared error of the differences, which are averaged to the head's pixels.
  func outputs(
    of network: some StagedNetwork, _ images: Tensor, _ differences: Tensor, _ pass: Pass
  ) throws -> (logits: Tensor, loss: Tensor) {
    var (x, maps) = (images, images)
    for (number, stage) in network.stages.enumerated() {
      x = try stage(x, pass)
      if number == self.stage { maps = x }
    }
    let guess = try convolution(maps, pass).pixelShuffled(factor)
    let seen = try network.polarMap.map { try $0(differences, pass) } ?? differences
    let target = try seen.adaptiveMeanPool(height: guess.shape[2], width: guess.shape[3])
    return (x, try guess.meanSquaredError(target))
  }
}

import Tensors

/// A residual network of 0.4 million parameters for images of one channel and some 64 pixels: a stem of 16 maps that halves
/// the image, and seven basic blocks in stages of 16, 32, 64 and 128 maps.
///
/// Blocks as in He, Zhang, Ren & Sun (2016), CVPR, figure 2; names and layout as in torchvision.
public struct SmallResidualNetwork: StagedNetwork {
  private let stem: Convolution
  private let stemNormalization: BatchNormalization
  private let residualStages: [Sequential]
  private let classifier: Linear

  private static let blocks = [2, 2, 2, 1]
  private static let stemWidth = 16

  public init(channels: Int = 1, classes: Int, _ generator: TensorGenerator) throws {
    stem = try Convolution(
      channels, Self.stemWidth, kernel: 5, stride: 2, padding: 2, hasBias: false, generator)
    stemNormalization = try BatchNormalization(Self.stemWidth, generator)
    var (stages, inputs) = ([Sequential](), Self.stemWidth)
    for (stage, count) in Self.blocks.enumerated() {
      let width = Self.stemWidth << stage
      stages.append(
        Sequential(
          try (0..<count).map { number in
            defer { inputs = width }
            let stride = number == 0 && stage > 0 ? 2 : 1
            return try BasicBlock(inputs, width, stride: stride, generator)
          }))
    }
    residualStages = stages
    classifier = try Linear(inputs, classes, generator)
  }

  public var state: [NamedTensor] {
    stem.state.map { $0.prefixed("conv1") } + stemNormalization.state.map { $0.prefixed("bn1") }
      + residualStages.enumerated().flatMap { i, stage in stage.state.map { $0.prefixed("layer\(i + 1)") } }
      + classifier.state.map { $0.prefixed("fc") }
  }

  public var stages: [any Layer] {
    [Function(inPass: { try stemNormalization(stem($0, $1), $1).rectified() })] + residualStages
      + [Function(inPass: { try classifier($0.adaptiveMeanPool(height: 1, width: 1).flattened(), $1) })]
  }
}

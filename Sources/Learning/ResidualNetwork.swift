import Tensors

/// A residual network.
///
/// | depth | block | blocks per stage | maps of the first stage |
/// |---|---|---|---|
/// | 18 | basic | 2 2 2 2 | 64 |
/// | 34 | basic | 3 4 6 3 | 64 |
/// | 50 | bottleneck | 3 4 6 3 | 64 |
/// | small | basic | 2 2 2 1 | 16 |
/// | polar | basic | 2 2 2 1 | 16, wide 32 |
///
/// The small one, of 0.4 million parameters, is for images of some 64 pixels: its stem has 5 x 5 pixels instead of 7 x 7, and
/// no pooling follows it. The polar one is the same on a `PolarMap` of the image, around which its convolutions go.
///
/// Reference: He, Zhang, Ren & Sun (2016), CVPR, table 1; names and layout as in torchvision.
package struct ResidualNetwork: StagedNetwork {
  private let stem: Convolution
  private let stemNormalization: BatchNormalization
  private let hasPooling: Bool
  package let polarMap: PolarMap?
  private let residualStages: [Sequential]
  private let classifier: Linear

  /// Depths that can be built.
  package static let depths = [18, 34, 50]

  /// - Throws: `TensorError` for another depth.
  package init(depth: Int, channels: Int = 1, classes: Int, _ generator: TensorGenerator) throws {
    let blocks =
      switch depth {
      case 18: [2, 2, 2, 2]
      case 34, 50: [3, 4, 6, 3]
      default: throw TensorError("a residual network of depth \(depth) given, must be one of \(Self.depths)")
      }
    let layout = Layout(
      width: 64, stemKernel: 7, hasPooling: true, blocks: blocks, hasBottlenecks: depth == 50)
    try self.init(layout, channels: channels, classes: classes, generator)
  }

  /// The small one.
  package static func small(channels: Int = 1, classes: Int, _ generator: TensorGenerator) throws
    -> ResidualNetwork
  {
    try ResidualNetwork(.small, channels: channels, classes: classes, generator)
  }

  /// The polar one.
  ///
  /// - Parameter isWide: With twice as many maps, so four times as many parameters.
  package static func polar(
    isWide: Bool = false, channels: Int = 1, classes: Int, _ generator: TensorGenerator
  ) throws -> ResidualNetwork {
    var layout = Layout.small
    layout.isPolar = true
    layout.width *= isWide ? 2 : 1
    return try ResidualNetwork(layout, channels: channels, classes: classes, generator)
  }

  private struct Layout {
    /// Maps of the stem and the first stage; each further stage has twice as many.
    var width: Int
    let stemKernel: Int
    let hasPooling: Bool
    /// Per stage.
    let blocks: [Int]
    let hasBottlenecks: Bool
    var isPolar = false

    static let small = Layout(
      width: 16, stemKernel: 5, hasPooling: false, blocks: [2, 2, 2, 1], hasBottlenecks: false)
  }

  private init(_ layout: Layout, channels: Int, classes: Int, _ generator: TensorGenerator) throws {
    stem = try Convolution(
      channels, layout.width, kernel: layout.stemKernel, stride: 2, padding: layout.stemKernel / 2,
      hasBias: false, isPeriodic: layout.isPolar, generator)
    stemNormalization = try BatchNormalization(layout.width, generator)
    (hasPooling, polarMap) = (layout.hasPooling, layout.isPolar ? PolarMap() : nil)
    let expansion = layout.hasBottlenecks ? Bottleneck.expansion : 1
    var (stages, inputs) = ([Sequential](), layout.width)
    for (stage, count) in layout.blocks.enumerated() {
      let width = layout.width << stage
      let layers: [any Layer] = try (0..<count).map { number in
        defer { inputs = width * expansion }
        let stride = number == 0 && stage > 0 ? 2 : 1
        return layout.hasBottlenecks
          ? try Bottleneck(inputs, width, stride: stride, generator)
          : try BasicBlock(inputs, width, stride: stride, isPeriodic: layout.isPolar, generator)
      }
      stages.append(Sequential(layers))
    }
    residualStages = stages
    classifier = try Linear(inputs, classes, generator)
  }

  package var state: [NamedTensor] {
    stem.state.map { $0.prefixed("conv1") } + stemNormalization.state.map { $0.prefixed("bn1") }
      + residualStages.enumerated().flatMap { i, stage in stage.state.map { $0.prefixed("layer\(i + 1)") } }
      + classifier.state.map { $0.prefixed("fc") }
  }

  package var stages: [any Layer] {
    (polarMap.map { [$0] } ?? []) + [
      Function(
        of: [stem, stemNormalization], inPass: { try stemNormalization(stem($0, $1), $1).rectified() })
    ]
      + (hasPooling ? [Function.maximumPool(3, stride: 2, padding: 1)] : []) + residualStages
      + [
        Function(
          of: [classifier],
          inPass: { try classifier($0.adaptiveMeanPool(height: 1, width: 1).flattened(), $1) })
      ]
  }
}

extension ResidualNetwork {
  package var stageNames: [String] {
    (polarMap == nil ? [] : ["polar map"]) + ["stem"] + (hasPooling ? ["pooling"] : [])
      + residualStages.indices.map { "layer\($0 + 1)" } + ["classes"]
  }
}

/// Two convolutions around which the input is led.
struct BasicBlock: Layer {
  private let body: ResidualBody

  init(
    _ inputs: Int, _ width: Int, stride: Int, isPeriodic: Bool, _ generator: TensorGenerator
  ) throws {
    func convolution(_ inputs: Int, stride: Int) throws -> Convolution {
      try Convolution(
        inputs, width, kernel: 3, stride: stride, padding: 1, hasBias: false, isPeriodic: isPeriodic,
        generator)
    }
    body = try ResidualBody(
      [convolution(inputs, stride: stride), convolution(width, stride: 1)], inputs, [width, width],
      stride: stride, generator)
  }

  var state: [NamedTensor] { body.state }
  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try body(x, pass) }
}

/// Three convolutions, the middle one on fewer channels.
struct Bottleneck: Layer {
  static let expansion = 4
  private let body: ResidualBody

  init(_ inputs: Int, _ width: Int, stride: Int, _ generator: TensorGenerator) throws {
    let outputs = width * Self.expansion
    body = try ResidualBody(
      [
        Convolution(inputs, width, kernel: 1, hasBias: false, generator),
        Convolution(width, width, kernel: 3, stride: stride, padding: 1, hasBias: false, generator),
        Convolution(width, outputs, kernel: 1, hasBias: false, generator),
      ], inputs, [width, width, outputs], stride: stride, generator)
  }

  var state: [NamedTensor] { body.state }
  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try body(x, pass) }
}

/// Normalized convolutions and a shortcut, which is a convolution where the shapes differ.
private struct ResidualBody: Layer {
  private let convolutions: [Convolution]
  private let normalizations: [BatchNormalization]
  private let shortcut: Sequential?

  init(
    _ convolutions: [Convolution], _ inputs: Int, _ widths: [Int], stride: Int, _ generator: TensorGenerator
  ) throws {
    self.convolutions = convolutions
    normalizations = try widths.map { try BatchNormalization($0, generator) }
    let outputs = widths[widths.count - 1]
    shortcut =
      stride == 1 && inputs == outputs
      ? nil
      : Sequential([
        try Convolution(inputs, outputs, kernel: 1, stride: stride, hasBias: false, generator),
        try BatchNormalization(outputs, generator),
      ])
  }

  var state: [NamedTensor] {
    zip(convolutions, normalizations).enumerated().flatMap { i, pair in
      pair.0.state.map { $0.prefixed("conv\(i + 1)") } + pair.1.state.map { $0.prefixed("bn\(i + 1)") }
    } + (shortcut?.state.map { $0.prefixed("downsample") } ?? [])
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    var y = x
    for (i, (convolution, normalization)) in zip(convolutions, normalizations).enumerated() {
      y = try normalization(convolution(y, pass), pass)
      if i < convolutions.count - 1 { y = try y.rectified() }
    }
    return try (y + (shortcut.map { try $0(x, pass) } ?? x)).rectified()
  }
}

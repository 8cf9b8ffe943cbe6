import Tensors

/// A classifier whose scores do not change when the image is turned or mirrored by an element of its group.
///
/// Exact for quarter turns and reflections, which move pixels onto pixels; for finer turns as well as pixels can do it.
///
/// | layout | layers |
/// |---|---|
/// | small | a 5 x 5 lifting, then residual blocks as in `ResidualNetwork.small`, with as many channels: 16 to 128 |
/// | wide | a 3 x 3 lifting, then two residual blocks on each of three scales with 64, 128 and 256 channels (Zagoruyko & Komodakis 2016, arXiv:1605.07146, with 16 layers and 4 times the width) |
/// | transformer | the small one to its third scale, then two layers of `EquivariantAttention` |
/// | published | six convolutions of 7, 5, 5, 5, 5, 5 pixels to 24, 48, 48, 96, 96 and 64 fields, halved after the second, fourth and last |
///
/// Reference: Weiler & Cesa (2019), arXiv:1911.08251; the published layout is that of their example for rotated digits, which the
/// lensing studies took over.
package struct SteerableNetwork: StagedNetwork {
  private let body: [(name: String, layer: any Layer)]
  private let group: SymmetryGroup
  private let classifier: Linear

  package var state: [NamedTensor] {
    body.flatMap { part in part.layer.state.map { $0.prefixed(part.name) } }
      + classifier.state.map { $0.prefixed("fc") }
  }

  package var stages: [any Layer] {
    body.map(\.layer) + [
      Function(
        of: [classifier],
        inPass: { x, pass in
          try classifier(
            Function.groupPool(group)(x, pass).adaptiveMeanPool(height: 1, width: 1).flattened(), pass)
        })
    ]
  }

  package var stageNames: [String] { body.map(\.name) + ["classes"] }

  package static func small(
    _ group: SymmetryGroup, channels: Int = 1, classes: Int, _ generator: TensorGenerator
  ) throws -> SteerableNetwork {
    try residual(
      group, channels, classes, widths: [16, 32, 64, 128], blocks: [2, 2, 2, 1], stem: 5, generator)
  }

  package static func wide(
    _ group: SymmetryGroup, channels: Int = 1, classes: Int, _ generator: TensorGenerator
  ) throws -> SteerableNetwork {
    try residual(group, channels, classes, widths: [64, 128, 256], blocks: [2, 2, 2], stem: 3, generator)
  }

  package static func transformer(
    _ group: SymmetryGroup, channels: Int = 1, classes: Int, _ generator: TensorGenerator
  ) throws -> SteerableNetwork {
    try residual(
      group, channels, classes, widths: [16, 32, 64], blocks: [2, 2, 1], stem: 5, attentionLayers: 2,
      generator)
  }

  /// - Parameters:
  ///   - channels: Of images.
  ///   - widths: Of each scale, in all elements of the group together.
  private static func residual(
    _ group: SymmetryGroup, _ channels: Int, _ classes: Int, widths: [Int], blocks: [Int], stem: Int,
    attentionLayers: Int = 0, _ generator: TensorGenerator
  ) throws -> SteerableNetwork {
    // Filters of 3 pixels hold no eighth turns.
    let kernel = 4 % group.rotations == 0 ? 3 : 5
    let fields = widths.map { max(1, $0 / group.count) }
    var body: [(String, any Layer)] = [
      ("stem", try SteerableLayer(group, channels, fields[0], kernel: stem, isLifting: true, generator)),
      ("halving1", Function.halving),
    ]
    var inputs = fields[0]
    for (stage, count) in blocks.enumerated() {
      if stage > 0 { body.append(("halving\(stage + 1)", Function.halving)) }
      let blocks: [any Layer] = try (0..<count).map { _ in
        defer { inputs = fields[stage] }
        return try SteerableBlock(group, inputs, fields[stage], kernel: kernel, generator)
      }
      body.append(("layer\(stage + 1)", Sequential(blocks)))
    }
    for number in 0..<attentionLayers {
      body.append(("attention\(number + 1)", try EquivariantAttention(group, fields: inputs, generator)))
    }
    return SteerableNetwork(body, group, classifier: try Linear(inputs, classes, generator))
  }

  package static func published(
    _ group: SymmetryGroup, channels: Int = 1, classes: Int, _ generator: TensorGenerator
  ) throws -> SteerableNetwork {
    let layers = [(24, 7), (48, 5), (48, 5), (96, 5), (96, 5), (64, 5)]
    var (body, inputs) = ([(String, any Layer)](), channels)
    for (number, (fields, kernel)) in layers.enumerated() {
      body.append(
        (
          "block\(number + 1)",
          try SteerableLayer(group, inputs, fields, kernel: kernel, isLifting: number == 0, generator)
        ))
      if number % 2 == 1 { body.append(("halving\(number)", Function.halving)) }
      inputs = fields
    }
    return SteerableNetwork(body, group, classifier: try Linear(inputs, classes, generator))
  }

  private init(_ body: [(String, any Layer)], _ group: SymmetryGroup, classifier: Linear) {
    (self.body, self.group, self.classifier) = (body.map { (name: $0, layer: $1) }, group, classifier)
  }
}

/// A convolution, its normalization and the rectifier.
struct SteerableLayer: Layer {
  private let convolution: GroupConvolution
  private let normalization: FieldNormalization
  private let isRectified: Bool

  init(
    _ group: SymmetryGroup, _ inputs: Int, _ outputs: Int, kernel: Int, isLifting: Bool = false,
    isRectified: Bool = true, _ generator: TensorGenerator
  ) throws {
    convolution = try GroupConvolution(
      group, inputs, outputs, kernel: kernel, isLifting: isLifting, generator)
    normalization = try FieldNormalization(outputs, generator)
    self.isRectified = isRectified
  }

  var state: [NamedTensor] {
    convolution.state.map { $0.prefixed("conv") } + normalization.state.map { $0.prefixed("bn") }
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let y = try normalization(convolution(x, pass), pass)
    return isRectified ? try y.rectified() : y
  }
}

/// Two convolutions around which the fields are led.
struct SteerableBlock: Layer {
  private let first: SteerableLayer
  private let second: SteerableLayer
  private let shortcut: SteerableLayer?

  init(
    _ group: SymmetryGroup, _ inputs: Int, _ outputs: Int, kernel: Int, _ generator: TensorGenerator
  ) throws {
    first = try SteerableLayer(group, inputs, outputs, kernel: kernel, generator)
    second = try SteerableLayer(group, outputs, outputs, kernel: kernel, isRectified: false, generator)
    shortcut =
      inputs == outputs
      ? nil : try SteerableLayer(group, inputs, outputs, kernel: 1, isRectified: false, generator)
  }

  var state: [NamedTensor] {
    first.state.map { $0.prefixed("0") } + second.state.map { $0.prefixed("1") }
      + (shortcut?.state.map { $0.prefixed("shortcut") } ?? [])
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try (second(first(x, pass), pass) + (shortcut?(x, pass) ?? x)).rectified()
  }
}

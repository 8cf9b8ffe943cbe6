import Tensors

/// A transformer's layer on regular fields: every pixel attends to every other, by what both show and how far apart they are.
///
/// Who attends to whom is decided by what no element of the group changes: queries and keys are made of the largest element of
/// every field, and a bias depends on the distance alone. What is passed on are fields, by convolutions of one pixel that know the
/// group: so the layer moves with the image, exactly for what moves pixels onto pixels.
///
/// Reference: Vaswani et al. (2017), arXiv:1706.03762, eq. 1; Romero & Cordonnier (2021), arXiv:2010.00977, section 4, for attention
/// that is equivariant by an invariant encoding of positions.
package struct EquivariantAttention: Layer {
  private let group: SymmetryGroup
  private let fields: Int
  private let queries: Convolution
  private let keys: Convolution
  private let values: GroupConvolution
  private let output: GroupConvolution
  private let normalization: FieldNormalization
  private let first: SteerableLayer
  private let second: SteerableLayer
  /// [shells, heads]: added to the attention of pixels so many pixels apart.
  private let bias: Tensor

  private static let heads = 4
  private static let shells = 64

  /// - Parameter fields: A multiple of 4.
  package init(_ group: SymmetryGroup, fields: Int, _ generator: TensorGenerator) throws {
    guard fields % Self.heads == 0 else {
      throw TrainingError("attention needs a multiple of \(Self.heads) fields, \(fields) given")
    }
    (self.group, self.fields) = (group, fields)
    queries = try Convolution(fields, fields, kernel: 1, hasBias: false, generator)
    keys = try Convolution(fields, fields, kernel: 1, hasBias: false, generator)
    values = try GroupConvolution(group, fields, fields, kernel: 1, generator)
    output = try GroupConvolution(group, fields, fields, kernel: 1, generator)
    normalization = try FieldNormalization(fields, generator)
    first = try SteerableLayer(group, fields, 2 * fields, kernel: 1, generator)
    second = try SteerableLayer(group, 2 * fields, fields, kernel: 1, isRectified: false, generator)
    bias = try Tensor(repeating: 0, shape: [Self.shells, Self.heads], device: generator.device)
      .requiringGradient()
  }

  package var state: [NamedTensor] {
    let layers: [(String, any Layer)] = [
      ("query", queries), ("key", keys), ("value", values), ("output", output), ("bn", normalization),
      ("0", first),
      ("1", second),
    ]
    return layers.flatMap { name, layer in layer.state.map { $0.prefixed(name) } }
      + [NamedTensor(name: "bias", tensor: bias, isTrainable: true)]
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let y = try x + normalization(output(mixed(x, pass), pass), pass)
    return try (y + second(first(y, pass), pass)).rectified()
  }

  /// The fields of all pixels, weighted by attention.
  private func mixed(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let (batch, height, width) = (x.shape[0], x.shape[2], x.shape[3])
    let (pixels, heads) = (height * width, Self.heads)
    let invariant = try Function.groupPool(group)(x, pass)
    func byHead(_ maps: Tensor) throws -> Tensor {
      try maps.reshaped([batch, heads, maps.shape[1] / heads, pixels])
    }
    // [batch, heads, pixel that attends, pixel that is attended to]
    let scale = 1 / (Double(fields) / Double(heads)).squareRoot()
    let scores = try byHead(queries(invariant, pass)).permuted([0, 1, 3, 2]).matrixProduct(
      byHead(keys(invariant, pass))
    )
    .affine(scale: scale)
    let shells = try bias.rows(Self.shells(height, width)).reshaped([pixels, pixels, heads]).permuted([
      2, 0, 1,
    ])
    let attention = try (scores + shells).logarithmicSoftmax().exponential()
    return try byHead(values(x, pass)).matrixProduct(attention.permuted([0, 1, 3, 2])).reshaped(x.shape)
  }

  /// By pairs of pixels: their distance in whole pixels.
  private static func shells(_ height: Int, _ width: Int) -> [Int] {
    (0..<height * width).flatMap { a in
      (0..<height * width).map { b in
        let (x, y) = (Double(a % width - b % width), Double(a / width - b / width))
        return min(Int((x * x + y * y).squareRoot().rounded()), shells - 1)
      }
    }
  }
}

import Tensors

/// The shapes that an image passes on its way through the encoder.
///
/// For the papers' 150 pixels: 16, 32 and 64 channels of 49, 15 and 9 pixels a side. Images of less than 120 pixels are
/// thinned by 2 instead of 3 per convolution, so that as much is left of them: 7 pixels of 64.
struct EncoderShape {
  static let channels = [1, 16, 32, 64]
  static let kernel = 7
  static let paddings = [1, 1, 0]
  static let smallestImage = 37
  let strides: [Int]
  /// Of the image and of what each convolution leaves.
  let sides: [Int]

  /// - Throws: `TensorError` for images of which nothing would be left.
  init(imageSide: Int) throws {
    guard imageSide >= Self.smallestImage else {
      throw TensorError("images of \(imageSide) pixels given, must have at least \(Self.smallestImage)")
    }
    let stride = imageSide < 120 ? 2 : 3
    strides = [stride, stride, 1]
    sides = zip(strides, Self.paddings).reduce(into: [imageSide]) { sides, layer in
      sides.append((sides[sides.count - 1] + 2 * layer.1 - Self.kernel) / layer.0 + 1)
    }
  }

  var features: Int { Self.channels[3] * sides[3] * sides[3] }
}

/// Three convolutions and a linear layer: [batch, 1, side, side] to [batch, codes].
package struct ConvolutionalEncoder: Layer {
  private let layers: Sequential

  init(_ shape: EncoderShape, codes: Int, isNormalized: Bool, _ generator: TensorGenerator) throws {
    var layers: [any Layer] = []
    for i in 0..<3 {
      layers.append(
        try Convolution(
          EncoderShape.channels[i], EncoderShape.channels[i + 1], kernel: EncoderShape.kernel,
          stride: shape.strides[i], padding: EncoderShape.paddings[i], generator))
      layers.append(Function.rectifier)
    }
    layers += [Function.flatten, try Linear(shape.features, codes, generator)]
    if isNormalized { layers.append(try BatchNormalization(codes, generator)) }
    self.layers = Sequential(layers)
  }

  package var state: [NamedTensor] { layers.state }
  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try layers(x, pass) }
}

/// The encoder mirrored: [batch, codes] to [batch, 1, side, side] between -1 and 1.
package struct ConvolutionalDecoder: Layer {
  private let layers: Sequential

  init(_ shape: EncoderShape, codes: Int, _ generator: TensorGenerator) throws {
    let side = shape.sides[3]
    var layers: [any Layer] = [
      try Linear(codes, shape.features, generator), Function.rectifier,
      Function { try $0.reshaped([$0.shape[0], EncoderShape.channels[3], side, side]) },
    ]
    for i in (0..<3).reversed() {
      layers.append(
        try TransposedConvolution(
          EncoderShape.channels[i + 1], EncoderShape.channels[i], kernel: EncoderShape.kernel,
          stride: shape.strides[i], padding: EncoderShape.paddings[i], side: shape.sides[i], generator))
      layers.append(i == 0 ? Function.hyperbolicTangent : Function.rectifier)
    }
    self.layers = Sequential(layers)
  }

  package var state: [NamedTensor] { layers.state }
  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor { try layers(x, pass) }
}

/// The deep convolutional autoencoder of Alexander et al. (2020), arXiv:2008.12731, with batch normalization at the
/// bottleneck.
package struct ConvolutionalAutoencoder: Layer {
  private let encoder: ConvolutionalEncoder
  private let decoder: ConvolutionalDecoder

  /// - Parameter imageSide: Pixels, at least 37.
  package init(imageSide: Int, codes: Int = 1000, _ generator: TensorGenerator) throws {
    let shape = try EncoderShape(imageSide: imageSide)
    encoder = try ConvolutionalEncoder(shape, codes: codes, isNormalized: true, generator)
    decoder = try ConvolutionalDecoder(shape, codes: codes, generator)
  }

  package var state: [NamedTensor] {
    encoder.state.map { $0.prefixed("encoder") } + decoder.state.map { $0.prefixed("decoder") }
  }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try decoder(encoder(x, pass), pass)
  }
}

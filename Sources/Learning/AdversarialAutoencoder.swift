import Tensors

/// An autoencoder whose codes a discriminator pushes towards a normal distribution of standard deviation 5.
///
/// Three losses take turns on every batch: reconstruction moves encoder and decoder, `discriminatorLoss` the
/// discriminator, `deceptionLoss` the encoder.
///
/// Reference: Makhzani et al. (2016), arXiv:1511.05644, section 2; layers as in Alexander et al. (2020),
/// arXiv:2008.12731.
package struct AdversarialAutoencoder {
  private let encoder: ConvolutionalEncoder
  private let decoder: ConvolutionalDecoder
  private let discriminator: Sequential
  private let codes: Int
  /// Standard deviation of the prior.
  package static let priorDeviation = 5.0

  package init(imageSide: Int, codes: Int = 1000, _ generator: TensorGenerator) throws {
    let shape = try EncoderShape(imageSide: imageSide)
    encoder = try ConvolutionalEncoder(shape, codes: codes, isNormalized: false, generator)
    decoder = try ConvolutionalDecoder(shape, codes: codes, generator)
    discriminator = Sequential([
      try Linear(codes, 256, generator), Function.rectifier, try Linear(256, 256, generator),
      Function.rectifier,
      try Linear(256, 1, generator),
    ])
    self.codes = codes
  }

  package var state: [NamedTensor] {
    encoderState + decoder.state.map { $0.prefixed("decoder") } + discriminatorState
  }
  package var encoderState: [NamedTensor] { encoder.state.map { $0.prefixed("encoder") } }
  package var discriminatorState: [NamedTensor] { discriminator.state.map { $0.prefixed("discriminator") } }

  package func reconstruct(_ x: Tensor, _ pass: Pass) throws -> Tensor { try decoder(encoder(x, pass), pass) }

  package func reconstructionLoss(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try reconstruct(x, pass).meanSquaredError(x)
  }

  /// How badly the discriminator tells codes drawn from the prior (1) from those of images (0).
  ///
  /// - Parameter prior: Codes [batch, codes]; drawn from the pass if nil.
  package func discriminatorLoss(_ x: Tensor, _ pass: Pass, prior: Tensor? = nil) throws -> Tensor {
    let codesOfImages = try encoder(x, pass).detached()
    let drawn = try prior ?? pass.generator.normal(codesOfImages.shape).affine(scale: Self.priorDeviation)
    return try judged(drawn, as: 1, pass) + judged(codesOfImages, as: 0, pass)
  }

  /// How badly the encoder passes its codes off as drawn from the prior.
  package func deceptionLoss(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try judged(encoder(x, pass), as: 1, pass)
  }

  private func judged(_ codes: Tensor, as label: Float, _ pass: Pass) throws -> Tensor {
    let logits = try discriminator(codes, pass)
    return try logits.binaryCrossEntropy(
      Tensor(repeating: label, shape: logits.shape, device: pass.generator.device))
  }
}

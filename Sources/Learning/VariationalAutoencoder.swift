import Tensors

/// A variational autoencoder: the code is drawn from a normal distribution with a diagonal covariance.
///
/// Reference: Kingma & Welling (2014), arXiv:1312.6114, eq. 10 for the loss, whose second term is weighted with beta
/// (Higgins et al. 2017, ICLR, eq. 4).
package struct VariationalAutoencoder {
  private let encoder: ConvolutionalEncoder
  private let decoder: ConvolutionalDecoder
  private let codes: Int
  /// Weight of the Kullback-Leibler term, both terms per pixel and image. Zero would be no variational autoencoder.
  package let beta: Double

  package init(imageSide: Int, codes: Int = 1000, beta: Double = 1, _ generator: TensorGenerator) throws {
    let shape = try EncoderShape(imageSide: imageSide)
    // Means and logarithms of variances side by side.
    encoder = try ConvolutionalEncoder(shape, codes: 2 * codes, isNormalized: false, generator)
    decoder = try ConvolutionalDecoder(shape, codes: codes, generator)
    (self.codes, self.beta) = (codes, beta)
  }

  package var state: [NamedTensor] {
    encoder.state.map { $0.prefixed("encoder") } + decoder.state.map { $0.prefixed("decoder") }
  }

  /// The reconstruction from a drawn code while training, else from the mean; and the code's distribution.
  ///
  /// - Parameter noise: Standard normal numbers [batch, codes]; drawn from the pass if nil.
  package func reconstruct(_ x: Tensor, _ pass: Pass, noise: Tensor? = nil) throws -> (
    image: Tensor, mean: Tensor, logVariance: Tensor
  ) {
    let both = try encoder(x, pass)
    let (mean, logVariance) = (
      try both.slice(0..<codes, along: 1), try both.slice(codes..<2 * codes, along: 1)
    )
    if !pass.isTraining { return (try decoder(mean, pass), mean, logVariance) }
    let drawn = try noise ?? pass.generator.normal(mean.shape)
    let code = try mean + (logVariance.affine(scale: 0.5).exponential() * drawn)
    return (try decoder(code, pass), mean, logVariance)
  }

  /// Mean squared error and beta times the Kullback-Leibler divergence from the standard normal distribution, both
  /// per pixel.
  package func loss(_ x: Tensor, _ pass: Pass, noise: Tensor? = nil) throws -> Tensor {
    let (image, mean, logVariance) = try reconstruct(x, pass, noise: noise)
    let terms = try logVariance.affine(offset: 1) - mean.squared() - logVariance.exponential()
    let divergence = try terms.sum().affine(scale: -0.5 * beta / Double(x.count))
    return try image.meanSquaredError(x) + divergence
  }
}

import Foundation
import Tensors

/// A classifier of complex maps whose phases turn with the image, for turns by any angle: exact for quarter turns, which move
/// pixels onto pixels.
///
/// Maps have rotation orders 0 and 1: when the image turns by an angle t, a map of order m turns with it and is multiplied by exp(i m t).
/// Filters between orders are circular harmonics of their difference with learnt radial profiles and phases; functions act on the
/// absolute values alone. Classes are read from the absolute values of order 0 and 1.
///
/// Reference: Worrall, Garbin, Turmukhambetov & Brostow (2017), arXiv:1612.04642, eqs. 4 to 7 and section 4.3.
package struct HarmonicNetwork: StagedNetwork {
  private let layers: [HarmonicLayer]
  private let classifier: Linear

  /// Complex maps of each order, layer by layer; a scale ends after the first, third and fifth.
  private static let maps = [4, 8, 8, 16, 16, 32]

  package init(channels: Int = 1, classes: Int, _ generator: TensorGenerator) throws {
    layers = try Self.maps.enumerated().map { number, maps in
      try HarmonicLayer(
        number == 0 ? channels : Self.maps[number - 1], maps, isLifting: number == 0, generator)
    }
    classifier = try Linear(2 * Self.maps[Self.maps.count - 1], classes, generator)
  }

  package var state: [NamedTensor] {
    layers.enumerated().flatMap { number, layer in layer.state.map { $0.prefixed("layer\(number + 1)") } }
      + classifier.state.map { $0.prefixed("fc") }
  }

  package var stages: [any Layer] {
    layers.enumerated().flatMap { number, layer -> [any Layer] in
      number % 2 == 0 ? [layer, Function.halving] : [layer]
    } + [
      Function(
        of: [classifier],
        inPass: { x, pass in
          try classifier(magnitudes(x).adaptiveMeanPool(height: 1, width: 1).flattened(), pass)
        })
    ]
  }

  package var stageNames: [String] {
    layers.indices.flatMap { $0 % 2 == 0 ? ["layer\($0 + 1)", "halving\($0 / 2 + 1)"] : ["layer\($0 + 1)"] }
      + ["classes"]
  }
}

/// Of complex maps [batch, 2 maps, height, width], real and imaginary parts in turns: [batch, maps, height, width].
private func magnitudes(_ x: Tensor) throws -> Tensor {
  let shape = x.shape
  return try x.squared().reshaped([shape[0], shape[1] / 2, 2, shape[2] * shape[3]]).sum(over: [2])
    // The root has no slope at 0.
    .affine(offset: 1e-6).squareRoot().reshaped([shape[0], shape[1] / 2, shape[2], shape[3]])
}

/// A convolution with harmonics, and a rectifier of normalized absolute values.
final class HarmonicLayer: Layer {
  private let inputs: Int
  private let outputs: Int
  /// Orders of the maps that come in: one real one from an image.
  private let inputOrders: Int
  /// [outputs, inputs, 2 rings] for each order out and in: real and imaginary parts of what stands before the harmonics.
  private let weights: [[Tensor]]
  /// [2 rings, pixels] for each difference of orders: what makes the real and the imaginary part of filters.
  private let bases: [Int: (real: Tensor, imaginary: Tensor)]
  private let normalization: BatchNormalization

  private static let kernel = 5
  private static let orders = 2
  private static let ringWidth = 0.6

  init(_ inputs: Int, _ outputs: Int, isLifting: Bool, _ generator: TensorGenerator) throws {
    (self.inputs, self.outputs, inputOrders) = (inputs, outputs, isLifting ? 1 : Self.orders)
    let rings = Self.kernel / 2 + 1
    bases = try Dictionary(
      uniqueKeysWithValues: (-1...1).map { ($0, try Self.basis(order: $0, rings, generator)) })
    // Half of the squares are those of imaginary parts; see `GroupConvolution`.
    let deviation = (1 / Double(inputs * inputOrders * rings)).squareRoot()
    weights = try (0..<Self.orders).map { _ in
      try (0..<(isLifting ? 1 : Self.orders)).map { _ in
        try generator.normal([outputs, inputs, 2 * rings]).affine(scale: deviation).requiringGradient()
      }
    }
    normalization = try BatchNormalization(Self.orders * outputs, generator)
  }

  var state: [NamedTensor] {
    weights.enumerated().flatMap { out, row in
      row.enumerated().map { from, tensor in
        NamedTensor(name: "weight\(out)\(from)", tensor: tensor, isTrainable: true)
      }
    } + normalization.state.map { $0.prefixed("bn") }
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let filter = try pass.expandedFilters?.filter(of: self, expanded) ?? expanded()
    let y = try x.convolved(filter, bias: nil, padding: Self.kernel / 2)
    let sizes = try magnitudes(y)
    let factors = try normalization(sizes, pass).rectified() / sizes
    let shape = y.shape
    let pairs = try y.reshaped([shape[0], shape[1] / 2, 2, shape[2] * shape[3]])
    return try (pairs * factors.reshaped([shape[0], shape[1] / 2, 1, shape[2] * shape[3]])).reshaped(shape)
  }

  /// Harmonics exp(i order phi) on Gaussian rings, sampled on the pixels.
  private static func basis(order: Int, _ rings: Int, _ generator: TensorGenerator) throws -> (
    real: Tensor, imaginary: Tensor
  ) {
    let half = Double(kernel / 2)
    let values = (0..<rings).map { ring -> [(cosine: Double, sine: Double)] in
      let pixels = (0..<kernel * kernel).map { pixel -> (cosine: Double, sine: Double) in
        let (x, y) = (Double(pixel % kernel) - half, Double(pixel / kernel) - half)
        let radius = (x * x + y * y).squareRoot()
        if radius == 0 && order != 0 { return (0, 0) }
        let distance = (radius - Double(ring)) / ringWidth
        let (size, angle) = (exp(-distance * distance / 2), Double(order) * atan2(y, x))
        return (size * cos(angle), size * sin(angle))
      }
      let norm = pixels.reduce(0) { $0 + $1.cosine * $1.cosine + $1.sine * $1.sine }.squareRoot()
      return pixels.map { ($0.cosine / norm, $0.sine / norm) }
    }
    func tensor(_ rows: [[Double]]) throws -> Tensor {
      try Tensor(
        rows.flatMap { $0.map { Float($0) } }, shape: [2 * rings, kernel * kernel], device: generator.device)
    }
    let (cosines, sines) = (values.map { $0.map(\.cosine) }, values.map { $0.map(\.sine) })
    // (a + i b) (cos + i sin)
    return (try tensor(cosines + sines.map { $0.map { -$0 } }), try tensor(sines + cosines))
  }

  /// [orders outputs 2, orders inputs 2, kernel, kernel]; from an image, which has no imaginary part, [.., inputs, ..].
  private func expanded() throws -> Tensor {
    let pixels = Self.kernel * Self.kernel
    let rows = try weights.enumerated().map { out, row in
      try Tensor.concatenated(
        row.enumerated().map { from, weight in
          guard let basis = bases[out - from] else {
            throw TrainingError("no harmonics of order \(out - from)")
          }
          let flat = try weight.reshaped([outputs * inputs, weight.shape[2]])
          let shape = [outputs, 1, inputs, 1, pixels]
          let (real, imaginary) = (
            try flat.matrixProduct(basis.real).reshaped(shape),
            try flat.matrixProduct(basis.imaginary).reshaped(shape)
          )
          if inputOrders == 1 {
            return try .concatenated([real, imaginary], along: 1).reshaped([2 * outputs, inputs, pixels])
          }
          return try Tensor.concatenated(
            [
              .concatenated([real, imaginary.affine(scale: -1)], along: 3),
              .concatenated([imaginary, real], along: 3),
            ], along: 1
          ).reshaped([2 * outputs, 2 * inputs, pixels])
        }, along: 1)
    }
    let whole = try Tensor.concatenated(rows, along: 0)
    return try whole.reshaped([whole.shape[0], whole.shape[1], Self.kernel, Self.kernel])
  }
}

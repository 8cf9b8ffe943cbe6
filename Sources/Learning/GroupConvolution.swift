import Tensors

/// A convolution whose maps turn with the image: of fields with one channel per element of a group (the regular representation).
///
/// Channels are field after field, element after element. Filter (o, e), (i, f) is the sum of the basis' patterns, moved by e,
/// with weights that depend on o, i and e^-1 f: an image moved by a moves the maps and their elements e to a e.
///
/// Reference: Cohen & Welling (2016), arXiv:1602.07576, eqs. 10 and 11; Weiler & Cesa (2019), arXiv:1911.08251, section 2.
package final class GroupConvolution: Layer {
  package let weight: Tensor
  private let group: SymmetryGroup
  private let inputs: Int
  private let outputs: Int
  private let kernel: Int
  /// Channels of an input field: one of an image, else one per element.
  private let inputElements: Int
  private let basis: Tensor
  private let patterns: Int
  /// Which (element of the weights, element of the basis) stands at (e, f).
  private let places: [Int]

  /// - Parameters:
  ///   - inputs: Fields, or channels of an image.
  ///   - outputs: Fields.
  ///   - isLifting: From an image.
  package init(
    _ group: SymmetryGroup, _ inputs: Int, _ outputs: Int, kernel: Int, isLifting: Bool = false,
    _ generator: TensorGenerator
  ) throws {
    (self.group, self.inputs, self.outputs, self.kernel) = (group, inputs, outputs, kernel)
    let basis = FilterBasis(group, kernel: kernel)
    patterns = basis.count
    let size = group.count
    self.basis = try Tensor(
      basis.values, shape: [basis.count, size * kernel * kernel], device: generator.device)
    inputElements = isLifting ? 1 : size
    places = (0..<size).flatMap { e in
      (0..<(isLifting ? 1 : size)).map { f in
        (isLifting ? 0 : group.product(group.inverse(e), f)) * size + e
      }
    }
    // So that the sum over all inputs has twice their variance: He et al. (2015), arXiv:1502.01852, eq. 10.
    let squares = Double(basis.values.reduce(0) { $0 + $1 * $1 }) / Double(size)
    let deviation = (2 / (Double(inputs * inputElements) * squares)).squareRoot()
    weight = try generator.normal([outputs, inputs, inputElements, basis.count])
      .affine(scale: deviation).requiringGradient()
  }

  package var state: [NamedTensor] { [NamedTensor(name: "weight", tensor: weight, isTrainable: true)] }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let filter = try pass.expandedFilters?.filter(of: self, expanded) ?? expanded()
    return try x.convolved(filter, bias: nil, padding: kernel / 2)
  }

  /// [outputs elements, inputs elements, kernel, kernel].
  package func expanded() throws -> Tensor {
    let (size, pixels) = (group.count, kernel * kernel)
    return try weight.reshaped([outputs * inputs * inputElements, patterns]).matrixProduct(basis)
      .reshaped([outputs * inputs, inputElements, size, pixels]).permuted([1, 2, 0, 3])
      .reshaped([inputElements * size, outputs * inputs * pixels]).rows(places)
      .reshaped([size, inputElements, outputs, inputs, pixels]).permuted([2, 0, 3, 1, 4])
      .reshaped([outputs * size, inputs * inputElements, kernel, kernel])
  }
}

/// Batch normalization of fields: all elements of one share their statistics.
package struct FieldNormalization: Layer {
  private let fields: Int
  private let normalization: BatchNormalization

  package init(_ fields: Int, _ generator: TensorGenerator) throws {
    self.fields = fields
    normalization = try BatchNormalization(fields, generator)
  }

  package var state: [NamedTensor] { normalization.state }

  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let rest = x.shape[1] / fields * x.shape[2]
    return try normalization(x.reshaped([x.shape[0], fields, rest, x.shape[3]]), pass).reshaped(x.shape)
  }
}

extension Function {
  /// Means over squares of two pixels, or over what is symmetric about the middle of odd sides: turns with the image.
  static var halving: Function {
    Function { try $0.adaptiveMeanPool(height: ($0.shape[2] + 1) / 2, width: ($0.shape[3] + 1) / 2) }
  }

  /// The largest element of every field: what does not change when the image is turned, but where.
  static func groupPool(_ group: SymmetryGroup) -> Function {
    Function { x in
      let fields = x.shape[1] / group.count
      return try x.reshaped([x.shape[0], fields, group.count, x.shape[2] * x.shape[3]]).maximum(over: [2])
        .reshaped([x.shape[0], fields, x.shape[2], x.shape[3]])
    }
  }
}

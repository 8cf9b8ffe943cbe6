import LensCore
import LensNumerics

/// Convolution with a point spread function, prepared once for images of one size.
///
/// Product kernels are applied row by row and column by column, which is faster than a transform for the
/// narrow kernels of space telescopes and gives the same bits on every machine; all others go through FFTW.
public struct Blur<Scalar: LensScalar>: Sendable {
  private enum Method: Sendable {
    case none
    case separable([Scalar])
    case fourier(FourierConvolution<Scalar>)
  }

  private let method: Method

  /// - Throws: `NumericalError` if FFTW cannot plan the transform.
  public init(_ function: PointSpreadFunction?, width: Int, height: Int) throws {
    if let factor = function?.separableFactor {
      method = .separable(factor.map { Scalar($0) })
    } else if let function {
      method = .fourier(try FourierConvolution(width: width, height: height, kernel: function.kernel))
    } else {
      method = .none
    }
  }

  /// Memory for one thread.
  public func makeWorkspace() throws -> BlurWorkspace<Scalar> {
    if case .fourier(let convolution) = method {
      return BlurWorkspace(fourier: try convolution.makeWorkspace())
    }
    return BlurWorkspace(fourier: nil)
  }

  /// Replaces an image by its convolution; the sky outside the image is dark.
  public func apply(to image: inout Image<Scalar>, workspace: BlurWorkspace<Scalar>) {
    switch (method, workspace.fourier) {
    case (.separable(let factor), _): convolve(&image, factor: factor, scratch: &workspace.scratch)
    case (.fourier(let convolution), let fourier?): convolution.convolve(&image, workspace: fourier)
    case (.fourier, nil): preconditionFailure("the workspace was made for another blur")
    case (.none, _): break
    }
  }
}

/// Memory that `Blur.apply` reuses from image to image.
public final class BlurWorkspace<Scalar: LensScalar> {
  let fourier: FourierWorkspace<Scalar>?
  var scratch: [Scalar] = []

  init(fourier: FourierWorkspace<Scalar>?) { self.fourier = fourier }
}

/// Convolves with factor(x) factor(y): along the rows into `scratch`, then along the columns back.
private func convolve<Scalar: LensScalar>(
  _ image: inout Image<Scalar>, factor: [Scalar], scratch: inout [Scalar]
) {
  let (width, height) = (image.width, image.height)
  if scratch.count != width * height { scratch = Array(repeating: 0, count: width * height) }
  scratch.withUnsafeMutableBufferPointer { scratch in
    image.pixels.withUnsafeMutableBufferPointer { buffer in
      guard let rows = Column(viewing: scratch), let pixels = Column(viewing: buffer) else { return }
      scratch.update(repeating: 0)
      convolveRows(pixels, factor, width: width, height: height, into: rows)
      buffer.update(repeating: 0)
      convolveColumns(rows, factor, width: width, height: height, into: pixels)
    }
  }
}

// Specialised themselves, because the closure above is not: in generic code every weight would be a boxed value.

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func convolveRows<Scalar: LensScalar>(
  _ input: Column<Scalar>, _ factor: [Scalar], width: Int, height: Int, into output: Column<Scalar>
) {
  let reach = factor.count / 2
  for row in 0..<height {
    let start = row * width
    for tap in 0..<factor.count {
      // Output x takes input x + reach - tap.
      let shift = reach - tap
      let (first, last) = (max(0, -shift), min(width, width - shift))
      if first >= last { continue }
      addWeighted(
        input, from: start + first + shift, weight: factor[tap], to: output, at: start + first,
        count: last - first
      )
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func convolveColumns<Scalar: LensScalar>(
  _ input: Column<Scalar>, _ factor: [Scalar], width: Int, height: Int, into output: Column<Scalar>
) {
  let reach = factor.count / 2
  for row in 0..<height {
    for tap in 0..<factor.count {
      let source = row + reach - tap
      if source < 0 || source >= height { continue }
      addWeighted(
        input, from: source * width, weight: factor[tap], to: output, at: row * width, count: width)
    }
  }
}

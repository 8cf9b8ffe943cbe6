import LensCore
import LensNumerics

/// Convolution with a point spread function, prepared once for images of one size.
///
/// Product kernels are applied row by row and column by column, which is faster than a transform for the
/// narrow kernels of space telescopes and gives the same bits on every machine; all others go through FFTW.
package struct Blur<Scalar: LensScalar>: Sendable {
  private enum Method: Sendable {
    case none
    case separable(SeparableBlur<Scalar>)
    case fourier(FourierConvolution<Scalar>)
  }

  private let method: Method

  /// - Throws: `NumericalError` if FFTW cannot plan the transform.
  package init(_ function: PointSpreadFunction?, width: Int, height: Int) throws {
    if let factor = function?.separableFactor {
      method = .separable(SeparableBlur(factor: factor, width: width, height: height))
    } else if let function {
      method = .fourier(try FourierConvolution(width: width, height: height, kernel: function.kernel))
    } else {
      method = .none
    }
  }

  /// Memory for one thread.
  package func makeWorkspace() throws -> BlurWorkspace<Scalar> {
    switch method {
    case .none: BlurWorkspace(memory: .none)
    case .separable(let blur): BlurWorkspace(memory: .separable(blur.makeWorkspace()))
    case .fourier(let convolution): BlurWorkspace(memory: .fourier(try convolution.makeWorkspace()))
    }
  }

  /// Replaces an image by its convolution; the sky outside the image is dark.
  package func apply(to image: inout Image<Scalar>, workspace: BlurWorkspace<Scalar>) {
    switch (method, workspace.memory) {
    case (.none, _): break
    case (.separable(let blur), .separable(let memory)): blur.apply(to: &image, workspace: memory)
    case (.fourier(let convolution), .fourier(let memory)): convolution.convolve(&image, workspace: memory)
    default: preconditionFailure("the workspace was made for another blur")
    }
  }
}

/// Memory that `Blur.apply` reuses from image to image.
package struct BlurWorkspace<Scalar: LensScalar> {
  fileprivate enum Memory {
    case none
    case separable(SeparableBlurWorkspace<Scalar>)
    case fourier(FourierWorkspace<Scalar>)
  }
  fileprivate let memory: Memory
}

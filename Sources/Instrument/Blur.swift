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
    default: break
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
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func convolve<Scalar: LensScalar>(
  _ image: inout Image<Scalar>, factor: [Scalar], scratch: inout [Scalar]
) {
  let (width, height, reach) = (image.width, image.height, factor.count / 2)
  if scratch.count != width * height { scratch = Array(repeating: 0, count: width * height) }
  scratch.withUnsafeMutableBufferPointer { rows in
    image.pixels.withUnsafeMutableBufferPointer { pixels in
      rows.update(repeating: 0)
      for y in 0..<height {
        for (tap, weight) in factor.enumerated() {
          // Output x takes input x + reach - tap.
          let shift = reach - tap
          let (first, last) = (max(0, -shift), min(width, width - shift))
          for x in stride(from: first, to: last, by: 1) {
            rows[y * width + x] += weight * pixels[y * width + x + shift]
          }
        }
      }
      pixels.update(repeating: 0)
      for y in 0..<height {
        for (tap, weight) in factor.enumerated() {
          let source = y + reach - tap
          guard source >= 0, source < height else { continue }
          for x in 0..<width { pixels[y * width + x] += weight * rows[source * width + x] }
        }
      }
    }
  }
}

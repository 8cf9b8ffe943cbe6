import LensCore
import Synchronization

/// Convolution of images of one size with one kernel by real Fourier transforms.
///
/// The kernel's transform and the plans are made once; `convolve` may be called from several threads at a
/// time, each with a workspace of its own. The image is zero outside its borders and the result has the
/// image's size with the kernel centred, as in `scipy.signal.fftconvolve(image, kernel, "same")`.
public final class FourierConvolution<Scalar: LensScalar>: @unchecked Sendable {
  // Sendable although it holds pointers: nothing changes after `init`, and FFTW's execute functions on new
  // arrays are thread-safe.
  public let width: Int
  public let height: Int
  private let paddedWidth: Int
  private let paddedHeight: Int
  private let offsetX: Int
  private let offsetY: Int
  private let forward: OpaquePointer
  private let backward: OpaquePointer
  private let kernelTransform: FourierWorkspace<Scalar>

  /// - Parameters:
  ///   - width, height: Size of the images, in pixels.
  ///   - kernel: Any size; its centre is pixel (width / 2, height / 2), rounded down.
  /// - Throws: `NumericalError.noSolution` if FFTW has no plan or memory for the padded size.
  public init(width: Int, height: Int, kernel: Image<Double>) throws {
    self.width = width
    self.height = height
    paddedWidth = Self.transformLength(atLeast: width + kernel.width - 1)
    paddedHeight = Self.transformLength(atLeast: height + kernel.height - 1)
    offsetX = kernel.width / 2
    offsetY = kernel.height / 2
    let workspace = try FourierWorkspace<Scalar>(width: paddedWidth, height: paddedHeight)
    let plans = fftwPlanner.withLock { _ in
      (
        SendablePointer(
          Scalar.planForward(
            rows: workspace.height, columns: workspace.width, workspace.real, workspace.complex)),
        SendablePointer(
          Scalar.planBackward(
            rows: workspace.height, columns: workspace.width, workspace.complex, workspace.real))
      )
    }
    guard let forward = plans.0.pointer, let backward = plans.1.pointer else {
      throw NumericalError.noSolution(
        quantity: "Fourier plan", context: "\(paddedWidth) x \(paddedHeight) pixels")
    }
    self.forward = forward
    self.backward = backward
    kernelTransform = workspace
    let normalization = 1 / Double(paddedWidth * paddedHeight)
    workspace.clear()
    for y in 0..<kernel.height {
      for x in 0..<kernel.width {
        workspace.real[y * paddedWidth + x] = Scalar(kernel[x: x, y: y] * normalization)
      }
    }
    Scalar.execute(forward: forward, workspace.real, workspace.complex)
  }

  deinit {
    fftwPlanner.withLock { _ in
      Scalar.destroy(plan: forward)
      Scalar.destroy(plan: backward)
    }
  }

  /// Memory for one caller of `convolve`.
  public func makeWorkspace() throws -> FourierWorkspace<Scalar> {
    try FourierWorkspace(width: paddedWidth, height: paddedHeight)
  }

  /// Replaces the image by its convolution with the kernel.
  public func convolve(_ image: inout Image<Scalar>, workspace: FourierWorkspace<Scalar>) {
    precondition(image.width == width && image.height == height)
    copy(image, into: workspace)
    Scalar.execute(forward: forward, workspace.real, workspace.complex)
    workspace.multiply(by: kernelTransform)
    Scalar.execute(backward: backward, workspace.complex, workspace.real)
    copy(workspace, into: &image)
  }

  private func copy(_ image: Image<Scalar>, into workspace: FourierWorkspace<Scalar>) {
    workspace.clear()
    image.pixels.withUnsafeBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      for y in 0..<height {
        (workspace.real + y * paddedWidth).update(from: base + y * width, count: width)
      }
    }
  }

  private func copy(_ workspace: FourierWorkspace<Scalar>, into image: inout Image<Scalar>) {
    image.pixels.withUnsafeMutableBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      for y in 0..<height {
        let row = (y + offsetY) * paddedWidth + offsetX
        (base + y * width).update(from: workspace.real + row, count: width)
      }
    }
  }

  /// The next length without prime factors above 7, for which FFTW is fast.
  private static func transformLength(atLeast minimum: Int) -> Int {
    func isSmooth(_ number: Int) -> Bool {
      [2, 3, 5, 7].reduce(number) { rest, factor in
        var rest = rest
        while rest % factor == 0 { rest /= factor }
        return rest
      } == 1
    }
    var length = minimum
    while !isSmooth(length) { length += 1 }
    return length
  }
}

/// FFTW's planner is not thread-safe; everything that makes or destroys a plan holds this lock.
private let fftwPlanner = Mutex(())

private struct SendablePointer: @unchecked Sendable {
  let pointer: OpaquePointer?
  init(_ pointer: OpaquePointer?) { self.pointer = pointer }
}

/// Aligned memory for one transform at a time.
public final class FourierWorkspace<Scalar: LensScalar> {
  let width: Int
  let height: Int
  let real: UnsafeMutablePointer<Scalar>
  let complex: UnsafeMutablePointer<Scalar.FFTWComplex>
  private let complexCount: Int

  init(width: Int, height: Int) throws {
    self.width = width
    self.height = height
    complexCount = height * (width / 2 + 1)
    let realBytes = width * height * MemoryLayout<Scalar>.stride
    let complexBytes = complexCount * 2 * MemoryLayout<Scalar>.stride
    guard let real = Scalar.allocateForFourier(bytes: realBytes) else {
      throw NumericalError.noSolution(quantity: "memory", context: "\(realBytes) bytes for a transform")
    }
    guard let complex = Scalar.allocateForFourier(bytes: complexBytes) else {
      Scalar.freeForFourier(real)
      throw NumericalError.noSolution(quantity: "memory", context: "\(complexBytes) bytes for a transform")
    }
    self.real = real.bindMemory(to: Scalar.self, capacity: width * height)
    self.complex = complex.bindMemory(to: Scalar.FFTWComplex.self, capacity: complexCount)
  }

  deinit {
    Scalar.freeForFourier(real)
    Scalar.freeForFourier(complex)
  }

  func clear() { real.update(repeating: 0, count: width * height) }

  /// Multiplies the transform element by element.
  func multiply(by other: FourierWorkspace) {
    complex.withMemoryRebound(to: Scalar.self, capacity: 2 * complexCount) { a in
      other.complex.withMemoryRebound(to: Scalar.self, capacity: 2 * complexCount) { b in
        multiplyComplex(a, by: b, count: complexCount)
      }
    }
  }
}

// A function of its own, because a closure inside a specialised function is not specialised with it.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func multiplyComplex<Scalar: LensScalar>(
  _ a: UnsafeMutablePointer<Scalar>, by b: UnsafeMutablePointer<Scalar>, count: Int
) {
  for k in 0..<count {
    let (re, im) = (a[2 * k], a[2 * k + 1])
    a[2 * k] = re * b[2 * k] - im * b[2 * k + 1]
    a[2 * k + 1] = re * b[2 * k + 1] + im * b[2 * k]
  }
}

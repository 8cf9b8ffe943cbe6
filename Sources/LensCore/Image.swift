/// A single-channel picture: `height` rows of `width` pixels, row 0 at the bottom (smallest y).
@frozen
public struct Image<Scalar: Sendable>: Sendable {
  public let width: Int
  public let height: Int
  /// Row-major: the pixel in column x and row y is `pixels[y * width + x]`.
  public var pixels: [Scalar]

  @inlinable public init(width: Int, height: Int, repeating value: Scalar) {
    self.init(width: width, height: height, pixels: Array(repeating: value, count: width * height))
  }

  @inlinable public init(width: Int, height: Int, pixels: [Scalar]) {
    precondition(width > 0 && height > 0 && pixels.count == width * height)
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  @inlinable public subscript(x x: Int, y y: Int) -> Scalar {
    get { pixels[y * width + x] }
    set { pixels[y * width + x] = newValue }
  }

  @inlinable public func map<Result: Sendable>(_ transform: (Scalar) throws -> Result) rethrows -> Image<
    Result
  > {
    Image<Result>(width: width, height: height, pixels: try pixels.map(transform))
  }
}

extension Image: Equatable where Scalar: Equatable {}

extension Image where Scalar: Comparable {
  /// The largest pixel value. NaN pixels must not be present.
  @inlinable public var peak: Scalar { pixels.reduce(pixels[0]) { max($0, $1) } }
}

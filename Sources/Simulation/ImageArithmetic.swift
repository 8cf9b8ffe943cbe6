import LensCore
import LensNumerics

extension Image where Scalar: LensScalar {
  mutating func clear() {
    pixels.withUnsafeMutableBufferPointer { pixels in
      guard let pixels = Column(viewing: pixels) else { return }
      clearRun(pixels, at: 0, count: width * height)
    }
  }
}

func add<Scalar: LensScalar>(_ image: Image<Scalar>, to sum: inout Image<Scalar>, weight: Scalar = 1) {
  image.pixels.withUnsafeBufferPointer { terms in
    sum.pixels.withUnsafeMutableBufferPointer { sums in
      guard let terms = Column(viewing: UnsafeMutableBufferPointer(mutating: terms)),
        let sums = Column(viewing: sums)
      else { return }
      addWeighted(terms, from: 0, weight: weight, to: sums, at: 0, count: image.width * image.height)
    }
  }
}

/// - Throws: `NumericalError.notFinite` that names the first bad pixel.
func requireFinite<Scalar: LensScalar>(_ image: Image<Scalar>, _ quantity: String) throws {
  try requireFinite(Frames([image]), quantity)
}

func requireFinite<Scalar: LensScalar>(_ frames: Frames<Scalar>, _ quantity: String) throws {
  guard let bad = firstNonFinite(frames.pixels) else { return }
  let (row, band) = (bad / frames.width % frames.height, bad / (frames.width * frames.height))
  throw NumericalError.notFinite(
    quantity: quantity,
    context: "\(frames.pixels[bad]) in column \(bad % frames.width), row \(row)"
      + (frames.bandCount > 1 ? ", band \(band)" : ""))
}

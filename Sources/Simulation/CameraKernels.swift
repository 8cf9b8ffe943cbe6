import Instrument
import LensCore

extension InstrumentSpec {
  /// - Throws: `SpecError` with the path of the key where the band has it.
  func pointSpreadFunction(
    ofBand number: Int, scale: Double, _ readImage: (KernelFilePSFSpec) throws -> Image<Double>
  ) throws -> PointSpreadFunction? {
    do {
      return try PointSpreadFunction.sample(
        camera(ofBand: number).pointSpreadFunction, scale: scale, readImage: readImage)
    } catch let error as SpecError where error.keyPath.hasPrefix("instrument.psf") {
      throw SpecError(
        keyPath: path("psf", ofBand: number) + error.keyPath.dropFirst("instrument.psf".count),
        value: error.value, requirement: error.requirement)
    }
  }

  /// Fine pixels along x and y that are rendered around the image, because a kernel carries their light into it.
  ///
  /// - Throws: `SpecError` if there would be more of them than memory is planned for.
  func border(_ functions: [PointSpreadFunction?], binning: Int) throws -> (x: Int, y: Int) {
    guard border == .rendered else { return (0, 0) }
    let reaches = functions.compactMap { $0?.reach }
    let reach = (x: reaches.map(\.x).max() ?? 0, y: reaches.map(\.y).max() ?? 0)
    let (columns, rows) = (width * binning + 2 * reach.x, height * binning + 2 * reach.y)
    guard columns * rows <= InstrumentSpec.mostRenderedPixels else {
      throw SpecError(
        keyPath: "instrument.psf", value: "a kernel that reaches \(reach.x) x \(reach.y) pixels",
        requirement:
          "at most 2^26 pixels can be rendered with the border that it needs, which would be \(columns) x "
          + "\(rows): make the kernel smaller (kernel_pixels), or set instrument.border to dark")
    }
    return reach
  }
}

import LensCore

/// One band of a camera: what differs from its other bands. What is left out is as the camera has it.
public struct BandSpec: SpecFields, SpecComponent {
  public var pointSpreadFunction: PointSpreadFunctionSpec?
  /// Electrons per second per pixel.
  public var sky: Double?
  /// Standard deviation in electrons per pixel.
  public var readNoise: Double?
  /// Seconds.
  public var exposureTime: Double?

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.convertible("psf", &pointSpreadFunction)
    visitor.number("sky", &sky, InstrumentSpec.skyRange)
    visitor.number("read_noise", &readNoise, InstrumentSpec.readNoiseRange)
    visitor.number("exposure_time", &exposureTime, InstrumentSpec.exposureRange)
  }

  public static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> BandSpec? {
    visitor.readObject(BandSpec(), value, at: "")
  }

  public func written() -> SpecValue { SpecVisitor.write(self) }

  public mutating func fill(_ visitor: SpecVisitor) { visit(visitor) }

  public var usualName: String { "band" }
}

extension InstrumentSpec {
  /// The most bands of a camera.
  public static let mostBands = 64

  /// Images that are made of one sky: one of a camera without bands.
  public var bandCount: Int { max(1, bands.count) }

  /// What names of one band's columns and images end with, in the order of the frames; nothing for a camera without bands.
  public var bandSuffixes: [String] { bands.isEmpty ? [""] : bands.names.map { "_\($0)" } }

  /// Of one band, the camera with what the band changes, and without bands.
  ///
  /// - Parameter number: From 0 to `bandCount` - 1.
  public func camera(ofBand number: Int) -> InstrumentSpec {
    if bands.isEmpty { return self }
    let band = bands[number]
    var camera = self
    camera.bands = []
    camera.pointSpreadFunction = band.pointSpreadFunction ?? pointSpreadFunction
    camera.sky = band.sky ?? sky
    camera.readNoise = band.readNoise ?? readNoise
    camera.exposureTime = band.exposureTime ?? exposureTime
    return camera
  }

  /// One camera for each band.
  public var cameras: [InstrumentSpec] { (0..<bandCount).map(camera(ofBand:)) }

  /// The path of a key of one band's camera; the shared one where the band gives none.
  public func path(_ key: String, ofBand number: Int) -> String {
    let isOwn = !bands.isEmpty && bands[number].written().value(at: key) != nil
    return isOwn ? "instrument.bands.\(bands.names[number]).\(key)" : "instrument.\(key)"
  }

  /// The same camera with these exposure times, one for each band.
  public func exposed(for times: [Double]) -> InstrumentSpec {
    var camera = self
    if bands.isEmpty { camera.exposureTime = times[0] }
    for (number, time) in zip(bands.indices, times) { camera.bands[number].exposureTime = time }
    return camera
  }

  /// The same camera with every point spread function changed.
  public func mapPointSpreadFunctions(
    _ change: (PointSpreadFunctionSpec) throws -> PointSpreadFunctionSpec
  ) rethrows -> InstrumentSpec {
    var camera = self
    camera.pointSpreadFunction = try change(pointSpreadFunction)
    for number in bands.indices {
      camera.bands[number].pointSpreadFunction = try bands[number].pointSpreadFunction.map(change)
    }
    return camera
  }

  /// The kernels that are read from files, of all bands that use one; each once.
  public var kernelFiles: [KernelFilePSFSpec] {
    cameras.compactMap { $0.pointSpreadFunction.parameters as? KernelFilePSFSpec }.reduce(into: []) {
      if !$0.contains($1) { $0.append($1) }
    }
  }
}

import Instrument
import LensCore
import Priors

/// A document that is a camera alone.
package struct CameraFile: SpecFields {
  var camera = DrawnCamera(instrument: InstrumentSpec(), draws: [])

  package init() {}

  package mutating func visit(_ visitor: SpecVisitor) { visitor.convertible("camera", &camera) }
}

/// The camera of a population: some of its numbers may be drawn for every sample.
struct DrawnCamera: SpecConvertible {
  /// With some value in the place of each drawn number.
  var instrument: InstrumentSpec
  /// Paths in the instrument and what is given there.
  var draws: [SpecValue.Entry]

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> DrawnCamera? {
    do {
      // Relations name their numbers from the top of the spec, which is whole only when a scene is drawn.
      let template = try Template<Section>(.map([.init(Section.key, value)]), isPart: true)
      let draws = template.numbers.compactMap { number -> SpecValue.Entry? in
        let path = within(number.path)
        return value.value(at: path).map { SpecValue.Entry(path, $0) }
      }
      for draw in draws where !mayBeDrawn(draw.key) {
        visitor.fail(
          draw.key, given: "a prior",
          "must be a number: of a camera and of its bands sky, read_noise, exposure_time and the keys of psf may be drawn"
        )
      }
      return DrawnCamera(instrument: template.base.instrument, draws: draws)
    } catch let errors as SpecErrors {
      for error in errors.errors {
        visitor.fail(within(error.keyPath), given: error.value, error.requirement)
      }
    } catch {
      visitor.fail("", given: value.summary, "cannot be read: \(error)")
    }
    return nil
  }

  /// A spec of which nothing but the camera is there.
  private struct Section: SpecFields {
    static let key = "instrument"
    var instrument = InstrumentSpec()

    mutating func visit(_ visitor: SpecVisitor) { visitor.object(Self.key, &instrument) }
  }

  private static func within(_ path: String) -> String {
    path == Section.key ? "" : String(path.dropFirst(Section.key.count + 1))
  }

  /// What images of one array can differ in.
  private static func mayBeDrawn(_ path: String) -> Bool {
    ["sky", "read_noise", "exposure_time"].contains(withoutBand(path)) || isOfBlur(path)
  }

  static func isOfBlur(_ path: String) -> Bool {
    let key = withoutBand(path)
    return key.hasPrefix("psf.") && !key.hasSuffix("kernel_pixels")
  }

  /// The key of one band, as the whole camera has it.
  private static func withoutBand(_ path: String) -> String {
    let names = path.split(separator: ".")
    return names.first == "bands" ? names.dropFirst(2).joined(separator: ".") : path
  }

  func written() -> SpecValue {
    var value = SpecVisitor.write(instrument)
    // A path that was read leads through mappings.
    for draw in draws { try? value.set(draw.key.split(separator: "."), to: draw.value) }
    return value
  }
}

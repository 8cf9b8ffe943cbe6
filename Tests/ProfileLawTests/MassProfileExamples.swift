import LensCore
import LensTestSupport
import MassProfiles
import Testing

/// The mass profiles that every law is tested on: at least one of each kind, off centre and turned.
///
/// A new profile adds a line here.
enum MassProfileExamples {
  static let documents = [
    "sis: {einstein_radius: 1.2, center: [0.05, -0.1]}",
    "sie: {einstein_radius: 1.2, axis_ratio: 0.6, position_angle: 0.7, center: [0.05, -0.1]}",
    "sie: {einstein_radius: 1.2, axis_ratio: 0.3, position_angle: 2.1, core_radius: 0.2}",
    "sie: {einstein_radius: 1.2, axis_ratio: 1, core_radius: 0.1}",
    "epl: {einstein_radius: 1.2, slope: 1.3, axis_ratio: 0.6, position_angle: 0.7, center: [0.05, -0.1]}",
    "epl: {einstein_radius: 1.1, slope: 2.2, axis_ratio: 0.3, position_angle: 2.1}",
    "epl: {einstein_radius: 1.2, slope: 2.9, center: [0.05, -0.1]}",
    "multipole: {order: 1, amplitude: 0.1, angle: 0.4, reference_radius: 1.1, center: [0.05, -0.1]}",
    "multipole: {order: 3, amplitude: -0.1, angle: 0.4, center: [0.05, -0.1]}",
    "multipole: {order: 4, amplitude: 0.1, angle: 0.2}",
    "pseudo_jaffe: {einstein_radius: 0.8, truncation_radius: 0.9, axis_ratio: 0.7, position_angle: 0.4, center: [0.05, -0.1]}",
    "pseudo_jaffe: {einstein_radius: 0.8, core_radius: 0.2, truncation_radius: 2}",
    "nfw: {scale_radius: 1.5, deflection_at_scale_radius: 0.9, center: [0.05, -0.1]}",
    "elliptical_nfw: {scale_radius: 1.5, deflection_at_scale_radius: 0.9, axis_ratio: 0.6, position_angle: 1}",
    "truncated_nfw: {scale_radius: 0.3, deflection_at_scale_radius: 0.2, truncation_radius: 1, center: [0.05, 0]}",
    "truncated_nfw: {scale_radius: 0.5, deflection_at_scale_radius: 0.2, truncation_radius: 0.5}",
    "generalized_nfw: {scale_radius: 1.5, deflection_at_scale_radius: 0.9, inner_slope: 1.6, center: [0.05, -0.1]}",
    "generalized_nfw: {scale_radius: 1.5, deflection_at_scale_radius: 0.9, inner_slope: 0.2}",
    "cored_nfw: {scale_radius: 1.5, deflection_at_scale_radius: 0.9, core_radius: 0.2, center: [0.05, -0.1]}",
    "softened_nfw: {scale_radius: 0.4, deflection_at_scale_radius: 0.2, core_radius: 0.1, truncation_radius: 1.5, center: [-0.05, 0.1]}",
    "cored_truncated_nfw: {scale_radius: 0.5, deflection_at_scale_radius: 0.3, core_radius: 0.1, truncation_radius: 1.2, center: [0.05, -0.1]}",
    "hernquist: {scale_radius: 0.7, deflection_at_scale_radius: 0.6, center: [0.05, -0.1]}",
    "soliton: {central_convergence: 1.4, core_radius: 0.4, center: [0.05, -0.1]}",
    "granules: {fluctuation: 0.1, correlation_length: 0.6, waves: 50, realization: 3, center: [0.05, -0.1]}",
    "shear: {strength: 0.2, angle: 0.9, center: [0.05, -0.1]}",
    "convergence_sheet: {convergence: 0.3, center: [0.05, -0.1]}",
    "point_mass: {einstein_radius: 0.4, center: [0.05, -0.1]}",
    "line_mass: {einstein_radius: 0.5, length: 0.6, position_angle: 2.5, center: [0.05, -0.1]}",
  ]

  /// The examples read as a scene file would be.
  static func all() throws -> [(name: String, mass: MassSpec)] {
    try documents.map { ($0, try mass($0)) }
  }

  static func mass(_ document: String) throws -> MassSpec { try mass(try parseSpec(document)) }

  static func mass(_ value: SpecValue) throws -> MassSpec {
    try #require(try SpecVisitor.read(MassList.self, from: .map([.init("mass", .list([value]))])).mass.first)
  }

  private struct MassList: SpecFields {
    var mass: [MassSpec] = []
    mutating func visit(_ visitor: SpecVisitor) { visitor.convertibles("mass", &mass) }
  }

  /// The same mass turned about the origin and then moved.
  static func moved(_ document: String, angle: Double, by shift: (Double, Double)) throws -> MassSpec {
    guard case .map(var entries) = try parseSpec(document), case .map(var fields) = entries[0].value else {
      throw FileError(path: document, reason: "not an example")
    }
    let written = SpecVisitor.writeTagged(try mass(document).parameters)
    let center = written[entries[0].key]?["center"].flatMap(numbers) ?? [0, 0]
    set(&fields, "center", to: movedPoint((center[0], center[1]), angle: angle, by: shift))
    for key in ["position_angle", "angle"] {
      if let old = written[entries[0].key]?[key].flatMap(number) {
        set(&fields, key, to: .scalar("\(old + angle)"))
      }
    }
    entries[0].value = .map(fields)
    return try mass(.map(entries))
  }

  private static func movedPoint(
    _ point: (Double, Double), angle: Double, by shift: (Double, Double)
  ) -> SpecValue {
    let (x, y) = turned(point, by: angle)
    return .list([.scalar("\(x + shift.0)"), .scalar("\(y + shift.1)")])
  }

  private static func set(_ fields: inout [SpecValue.Entry], _ key: String, to value: SpecValue) {
    fields.removeAll { $0.key == key }
    fields.append(.init(key, value))
  }

  private static func number(_ value: SpecValue) -> Double? {
    if case .scalar(let text) = value { Double(text) } else { nil }
  }

  private static func numbers(_ value: SpecValue) -> [Double]? {
    if case .list(let items) = value { items.compactMap(number) } else { nil }
  }
}

import FileFormats
import Instrument
import LensCore
import Populations

/// The columns and rows of the tables that describe a dataset's samples.
package struct DatasetTables: Sendable {
  /// One row per sample: where it is, every drawn and derived parameter, and how it was exposed.
  package let sampleColumns: [TableColumn]
  package let parameterNames: [String]
  /// Where they are in `parameterNames`.
  private let positions: [String: Int]
  /// How often a sample may be drawn again; nil if the spec has no `redraw`, and the table no column for it.
  private let attempts: Int?
  /// Nil if the spec asks for none.
  private let forecast: DetectabilityForecast?

  /// One row per piece of substructure.
  package let substructureColumns = [
    TableColumn(name: "index", kind: .integer, description: "sample"),
    TableColumn(name: "kind", kind: .text(width: 24), description: "mass profile"),
    TableColumn(name: "mass", kind: .real, unit: "solMass", description: "mass"),
    TableColumn(
      name: "einstein_radius", kind: .real, unit: "arcsec", description: "of a point with this mass"),
    TableColumn(name: "x", kind: .real, unit: "arcsec", description: "position"),
    TableColumn(name: "y", kind: .real, unit: "arcsec", description: "position"),
    TableColumn(name: "length", kind: .real, unit: "arcsec", description: "of a line"),
    TableColumn(name: "angle", kind: .real, unit: "rad", description: "of a line, from +x"),
    TableColumn(name: "redshift", kind: .real, description: "of its plane"),
    TableColumn(name: "concentration", kind: .real, description: "c_200 when it formed"),
    TableColumn(name: "truncation_radius", kind: .real, unit: "arcsec", description: "of a truncated halo"),
  ]

  /// - Throws: What drawing a scene throws. The first samples, one of each class, tell which parameters exist.
  package init(_ plan: PopulationPlan) throws {
    var (names, units): ([String], [String: String]) = ([], [:])
    for index in plan.classes.indices {
      for parameter in try plan.parameters(index) where !names.contains(parameter.name) {
        names.append(parameter.name)
        units[parameter.name] = parameter.unit
      }
    }
    // What was drawn for any class comes before what follows from it, which some samples lack.
    for (name, unit) in DrawnParameter.derived { units[name] = unit }
    let derived = DrawnParameter.derived.map(\.key)
    parameterNames = names.filter { !derived.contains($0) } + derived
    positions = Dictionary(parameterNames.enumerated().map { ($1, $0) }) { first, _ in first }
    let brightness = plan.spec.instrument.brightnessUnit
    attempts = plan.spec.redraw?.attempts
    forecast = plan.spec.forecast ? try DetectabilityForecast(plan) : nil
    sampleColumns =
      [
        TableColumn(name: "index", kind: .integer, description: "sample"),
        TableColumn(name: "class", kind: .text(width: Self.classWidth(plan.classes)), description: "label"),
        TableColumn(name: "split", kind: .text(width: 10), description: "train, validation or test"),
        TableColumn(name: "row", kind: .integer, description: "position in the arrays of class and split"),
        TableColumn(name: "pair", kind: .integer, description: "samples of one pair share it"),
      ]
      + parameterNames.map {
        TableColumn(
          name: DrawnParameter.column($0), kind: .real,
          unit: Self.unit(units[$0] ?? "", brightness),
          description: Self.description($0))
      }
      + Self.exposureColumns(plan.spec.instrument)
      + (forecast == nil
        ? []
        : [
          TableColumn(
            name: "forecast_known", kind: .real,
            description: "by how many sigma substructure moves the image"),
          TableColumn(
            name: "forecast_projected", kind: .real,
            description: "the same, lens and source told from the image"),
        ])
      + (attempts == nil
        ? []
        : [
          TableColumn(
            name: "redraws", kind: .real, description: "further draws, none could be rendered before")
        ])
  }

  /// The last columns, which are numbers.
  package var numberColumns: [TableColumn] { Array(sampleColumns.dropFirst(Self.placeColumnCount)) }

  /// The cells of `numberColumns`; nil for what a sample's class does not have.
  ///
  /// - Throws: `NumericalError` if a forecast is asked for and cannot be made.
  package func numbers(of sample: Sample) throws -> [Double?] {
    var values = [Double?](repeating: nil, count: parameterNames.count)
    for parameter in sample.drawn.parameters {
      if let position = positions[parameter.name] { values[position] = parameter.value }
    }
    let observation = sample.observation
    let exposures = zip(observation.exposureTimes, observation.signalToNoise).flatMap { time, ratios in
      [time] + SignalToNoiseDefinition.allCases.map { ratios[$0] }
    }
    return try values
      + exposures
      + (forecast.map { try $0(sample) }.map { [$0.known, $0.projected] } ?? [])
      + (attempts == nil ? [] : [Double(sample.drawn.redraws)])
  }

  /// How often a sample was drawn again, from its row; nil if that cannot be.
  func redraws(_ cells: [TableCell]) -> Int? {
    guard let attempts else { return 0 }
    guard case .real(let number)? = cells.last, let count = Int(exactly: number) else { return nil }
    return (0...attempts).contains(count) ? count : nil
  }

  /// Of each band, its name behind theirs if it has one.
  private static func exposureColumns(_ instrument: InstrumentSpec) -> [TableColumn] {
    instrument.bandSuffixes.flatMap { suffix in
      [TableColumn(name: "exposure_time\(suffix)", kind: .real, unit: "s", description: "exposure")]
        + SignalToNoiseDefinition.allCases.map {
          TableColumn(
            name: "signal_to_noise_\($0.rawValue)\(suffix)", kind: .real,
            description: "see docs/conventions.md")
        }
    }
  }

  /// Index, class, split, row, pair.
  private static let placeColumnCount = 5
  /// Of them, the row.
  package static let rowColumn = 3

  /// The writer fills in the row, which is empty here.
  func sampleRow(_ sample: Sample) throws -> [TableCell] {
    let drawn = sample.drawn
    return [
      .integer(drawn.index), .text(drawn.label), .text(drawn.split.rawValue), .empty,
      drawn.pair.map { .integer($0) } ?? .empty,
    ] + (try numbers(of: sample)).map { $0.map { .real($0) } ?? .empty }
  }

  func substructureRows(_ drawn: DrawnScene) -> [[TableCell]] {
    drawn.substructure.map { record in
      [
        .integer(drawn.index), .text(record.kind), .real(record.mass), .real(record.einsteinRadius),
        .real(record.x), .real(record.y), record.length.map { .real($0) } ?? .empty,
        record.angle.map { .real($0) } ?? .empty, .real(record.redshift),
        record.concentration.map { .real($0) } ?? .empty, record.truncationRadius.map { .real($0) } ?? .empty,
      ]
    }
  }

  private static func description(_ parameter: String) -> String {
    switch parameter {
    case "derived.einstein_radius": "circle with the area inside the host's critical curve"
    case "derived.einstein_mass": "projected, inside the host's critical curve"
    case "derived.velocity_dispersion": "isothermal host's, or of one with this radius"
    case "derived.substructure_einstein_radius": "of a point with the substructure's mass"
    default: parameter.hasPrefix("derived.") ? "derived" : "drawn"
    }
  }

  /// Names have been as wide as 12 since before they could be chosen.
  private static func classWidth(_ names: [String]) -> Int { names.reduce(12) { max($0, $1.utf8.count) } }

  private static func unit(_ unit: String, _ brightness: BrightnessUnit) -> String {
    if unit != SpecRange.ofBrightness { return unit }
    return brightness == .perPixel ? "electron/s" : "electron s-1 arcsec-2"
  }
}

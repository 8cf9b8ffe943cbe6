import Charts
import Dataset
import FileFormats
import Populations

/// How the numbers of a dataset's samples are distributed, beside how they should be.
struct ParameterStatistics {
  struct Column {
    let name: String
    let unit: String
    var found: Histogram
    /// What the spec draws from another seed; nil for what only an exposure tells.
    let expected: Histogram?

    /// The smallest and the largest value of the samples; nil if none has one.
    private(set) var extremes: ClosedRange<Double>?

    /// Whether every sample has the same value, and every other would have it.
    ///
    /// Values that only an exposure tells, a signal-to-noise ratio that was asked for, say, are known to single precision.
    var isConstant: Bool {
      guard let extremes else { return false }
      let largest = max(abs(extremes.lowerBound), abs(extremes.upperBound))
      return expected.map { $0.counts.count { $0 > 0 } <= 1 && found.counts.count { $0 > 0 } <= 1 }
        ?? (extremes.upperBound - extremes.lowerBound <= Self.rounding * largest)
    }

    /// By more than chance would in one of a thousand cases.
    var differs: Bool {
      expected.map { found.distance(to: $0) > found.criticalDistance(to: $0) } ?? false
    }

    /// The value of a constant.
    var constant: Double {
      extremes.map { $0.lowerBound / 2 + $0.upperBound / 2 } ?? .nan
    }

    /// A hundred roundings of a Float, relative.
    private static let rounding = 1e-5

    mutating func add(_ value: Double) {
      guard value.isFinite else { return }
      found.add(value)
      extremes = extremes.map { min($0.lowerBound, value)...max($0.upperBound, value) } ?? value...value
    }
  }

  private(set) var columns: [Column]

  /// Scenes that are drawn, but not rendered, to see the prior.
  private static let draws = 30_000

  /// - Throws: `FileError` if the dataset is damaged.
  init(_ folder: String, progress: (Int, Int) -> Void) throws {
    let reader = try DatasetReader(folder)
    let plan = try PopulationPlan.drawing(reader.spec, seed: reader.manifest.seed &+ 1)
    let expected = try Self.expected(plan, reader.tables)
    let exposure = try Self.values(folder, from: expected.count)
    let all = reader.tables.numberColumns
    columns = all.indices.map { k in
      let draws = k < expected.count ? expected[k] : []
      let range = Histogram(
        rangeOf: k < expected.count ? draws : exposure.isEmpty ? [] : exposure[k - expected.count])
      var prior = range
      draws.forEach { prior.add($0) }
      return Column(
        name: all[k].name, unit: all[k].unit, found: range, expected: k < expected.count ? prior : nil)
    }
    var done = 0
    while let sample = try reader.next(hasImages: false) {
      for (k, cell) in sample.cells.suffix(all.count).enumerated() {
        if case .real(let value) = cell { columns[k].add(value) }
      }
      done += 1
      progress(done, reader.manifest.sampleCount)
    }
  }

  /// Per parameter of the scene its drawn values.
  private static func expected(_ plan: PopulationPlan, _ tables: DatasetTables) throws -> [[Double]] {
    let names = tables.parameterNames
    let places = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var values = names.map { _ in [Double]() }
    for index in 0..<draws {
      for parameter in try plan.parameters(index) {
        if let place = places[parameter.name] { values[place].append(parameter.value) }
      }
    }
    return values
  }

  /// The smallest and the largest value of the columns that no scene has.
  private static func values(_ folder: String, from first: Int) throws -> [[Double]] {
    let reader = try DatasetReader(folder)
    var extremes: [[Double]] = []
    while let sample = try reader.next(hasImages: false) {
      let values = sample.cells.suffix(reader.tables.numberColumns.count - first).map { cell in
        if case .real(let value) = cell { value } else { Double.nan }
      }
      if extremes.isEmpty { extremes = values.map { _ in [] } }
      for (k, value) in values.enumerated() where value.isFinite {
        extremes[k] = [min(extremes[k].first ?? value, value), max(extremes[k].last ?? value, value)]
      }
    }
    return extremes
  }
}

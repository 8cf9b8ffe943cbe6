import Populations

/// How well the substructure of some samples can be seen, class by class.
public struct ForecastTable: Sendable {
  public struct Row: Sendable {
    public let index: Int
    public let label: String
    public let isSmooth: Bool
    public let detectability: Detectability
  }

  public let rows: [Row]

  /// - Parameter progress: Called when a sample is done, on any thread.
  /// - Throws: The error of the first sample that cannot be made.
  public init(
    _ forecast: DetectabilityForecast, _ plan: PopulationPlan, _ indices: Range<Int>, threads: Int,
    progress: @Sendable () -> Void = {}
  ) throws {
    rows = try RenderingBatch(plan, threads: threads).map(indices) { sample in
      defer { progress() }
      return Row(
        index: sample.drawn.index, label: sample.drawn.label, isSmooth: sample.drawn.isSmooth,
        detectability: try forecast(sample))
    }
  }

  /// Classes with substructure, in the order in which they are met.
  public var classes: [String] {
    rows.reduce(into: []) { if !$1.isSmooth && !$0.contains($1.label) { $0.append($1.label) } }
  }

  /// - Parameter label: Nil for all with substructure.
  public func distances(_ label: String?, _ kind: KeyPath<Detectability, Double>) -> [Double] {
    rows.filter { !$0.isSmooth && (label == nil || $0.label == label) }
      .map { $0.detectability[keyPath: kind] }
  }

  /// The first, second and third quartile.
  public static func quartiles(_ values: [Double]) -> [Double] {
    let sorted = values.sorted()
    return sorted.isEmpty ? [] : [0.25, 0.5, 0.75].map { sorted[Int($0 * Double(sorted.count - 1) + 0.5)] }
  }
}

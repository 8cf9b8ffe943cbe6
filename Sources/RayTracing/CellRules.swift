import LensCore
import LensNumerics

/// What is the same in all cells of a `HaloTree`: nodes, and how values at them turn into those of a quarter, or into powers.
struct CellRules: Sendable {
  static let shared = CellRules()

  /// Nodes along a side.
  static let order = 6
  static let nodeCount = order * order

  /// Of [-1, 1].
  let nodes: [Float]
  /// By half, left and right: the values at the half's nodes from those at all nodes, row by row.
  private let halves: [[Float]]
  private let toPowers: [Float]

  private init() {
    let order = Self.order
    let fit = ChebyshevFit(order)
    nodes = fit.nodes.map { Float($0) }
    let units = (0..<order).map { unit in (0..<order).map { $0 == unit ? 1.0 : 0 } }
    halves = [-1.0, 1].map { side in
      fit.nodes.flatMap { node in
        units.map { Float(ChebyshevFit.value(fit.coefficients($0), (node + side) / 2)) }
      }
    }
    let columns = units.map { fit.powers($0) }
    toPowers = (0..<order).flatMap { power in columns.map { Float($0[power]) } }
  }

  /// Values at a quarter's nodes.
  func narrow(_ parent: Column<Float>, toRight: Bool, up: Bool, _ child: Column<Float>) {
    apply(halves[toRight ? 1 : 0], halves[up ? 1 : 0], parent, child)
  }

  /// The coefficients of a polynomial, with the powers of x in rows.
  func writePowers(of values: Column<Float>, to powers: Column<Float>) {
    apply(toPowers, toPowers, values, powers)
  }

  /// One matrix along rows, another along columns.
  @inline(__always)
  private func apply(
    _ across: [Float], _ along: [Float], _ values: Column<Float>, _ result: Column<Float>
  ) {
    let order = Self.order
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.nodeCount) { rows in
      for row in 0..<order {
        for i in 0..<order {
          var sum: Float = 0
          for k in 0..<order { sum += across[i * order + k] * values[row * order + k] }
          rows[row * order + i] = sum
        }
      }
      for i in 0..<order {
        for column in 0..<order {
          var sum: Float = 0
          for k in 0..<order { sum += along[i * order + k] * rows[k * order + column] }
          result[i * order + column] = sum
        }
      }
    }
  }

  /// Horner's rule along x inside of that along y.
  @inline(__always)
  static func value(_ powers: Column<Float>, _ u: SIMD16<Float>, _ v: SIMD16<Float>) -> SIMD16<Float> {
    let last = order - 1
    var value = SIMD16<Float>.zero
    for row in 0...last {
      let first = (last &- row) &* order
      var along = SIMD16(repeating: powers[first &+ last])
      for power in 1...last { along = along * u + powers[first &+ last &- power] }
      value = value * v + along
    }
    return value
  }
}

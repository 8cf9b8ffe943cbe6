import CGSL
import LensCore

/// Nodes and weights of the Gauss-Legendre rule on [0, 1].
///
/// GSL keeps tables for the usual orders, so the numbers are the same on every machine.
public struct GaussLegendreRule: Sendable {
  public let nodes: [Double]
  public let weights: [Double]

  /// - Throws: `NumericalError.noSolution` if GSL cannot make a rule of this order.
  public init(order: Int) throws {
    guard order > 0, let table = gsl_integration_glfixed_table_alloc(order) else {
      throw NumericalError.noSolution(quantity: "Gauss-Legendre rule", context: "order \(order)")
    }
    defer { gsl_integration_glfixed_table_free(table) }
    var (nodes, weights) = ([Double](), [Double]())
    for index in 0..<order {
      var (node, weight) = (0.0, 0.0)
      gsl_integration_glfixed_point(0, 1, index, &node, &weight, table)
      nodes.append(node)
      weights.append(weight)
    }
    self.nodes = nodes
    self.weights = weights
  }

  /// The rule of order 64, exact to rounding for every smooth integrand of this project.
  public static let order64 = (try? GaussLegendreRule(order: 64)) ?? GaussLegendreRule()

  /// For smooth parts of integrands that are cut into pieces.
  package static let order16 = (try? GaussLegendreRule(order: 16)) ?? GaussLegendreRule()

  /// What is left when GSL has no memory for 128 numbers: every integral is NaN, which callers refuse.
  private init() { (nodes, weights) = ([0], [.nan]) }

  /// Integral of a function from `lower` to `upper`.
  public func integrate(from lower: Double, to upper: Double, _ function: (Double) -> Double) -> Double {
    let width = upper - lower
    return width * zip(nodes, weights).reduce(0) { $0 + $1.1 * function(lower + width * $1.0) }
  }
}

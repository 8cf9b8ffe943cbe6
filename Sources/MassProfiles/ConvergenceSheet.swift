import LensCore
import LensNumerics

/// Parameters of a sheet of constant surface density.
public struct ConvergenceSheetSpec: MassProfileSpec, Equatable {
  public static let kind = "convergence_sheet"

  /// Dimensionless; negative for a void.
  public var convergence = 0.0
  /// Where the deflection vanishes, [x, y] in arcsec.
  public var center = [0.0, 0.0]

  public init() {}

  public mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("convergence", &convergence, SpecRange(-1e6...1e6))
    visitor.numbers("center", &center, .position)
  }

  public func profile<Scalar: LensScalar>(_ scalar: Scalar.Type) -> any MassProfile<Scalar> {
    ConvergenceSheet<Scalar>(self)
  }
}

/// A sheet of constant convergence kappa: deflection kappa (x, y).
///
/// Reference: Schneider, Kochanek & Wambsganss (2006), Part 1, section 3 (uniform mass sheet).
public struct ConvergenceSheet<Scalar: LensScalar>: MassProfile {
  private let centreX: Scalar
  private let centreY: Scalar
  private let convergence: Scalar

  public init(_ spec: ConvergenceSheetSpec) {
    centreX = Scalar(spec.center[0])
    centreY = Scalar(spec.center[1])
    convergence = Scalar(spec.convergence)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addDeflection(
    at position: VectorColumns<Scalar>, to deflection: VectorColumns<Scalar>, scratch: ScratchColumns<Scalar>
  ) {
    for i in 0..<position.count {
      deflection.x[i] += convergence * (position.x[i] - centreX)
      deflection.y[i] += convergence * (position.y[i] - centreY)
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addPotential(at position: VectorColumns<Scalar>, to potential: Column<Scalar>) {
    for i in 0..<position.count {
      let (dx, dy) = (position.x[i] - centreX, position.y[i] - centreY)
      potential[i] += convergence * (dx * dx + dy * dy) / 2
    }
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func addHessian(at position: VectorColumns<Scalar>, to hessian: HessianColumns<Scalar>) {
    for i in 0..<position.count {
      hessian.xx[i] += convergence
      hessian.yy[i] += convergence
    }
  }
}

import LensCore
import LensNumerics

/// Where a place reads or spreads along one axis of a grid: six nodes of a quintic spline, padded to eight.
struct SplineStencil {
  /// The first node.
  let first: Int
  let weights: SIMD8<Float>
  /// Derivatives of the weights per arcsec.
  let slopes: SIMD8<Float>

  /// - Parameter position: In nodes from the grid's first.
  init(position: Double, spacing: Double) {
    let whole = position.rounded(.down)
    let f = position - whole
    first = Int(whole) - 2
    weights = QuinticSpline.weights(Float(f))
    slopes = SIMD8(QuinticSpline.slopes(f).map { Float($0 / spacing) } + [0, 0])
  }
}

/// One grid of a `HaloField`: the part of the potential that is a sum of Gaussians of one width.
///
/// Charges are spread over the nodes by a spline and convolved with the Gaussian, first along rows, then along
/// columns; the gradient is read by the same spline. Belongs to one thread.
final class FieldLevel {
  /// The width of the Gaussian in nodes: narrower ones would alias.
  static let widthInNodes = 2.5
  /// How many nodes away a charge is felt: beyond, the taps of the convolution are below 1e-6 of the largest.
  static let reach = 12
  /// A charge whose first or last nodes are felt no more may have others that are.
  private static let margin = QuinticSpline.nodes / 2
  private static let border = reach + margin

  /// Nodes along x and y that charges are spread over: those of the potential and `border` more on every side.
  let width: Int
  let height: Int
  /// The first node, arcsec.
  let originX: Double
  let originY: Double
  /// Arcsec between nodes.
  let spacing: Double

  private let outputWidth: Int
  private let outputHeight: Int
  /// From the middle outwards.
  private let taps: [Float]
  private let chargeStorage: ColumnStorage<Float>
  private let rows: ColumnStorage<Float>
  private let potential: ColumnStorage<Float>
  /// The potential and its slope along y between the rows of nodes, for one row of rays.
  private let values: ColumnStorage<Float>
  private let slopes: ColumnStorage<Float>

  /// - Parameters:
  ///   - gaussian: The width of the Gaussian, arcsec.
  ///   - halfWidth, halfHeight: Of the region, about the origin, in which the gradient will be read; arcsec.
  ///   - taps: From the middle outwards, `reach` + 1 numbers.
  init(gaussian: Double, halfWidth: Double, halfHeight: Double, taps: [Float]) {
    let spacing = gaussian / Self.widthInNodes
    // The first potential node is three nodes before the region, the last four behind.
    func nodes(_ half: Double) -> Int { Int((2 * half / spacing).rounded(.up)) + 8 }
    outputWidth = nodes(halfWidth)
    outputHeight = nodes(halfHeight)
    self.spacing = spacing
    self.taps = taps
    width = outputWidth + 2 * Self.border
    height = outputHeight + 2 * Self.border
    originX = -halfWidth - Double(3 + Self.border) * spacing
    originY = -halfHeight - Double(3 + Self.border) * spacing
    // Eight more, because six weights are read as eight.
    chargeStorage = ColumnStorage(count: width * height + 8, repeating: 0)
    rows = ColumnStorage(count: outputWidth * (outputHeight + 2 * Self.reach) + 8, repeating: 0)
    potential = ColumnStorage(count: outputWidth * outputHeight + 8, repeating: 0)
    values = ColumnStorage(count: outputWidth + 8, repeating: 0)
    slopes = ColumnStorage(count: outputWidth + 8, repeating: 0)
  }

  var charges: Column<Float> { chargeStorage.column }

  func clear() { clearRun(charges, at: 0, count: width * height) }

  /// The stencils with which places from `start` on, `step` arcsec apart, read the potential along x or y.
  func stencils(from start: Double, step: Double, count: Int, origin: Double) -> [SplineStencil] {
    (0..<count).map {
      SplineStencil(
        position: (start + Double($0) * step - origin) / spacing - Double(Self.border), spacing: spacing)
    }
  }

  /// Turns charges into the potential.
  func convolve() {
    let reach = Self.reach
    sumSymmetric(
      charges, middles: ColumnRuns(start: Self.margin * width + Self.border, step: width), step: 1, taps,
      to: rows.column, targets: ColumnRuns(start: 0, step: outputWidth), count: outputWidth,
      runs: outputHeight + 2 * reach)
    sumSymmetric(
      rows.column, middles: ColumnRuns(start: reach * outputWidth, step: 0), step: outputWidth, taps,
      to: potential.column, targets: ColumnRuns(start: 0, step: 0), count: outputWidth * outputHeight, runs: 1
    )
  }

  /// Adds the gradient along one row of places to a run of `x` and `y`.
  func addGradient(
    columns: [SplineStencil], row: SplineStencil, toX x: Column<Float>, y: Column<Float>, at start: Int
  ) {
    interpolate(row)
    let (values, slopes) = (values.column, slopes.column)
    for i in 0..<columns.count {
      let stencil = columns[i]
      x[start &+ i] += pairwiseSum(values.eight(at: stencil.first) * stencil.slopes)
      y[start &+ i] += pairwiseSum(slopes.eight(at: stencil.first) * stencil.weights)
    }
  }

  /// The gradient at one place.
  func gradient(column x: SplineStencil, row y: SplineStencil) -> SIMD2<Float> {
    let potential = potential.column
    var (value, slope) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
    for j in 0..<QuinticSpline.nodes {
      let nodes = potential.eight(at: (y.first &+ j) &* outputWidth &+ x.first)
      value += y.weights[j] * nodes
      slope += y.slopes[j] * nodes
    }
    return SIMD2(pairwiseSum(value * x.slopes), pairwiseSum(slope * x.weights))
  }

  /// Combines six rows of nodes into `values` and `slopes`.
  private func interpolate(_ stencil: SplineStencil) {
    let (values, slopes, potential) = (values.column, slopes.column, potential.column)
    let start = stencil.first * outputWidth
    for i in stride(from: 0, to: outputWidth, by: 8) {
      var (value, slope) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
      for j in 0..<QuinticSpline.nodes {
        let nodes = potential.eight(at: start &+ j &* outputWidth &+ i)
        value += stencil.weights[j] * nodes
        slope += stencil.slopes[j] * nodes
      }
      values.set(value, at: i)
      slopes.set(slope, at: i)
    }
  }
}

/// The sum of eight numbers by halves, in three additions; `sum()` would take seven after each other.
@inline(__always)
func pairwiseSum(_ v: SIMD8<Float>) -> Float {
  let four = v.lowHalf + v.highHalf
  let two = four.lowHalf + four.highHalf
  return two.x + two.y
}

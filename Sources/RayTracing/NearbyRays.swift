import LensCore
import LensNumerics
import MassProfiles

/// The rays within the inner radius of one halo, and the radii at which it is sampled: both go through its kernel
/// together.
final class NearbyRays {
  private let basis: GaussianBasis
  private let sampleCount: Int
  private let rays: ColumnStorage<Int32>
  private let tile: RayTile<Float>
  private var count = 0

  init(_ basis: GaussianBasis, finest: RayLattice) {
    self.basis = basis
    sampleCount = basis.squaredSampleRadii.count
    let side = Int(2 * basis.innerRadius / finest.spacing) + 2
    rays = ColumnStorage(count: side * side, repeating: 0)
    tile = RayTile(count: sampleCount + side * side + 8)
    for (k, value) in basis.squaredSampleRadii.enumerated() { squaredRadius[k] = Float(value) }
  }

  /// Mean convergences at the sample radii, after `evaluate`.
  var samples: Column<Float> { tile.brightness }
  private var squaredRadius: Column<Float> { tile.potential }

  /// Lists the rays of a lattice within the inner radius of a halo's centre.
  ///
  /// - Parameter number: The ray in a column and row of the lattice; negative for one that is not wanted.
  @inline(__always)
  func collect(
    x centreX: Float, y centreY: Float, on lattice: RayLattice, number: (Int, Int) -> Int
  ) {
    let (x, y) = (Double(centreX) - lattice.x0, Double(centreY) - lattice.y0)
    let limit = Float(basis.innerRadius * basis.innerRadius)
    let (rays, image, squaredRadius) = (rays.column, tile.image, squaredRadius)
    var found = 0
    for row in range(y, lattice.rows, lattice.spacing) {
      let dy = Float(Double(row) * lattice.spacing - y)
      for column in range(x, lattice.columns, lattice.spacing) {
        let dx = Float(Double(column) * lattice.spacing - x)
        let squared = dx * dx + dy * dy
        let ray = number(column, row)
        // A ray that does not count is overwritten by the next: no processor could guess which these are.
        rays[found] = Int32(truncatingIfNeeded: ray)
        image.x[found] = dx
        image.y[found] = dy
        squaredRadius[sampleCount &+ found] = squared
        found &+= (squared < limit ? 1 : 0) & (ray < 0 ? 0 : 1)
      }
    }
    count = found
  }

  /// The lattice places within the inner radius along one axis.
  private func range(_ place: Double, _ count: Int, _ spacing: Double) -> Range<Int> {
    let first = max(0, ((place - basis.innerRadius) / spacing).rounded(.up))
    let end = min(Double(count), ((place + basis.innerRadius) / spacing).rounded(.down) + 1)
    return first < end ? Int(first)..<Int(end) : 0..<0
  }

  /// Evaluates the halo's mean convergence at the sample radii and at the rays.
  func evaluate(_ halo: some CircularMassProfile<Float>) {
    // Whole vectors only; behind the last ray are radii that do not count.
    let padded = (sampleCount + count + 7) / 8 * 8
    halo.fillMeanConvergence(
      tile.brightness, squaredRadius: squaredRadius, count: padded, scratch: tile.scratch)
  }

  /// Hands out the exact deflection of each ray less the polynomial that the grids hold of the halo.
  @inline(__always)
  func addCorrections(
    _ polynomials: Column<Float>, at start: Int, to add: (_ ray: Int, _ dx: Float, _ dy: Float) -> Void
  ) {
    let inverseLimit = Float(1 / (basis.innerRadius * basis.innerRadius))
    let (rays, image, squaredRadius, mean) = (rays.column, tile.image, squaredRadius, tile.brightness)
    for i in stride(from: 0, to: count, by: 8) {
      let u = squaredRadius.eight(at: sampleCount &+ i) * inverseLimit
      // Horner's rule for the even powers and for the odd ones, so that the processor has two chains to follow.
      let last = start &+ GaussianBasis.powers &- 1
      let square = u * u
      var even = SIMD8<Float>(repeating: polynomials[last])
      var odd = SIMD8<Float>(repeating: polynomials[last &- 1])
      for n in 1..<(GaussianBasis.powers / 2) {
        even = even * square + polynomials[last &- 2 &* n]
        odd = odd * square + polynomials[last &- 2 &* n &- 1]
      }
      even = even * square + polynomials[start]
      let held = mean.eight(at: sampleCount &+ i) - (even + odd * u)
      for lane in 0..<min(8, count &- i) {
        let ray = i &+ lane
        add(Int(rays[ray]), held[lane] * image.x[ray], held[lane] * image.y[ray])
      }
    }
  }
}

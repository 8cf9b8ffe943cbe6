import LensCore
import LensNumerics
import MassProfiles

/// The deflection of very many small circular halos, at a cost that hardly depends on the number of rays.
///
/// Beyond a small radius a halo's mean convergence is a sum of Gaussians (`GaussianBasis`), and each of them is the
/// gradient of a Gaussian potential. The halos' Gaussians of one width are gathered on a grid that is as coarse as
/// that width allows, convolved there at once, and read at the rays. Within the radius, a little more than a pixel,
/// every halo is evaluated exactly and what the grids hold of it is subtracted.
///
/// The error of one halo's deflection is below 1e-4 of its largest among the image's rays, wherever it is
/// (`HaloFieldTests`). Belongs to one thread.
package final class HaloField: HaloDeflection {
  private let grid: PixelGrid
  private let basis: GaussianBasis
  private let levels: [FieldLevel]
  private let spreader: ChargeSpreader
  private let fit: SampleMatrix
  private let polynomial: SampleMatrix
  private let coarse: FieldReader
  private let fine: FieldReader?
  /// What the coarse levels hold, if pixels will be refined: from level `firstSmooth` on.
  private let smooth: SmoothField?
  private let firstSmooth: Int
  private let nearby: NearbyRays
  private let charges: ColumnStorage<Float>
  /// The halos, from bottom to top, roughly; first these, then the points are numbered in `polynomials`.
  private var truncated: [TruncatedNavarroFrenkWhite<Float>] = []
  private var points: [PointMass<Float>] = []
  /// The deflection at all rays of the coarse lattice, row by row.
  private let deflectionX: ColumnStorage<Float>
  private let deflectionY: ColumnStorage<Float>
  /// What the grids hold of each halo within the inner radius: `polynomial.paddedRows` numbers each.
  private var polynomials = ColumnStorage<Float>(count: 16, repeating: 0)
  /// The exact deflections, less the grids', of rays that were refined.
  private var fineDeflection = ColumnStorage<SIMD2<Float>>(count: 1, repeating: .zero)
  /// From a pixel of the image to its place among the refined ones, -1 for none.
  private let places: ColumnStorage<Int32>

  /// - Parameters:
  ///   - coarse: Rays per pixel and axis in every pixel of the grid.
  ///   - fine: The same in refined pixels; nil if there will be none. Then the grid has a margin of two pixels, and
  ///     `coarse` is 1.
  ///   - stepsPerPixel: Nodes of the finest grid per pixel and axis: more make the exact part smaller.
  /// - Throws: `NumericalError.noSolution` if the Gaussians cannot be fitted.
  package init(grid: PixelGrid, coarse: Int, fine: Int?, stepsPerPixel: Double) throws {
    precondition(fine == nil || coarse == 1 && grid.margin >= 2)
    let lattices = [coarse, fine ?? coarse].map { RayLattice(grid: grid, subpixels: $0) }
    let (halfWidth, halfHeight) = (-lattices[1].x0, -lattices[1].y0)
    let narrowest = FieldLevel.widthInNodes * grid.pixelScale / stepsPerPixel
    // Halos may lie outside the image by half of what separates its corners; the smallest images need all fine
    // levels, too.
    let basis = try GaussianBasis(
      narrowest: narrowest, outerRadius: max(3 * lattices[1].reach, ChargeSpreader.leastRange * narrowest))
    let levels = basis.widths.enumerated().map { l, width in
      let coarsest = basis.widths[ChargeSpreader.fineLevels]
      let taps = QuinticSpline.gaussianTaps(
        width: FieldLevel.widthInNodes, reach: FieldLevel.reach,
        firstSpread: l < ChargeSpreader.fineLevels ? 0 : coarsest / width)
      return FieldLevel(
        gaussian: width, halfWidth: halfWidth, halfHeight: halfHeight, taps: taps.map { Float($0) })
    }
    // w exp(-r^2 / (2 sigma^2)) (x, y) is the gradient of -w sigma^2 exp(-r^2 / (2 sigma^2)).
    fit = SampleMatrix(
      zip(basis.fit, basis.widths).map { row, width in row.map { -width * width * $0 } })
    polynomial = SampleMatrix(
      basis.innerPolynomial.map { row in zip(row, basis.widths).map { -$0 / ($1 * $1) } })
    self.grid = grid
    self.basis = basis
    self.levels = levels
    spreader = ChargeSpreader(levels, radius: basis.outerRadius - lattices[0].reach)
    self.coarse = FieldReader(levels, lattices[0])
    self.fine = fine == nil ? nil : FieldReader(levels, lattices[1])
    let narrowestSmooth = SmoothField.narrowestWidth * grid.pixelScale
    firstSmooth =
      fine == nil ? levels.count : basis.widths.firstIndex { $0 >= narrowestSmooth } ?? levels.count
    smooth = fine.map { SmoothField(grid: grid, subpixels: $0) }
    nearby = NearbyRays(basis, finest: lattices[1])
    charges = ColumnStorage(count: fit.paddedRows + 8, repeating: 0)
    let rays = lattices[0].columns * lattices[0].rows
    deflectionX = ColumnStorage(count: rays, repeating: 0)
    deflectionY = ColumnStorage(count: rays, repeating: 0)
    places = ColumnStorage(count: grid.width * grid.height, repeating: -1)
  }

  /// Parts halos into those that the Gaussians can be fitted to, out to all rays, and the others.
  ///
  /// The others are too far away, or so large that their mean convergence does not fall within the image.
  package func parted(_ halos: SubhaloList<Float>) -> (held: SubhaloList<Float>, others: SubhaloList<Float>) {
    let limit = Float(basis.outerRadius - coarse.lattice.reach)
    let largestScale = Float(basis.outerRadius / 2)
    func isNear(_ halo: some CircularMassProfile<Float>) -> Bool {
      halo.centreX * halo.centreX + halo.centreY * halo.centreY < limit * limit
    }
    let (held, others) = halos.parted(
      points: { isNear($0) }, truncated: { isNear($0) && $0.scaleRadius <= largestScale })
    return (held, others)
  }

  /// Takes the deflection of these halos, all of them `parted` as held, at all rays of the grid.
  package func gather(_ halos: SubhaloList<Float>) {
    truncated = inBands(halos.truncated)
    points = inBands(halos.points)
    spreader.clear()
    clearRun(deflectionX.column, at: 0, count: deflectionX.count)
    clearRun(deflectionY.column, at: 0, count: deflectionY.count)
    if polynomials.count < polynomial.paddedRows * halos.count {
      polynomials = ColumnStorage(count: polynomial.paddedRows * halos.count, repeating: 0)
    }
    add(truncated, firstNumber: 0)
    add(points, firstNumber: truncated.count)
    spreader.finish()
    for level in levels { level.convolve() }
    let (x, y) = (deflectionX.column, deflectionY.column)
    coarse.addGradient(levels, 0..<firstSmooth, toX: x, y: y)
    guard let smooth else { return }
    smooth.clear()
    coarse.addGradient(levels, firstSmooth..<levels.count, toX: smooth.x.column, y: smooth.y.column)
    addWeighted(smooth.x.column, from: 0, weight: 1, to: x, at: 0, count: grid.pixelCount)
    addWeighted(smooth.y.column, from: 0, weight: 1, to: y, at: 0, count: grid.pixelCount)
  }

  private func add<Halo: CircularMassProfile<Float>>(_ halos: [Halo], firstNumber: Int) {
    let (x, y, columns) = (deflectionX.column, deflectionY.column, coarse.lattice.columns)
    let (polynomials, charges) = (polynomials.column, charges.column)
    for (k, halo) in halos.enumerated() {
      let start = (firstNumber + k) * polynomial.paddedRows
      nearby.collect(x: halo.centreX, y: halo.centreY, on: coarse.lattice) { $1 &* columns &+ $0 }
      nearby.evaluate(halo)
      fit.multiply(nearby.samples, to: charges, at: 0)
      polynomial.multiply(charges, to: polynomials, at: start)
      spreader.add(charges, x: halo.centreX, y: halo.centreY)
      nearby.addCorrections(polynomials, at: start) { ray, dx, dy in
        x[ray] += dx
        y[ray] += dy
      }
    }
  }

  /// The halos from bottom to top, roughly: neighbours in this order share nodes, which stay in the caches.
  private func inBands<Halo: CircularMassProfile<Float>>(_ halos: [Halo]) -> [Halo] {
    let bands = 128
    let scale = Float(Double(bands) / (-4 * coarse.lattice.y0))
    let numbers = halos.map { halo in
      Int(max(0, min(Float(bands - 1), halo.centreY * scale + Float(bands / 2))))
    }
    // Counting sort, which keeps the order within a band.
    var starts = [Int](repeating: 0, count: bands + 1)
    for number in numbers { starts[number + 1] += 1 }
    for band in 0..<bands { starts[band + 1] += starts[band] }
    var sorted = halos
    for (k, number) in numbers.enumerated() {
      sorted[starts[number]] = halos[k]
      starts[number] += 1
    }
    return sorted
  }

  package func add(to deflection: VectorColumns<Float>, _ sampling: PixelSampling<Float>, first: Int) {
    let (subpixels, columns) = (sampling.subpixels, coarse.lattice.columns)
    let count = min(sampling.pixelsPerTile, grid.pixelCount - first)
    for sub in 0..<(subpixels * subpixels) {
      let start = sub * sampling.pixelsPerTile
      for i in 0..<count {
        let (row, column) = (first + i).quotientAndRemainder(dividingBy: grid.rowLength)
        let ray = (row * subpixels + sub / subpixels) * columns + column * subpixels + sub % subpixels
        deflection.x[start + i] += deflectionX.column[ray]
        deflection.y[start + i] += deflectionY.column[ray]
      }
    }
  }

  /// Takes the deflection of the halos that were gathered at the rays of refined pixels.
  package func refine(_ list: PixelList<Float>, _ sampling: PixelSampling<Float>) {
    guard let fine, let smooth else { return }
    let subpixels = fine.lattice.columns / grid.rowLength
    let raysPerPixel = subpixels * subpixels
    if fineDeflection.count < list.count * raysPerPixel {
      fineDeflection = ColumnStorage(count: list.count * raysPerPixel, repeating: .zero)
    }
    for i in 0..<list.count {
      let position = Int(list.positions[i])
      places.column[position] = Int32(truncatingIfNeeded: i)
      let (y, x) = position.quotientAndRemainder(dividingBy: grid.width)
      let (row, column) = (y + grid.margin, x + grid.margin)
      for subY in 0..<subpixels {
        for subX in 0..<subpixels {
          let gradient = fine.gradient(
            levels, 0..<firstSmooth, column: column * subpixels + subX, row: row * subpixels + subY)
          fineDeflection.column[(i &* subpixels &+ subY) &* subpixels &+ subX] =
            gradient + smooth.value(pixel: row * grid.rowLength + column, subX: subX, subY: subY)
        }
      }
    }
    addRefined(truncated, firstNumber: 0, fine, subpixels)
    addRefined(points, firstNumber: truncated.count, fine, subpixels)
    for i in 0..<list.count { places.column[Int(list.positions[i])] = -1 }
  }

  private func addRefined<Halo: CircularMassProfile<Float>>(
    _ halos: [Halo], firstNumber: Int, _ fine: FieldReader, _ subpixels: Int
  ) {
    let deflection = fineDeflection.column
    for (k, halo) in halos.enumerated() where isAnyRefined(aroundX: halo.centreX, y: halo.centreY) {
      nearby.collect(x: halo.centreX, y: halo.centreY, on: fine.lattice) { column, row in
        guard let place = place(column: column / subpixels, row: row / subpixels) else { return -1 }
        return (place &* subpixels &+ row % subpixels) &* subpixels &+ column % subpixels
      }
      nearby.evaluate(halo)
      nearby.addCorrections(polynomials.column, at: (firstNumber + k) * polynomial.paddedRows) {
        ray, dx, dy in
        deflection[ray] += SIMD2(dx, dy)
      }
    }
  }

  package func addRefined(
    to deflection: VectorColumns<Float>, _ list: PixelList<Float>, _ sampling: PixelSampling<Float>,
    first: Int
  ) {
    let raysPerPixel = sampling.subpixels * sampling.subpixels
    let count = min(sampling.pixelsPerTile, list.count - first)
    for sub in 0..<raysPerPixel {
      let start = sub * sampling.pixelsPerTile
      for i in 0..<count {
        let value = fineDeflection.column[(first &+ i) &* raysPerPixel &+ sub]
        deflection.x[start &+ i] += value.x
        deflection.y[start &+ i] += value.y
      }
    }
  }

  /// Whether a pixel within the inner radius of a place was refined.
  private func isAnyRefined(aroundX centreX: Float, y centreY: Float) -> Bool {
    let lattice = RayLattice(grid: grid, subpixels: 1)
    let reach = basis.innerRadius / grid.pixelScale + 0.5
    let (x, y) = ((Double(centreX) - lattice.x0), (Double(centreY) - lattice.y0))
    for row in pixels(y / grid.pixelScale, reach, grid.rowCount) {
      for column in pixels(x / grid.pixelScale, reach, grid.rowLength)
      where place(column: column, row: row) != nil { return true }
    }
    return false
  }

  private func pixels(_ middle: Double, _ reach: Double, _ count: Int) -> Range<Int> {
    let (first, end) = (
      max(0, (middle - reach).rounded()), min(Double(count), (middle + reach).rounded() + 1)
    )
    return first < end ? Int(first)..<Int(end) : 0..<0
  }

  /// The place of a pixel of the grid among the refined ones.
  @inline(__always)
  private func place(column: Int, row: Int) -> Int? {
    let (x, y) = (column &- grid.margin, row &- grid.margin)
    guard x >= 0, y >= 0, x < grid.width, y < grid.height else { return nil }
    let place = Int(places.column[y &* grid.width &+ x])
    return place < 0 ? nil : place
  }
}

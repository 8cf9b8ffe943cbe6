import Cosmology
import LensCore
import LensNumerics
import MassProfiles

/// A ray through all planes of a scene.
package struct TracedRay {
  /// Where it meets the farthest plane, arcsec.
  package let source: SkyPoint
  /// The Jacobian d source / d image, which is not symmetric: rays may turn.
  package let jacobian: Matrix
  /// By how much longer it takes than the straight way, in arcsec^2: times (1 + z_l) D_l D_s / (c D_ls) of the plane that it is
  /// measured by (`LensStack.reference`), in radians, a time.
  package let delay: Double

  /// Two rows of two numbers.
  package struct Matrix {
    package var xx = 1.0
    package var xy = 0.0
    package var yx = 0.0
    package var yy = 1.0

    package var determinant: Double { xx * yy - xy * yx }

    /// Takes away a multiple of another.
    fileprivate mutating func subtract(_ other: Matrix, _ factor: Double) {
      xx -= factor * other.xx
      xy -= factor * other.xy
      yx -= factor * other.yx
      yy -= factor * other.yy
    }
  }
}

/// Masses at several redshifts, one plane behind the other, with the Jacobian and the arrival time of every ray.
///
/// With H_i the second derivatives of plane i's potential where the ray meets it, the Jacobian is carried along as the places are
/// (`PlaneDistances`): A_j = 1 - sum_(i < j) beta_ij H_i A_i. The delay is, with d the fractions of the comoving distance of the source,
///
///     (1 - d_l) / d_l  sum_j [ d_j d_(j+1) / (d_(j+1) - d_j) (theta_j - theta_(j+1))^2 / 2 - d_j / (1 - d_j) psi_j ],
///
/// which for one plane is (theta - beta)^2 / 2 - psi.
///
/// Reference: Schneider, Ehlers & Falco (1992), sections 9.1 and 9.2; McCully et al. (2014), arXiv:1401.0197, section 2.
package struct LensStack: LensMapping, Sendable {
  private let planes: [LensPlane<Double>]
  private let numbers: [Int]
  private let distances: PlaneDistances
  /// The plane by whose distance delays are measured.
  private let reference: Int

  /// - Parameters:
  ///   - planes: Those that have masses, by their numbers among the planes of the distances, from near to far.
  ///   - reference: The number of the plane by whose distance delays are measured.
  package init(
    _ planes: [(number: Int, plane: LensPlane<Double>)], _ distances: PlaneDistances, reference: Int
  ) {
    self.planes = planes.map(\.plane)
    numbers = planes.map(\.number)
    (self.distances, self.reference) = (distances, reference)
  }

  /// Days that a delay of one arcsec^2 is.
  package var daysPerDelay: Double {
    let own = distances.fractions[reference]
    let radians = 1 / (Units.arcsecPerRadian * Units.arcsecPerRadian)
    let seconds =
      own / (1 - own) * distances.farthest * PhysicalConstants.metresPerMpc / PhysicalConstants.speedOfLight
    return seconds * radians / 86400
  }

  package func inverseMagnifications(
    at points: [SkyPoint], progress: (Double) throws -> Void
  ) rethrows -> [Double] {
    try trace(points, progress: progress).map(\.jacobian.determinant)
  }

  package func sourcePositions(of points: [SkyPoint]) -> [SkyPoint] {
    trace(points) { _ in }.map(\.source)
  }

  /// - Parameter progress: Told the fraction that is done; may throw to stop.
  package func trace(_ points: [SkyPoint], progress: (Double) throws -> Void) rethrows -> [TracedRay] {
    let tile = RayTile<Double>(count: 512)
    var rays: [TracedRay] = []
    rays.reserveCapacity(points.count)
    for start in stride(from: 0, to: points.count, by: tile.count) {
      let end = min(start + tile.count, points.count)
      rays += trace(points[start..<end], tile)
      try progress(Double(end) / Double(points.count))
    }
    return rays
  }

  /// What is known of a ray behind some planes.
  private struct State {
    let image: SkyPoint
    var places: [SkyPoint] = []
    var deflections: [SkyPoint] = []
    /// The second derivatives times the Jacobian.
    var products: [TracedRay.Matrix] = []
    var potentials: [Double] = []
  }

  /// - Parameter tile: Of at least as many rays.
  private func trace(_ points: ArraySlice<SkyPoint>, _ tile: RayTile<Double>) -> [TracedRay] {
    var states = points.map { State(image: $0) }
    for (number, plane) in zip(numbers, planes) {
      for i in 0..<tile.count {
        let place = place(states[min(i, states.count - 1)], in: number)
        (tile.image.x[i], tile.image.y[i]) = (place.x, place.y)
      }
      plane.sumMaps(tile)
      // The columns are views: the tile must live as long as they are read.
      withExtendedLifetime(tile) {
        for i in states.indices { take(&states[i], tile, i, in: number) }
      }
    }
    return states.map(finished)
  }

  private func take(_ state: inout State, _ tile: RayTile<Double>, _ i: Int, in number: Int) {
    let (a, h) = (jacobian(state, in: number), tile.hessian)
    state.places.append(SkyPoint(tile.image.x[i], tile.image.y[i]))
    state.deflections.append(SkyPoint(tile.deflection.x[i], tile.deflection.y[i]))
    state.products.append(
      TracedRay.Matrix(
        xx: h.xx[i] * a.xx + h.xy[i] * a.yx, xy: h.xx[i] * a.xy + h.xy[i] * a.yy,
        yx: h.xy[i] * a.xx + h.yy[i] * a.yx, yy: h.xy[i] * a.xy + h.yy[i] * a.yy))
    state.potentials.append(tile.potential[i])
  }

  private func place(_ state: State, in number: Int) -> SkyPoint {
    var place = state.image
    for (before, deflection) in zip(numbers, state.deflections) {
      let scaling = distances.scaling(of: before, at: number)
      place.x -= scaling * deflection.x
      place.y -= scaling * deflection.y
    }
    return place
  }

  private func jacobian(_ state: State, in number: Int) -> TracedRay.Matrix {
    var jacobian = TracedRay.Matrix()
    for (before, product) in zip(numbers, state.products) {
      jacobian.subtract(product, distances.scaling(of: before, at: number))
    }
    return jacobian
  }

  private func finished(_ state: State) -> TracedRay {
    let last = distances.fractions.count - 1
    let source = place(state, in: last)
    return TracedRay(source: source, jacobian: jacobian(state, in: last), delay: delay(state, source))
  }

  private func delay(_ state: State, _ source: SkyPoint) -> Double {
    let d = numbers.map { distances.fractions[$0] } + [1]
    let places = state.places + [source]
    var sum = 0.0
    for (number, potential) in state.potentials.enumerated() {
      let (near, far) = (d[number], d[number + 1])
      let (dx, dy) = (places[number].x - places[number + 1].x, places[number].y - places[number + 1].y)
      sum += near * far / (far - near) * (dx * dx + dy * dy) / 2 - near / (1 - near) * potential
    }
    let own = distances.fractions[reference]
    return (1 - own) / own * sum
  }
}

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
      rays += trace(Array(points[start..<end]), tile)
      try progress(Double(end) / Double(points.count))
    }
    return rays
  }

  /// What rays meet in one plane, one of each for every ray.
  private struct Crossing {
    let number: Int
    let places: [SkyPoint]
    var deflections: [SkyPoint] = []
    /// The second derivatives times the Jacobian.
    var products: [TracedRay.Matrix] = []
    var potentials: [Double] = []
  }

  /// - Parameter tile: Of at least as many rays.
  private func trace(_ points: [SkyPoint], _ tile: RayTile<Double>) -> [TracedRay] {
    var crossings: [Crossing] = []
    for (number, plane) in zip(numbers, planes) {
      let places = places(points, behind: crossings, in: number)
      let jacobians = jacobians(points.count, behind: crossings, in: number)
      for i in 0..<tile.count {
        let place = places[min(i, places.count - 1)]
        (tile.image.x[i], tile.image.y[i]) = (place.x, place.y)
      }
      plane.sumMaps(tile)
      // The columns are views: the tile must live as long as they are read.
      withExtendedLifetime(tile) {
        crossings.append(crossing(tile, Crossing(number: number, places: places), jacobians))
      }
    }
    return finished(points, crossings)
  }

  private func crossing(
    _ tile: RayTile<Double>, _ entered: Crossing, _ jacobians: [TracedRay.Matrix]
  ) -> Crossing {
    var crossing = entered
    let h = tile.hessian
    for (i, a) in jacobians.enumerated() {
      crossing.deflections.append(SkyPoint(tile.deflection.x[i], tile.deflection.y[i]))
      crossing.products.append(
        TracedRay.Matrix(
          xx: h.xx[i] * a.xx + h.xy[i] * a.yx, xy: h.xx[i] * a.xy + h.xy[i] * a.yy,
          yx: h.xy[i] * a.xx + h.yy[i] * a.yx, yy: h.xy[i] * a.xy + h.yy[i] * a.yy))
      crossing.potentials.append(tile.potential[i])
    }
    return crossing
  }

  private func places(_ points: [SkyPoint], behind crossings: [Crossing], in number: Int) -> [SkyPoint] {
    var places = points
    for crossing in crossings {
      let scaling = distances.scaling(of: crossing.number, at: number)
      for (i, deflection) in crossing.deflections.enumerated() {
        places[i].x -= scaling * deflection.x
        places[i].y -= scaling * deflection.y
      }
    }
    return places
  }

  private func jacobians(
    _ count: Int, behind crossings: [Crossing], in number: Int
  ) -> [TracedRay.Matrix] {
    var jacobians = Array(repeating: TracedRay.Matrix(), count: count)
    for crossing in crossings {
      let scaling = distances.scaling(of: crossing.number, at: number)
      for (i, product) in crossing.products.enumerated() { jacobians[i].subtract(product, scaling) }
    }
    return jacobians
  }

  private func finished(_ points: [SkyPoint], _ crossings: [Crossing]) -> [TracedRay] {
    let last = distances.fractions.count - 1
    let sources = places(points, behind: crossings, in: last)
    let jacobians = jacobians(points.count, behind: crossings, in: last)
    return points.indices.map { i in
      TracedRay(source: sources[i], jacobian: jacobians[i], delay: delay(i, crossings, sources[i]))
    }
  }

  private func delay(_ ray: Int, _ crossings: [Crossing], _ source: SkyPoint) -> Double {
    var sum = 0.0
    for (number, crossing) in crossings.enumerated() {
      let next = number + 1 < crossings.count ? crossings[number + 1] : nil
      let (here, there) = (crossing.places[ray], next?.places[ray] ?? source)
      let (near, far) = (
        distances.fractions[crossing.number], next.map { distances.fractions[$0.number] } ?? 1
      )
      let (dx, dy) = (here.x - there.x, here.y - there.y)
      sum += near * far / (far - near) * (dx * dx + dy * dy) / 2
      sum -= near / (1 - near) * crossing.potentials[ray]
    }
    let own = distances.fractions[reference]
    return (1 - own) / own * sum
  }
}

import LensCore
import LensNumerics
import MassProfiles

/// The masses of one plane, for rays that other planes have deflected before.
package struct Screen<Scalar: LensScalar> {
  /// The masses that are no small halos.
  package var plane: LensPlane<Scalar>
  /// Those that are summed one by one.
  package private(set) var halos: SubhaloList<Scalar>
  /// What sums the others together.
  private let field: (any ScreenField<Scalar>)?

  /// - Parameter parted: What sums small halos together, if anything does, and those that are left.
  package init(
    _ masses: [MassSpec],
    parted: (SubhaloList<Scalar>) -> (field: (any ScreenField<Scalar>)?, direct: SubhaloList<Scalar>)
  ) {
    let small = SubhaloList<Scalar>(masses)
    plane = LensPlane(masses: small.others.map { $0.profile(Scalar.self) })
    (field, halos) = parted(small)
  }

  func addDeflection(_ tile: RayTile<Scalar>, at place: VectorColumns<Scalar>) {
    field?.addDeflection(at: place, to: tile.deflection, scratch: tile.scratch)
    if halos.count > 0 {
      halos.addDeflection(at: place, to: tile.deflection, scratch: tile.scratch)
    }
    for mass in plane.masses { mass.addDeflection(at: place, to: tile.deflection, scratch: tile.scratch) }
  }
}

/// What rays cross behind the first plane with mass on their way to a plane with light. Belongs to one thread.
///
/// The sum over all planes before (`PlaneDistances`) is taken anew at each: a ray's rounding errors then do not grow with the number
/// of planes, and behind a single plane the sum is the lens equation as it stands.
package final class LaterScreens<Scalar: LensScalar> {
  private var screens: [Screen<Scalar>] = []
  /// For each of the screens and then for the plane with light, what deflections of the first plane and of the screens before count.
  private var scalings: [[Scalar]] = []
  private var deflections: [(x: ColumnStorage<Scalar>, y: ColumnStorage<Scalar>)] = []
  private let x: ColumnStorage<Scalar>
  private let y: ColumnStorage<Scalar>

  /// - Parameter tileCount: Rays per tile.
  package init(tileCount: Int) {
    (x, y) = (ColumnStorage(count: tileCount, repeating: 0), ColumnStorage(count: tileCount, repeating: 0))
  }

  /// - Parameter scalings: As many as screens and one for the plane with light, each with one number for every plane before.
  package func take(_ screens: [Screen<Scalar>], scalings: [[Double]]) {
    self.screens = screens
    self.scalings = scalings.map { $0.map { Scalar($0) } }
    while deflections.count <= screens.count {
      deflections.append(
        (ColumnStorage(count: x.count, repeating: 0), ColumnStorage(count: x.count, repeating: 0)))
    }
  }

  /// Lets go of the masses, and keeps the memory.
  package func release() { screens = [] }

  /// Takes what the first plane deflects rays by from `tile.deflection`, and leaves in `tile.source` where they meet the light.
  ///
  /// - Parameter image: Where they leave the image.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func trace(_ tile: RayTile<Scalar>, from image: VectorColumns<Scalar>) {
    keep(tile.deflection, 0)
    let place = VectorColumns(count: image.count, x: x.column, y: y.column)
    for (number, screen) in screens.enumerated() {
      move(image, scalings[number], to: place)
      tile.clear(tile.deflection.x)
      tile.clear(tile.deflection.y)
      screen.addDeflection(tile, at: place)
      keep(tile.deflection, number + 1)
    }
    move(image, scalings[screens.count], to: tile.source)
  }

  private func keep(_ deflection: VectorColumns<Scalar>, _ number: Int) {
    copyRun(deflection.x, from: 0, to: deflections[number].x.column, at: 0, count: deflection.count)
    copyRun(deflection.y, from: 0, to: deflections[number].y.column, at: 0, count: deflection.count)
  }

  /// Where rays are behind some planes.
  private func move(_ image: VectorColumns<Scalar>, _ scalings: [Scalar], to place: VectorColumns<Scalar>) {
    copyRun(image.x, from: 0, to: place.x, at: 0, count: image.count)
    copyRun(image.y, from: 0, to: place.y, at: 0, count: image.count)
    for (scaling, deflection) in zip(scalings, deflections) {
      addWeighted(deflection.x.column, from: 0, weight: -scaling, to: place.x, at: 0, count: image.count)
      addWeighted(deflection.y.column, from: 0, weight: -scaling, to: place.y, at: 0, count: image.count)
    }
  }
}

import Cosmology
import LensCore
import LensNumerics
import MassProfiles
import Substructure

extension LineOfSightSpec {
  /// What its halos and planes are called, before their numbers.
  package static let name = "line_of_sight"

  /// Adds the halos of all slices to the planes that are there, or to new ones.
  func draw(in result: inout ResolvedScene, _ stream: (String) -> RandomStream) throws {
    let scene = result.scene
    let formation = try HaloFormation(scene.darkMatter ?? DarkMatterSpec(), scene.cosmology)
    result.scene.lineOfSight = nil
    var planes = zip(scene.planes.names, scene.planes.values).map { (name: $0, plane: $1) }
    let slices = slices(
      planes: scene.planes.dropLast().map(\.redshift), lens: scene.lens.redshift,
      source: scene.source.redshift, scene.cosmology)
    for slice in slices where slice.radius > 0 {
      let geometry = try LensGeometry(
        lensRedshift: slice.redshift, sourceRedshift: scene.source.redshift, cosmology: scene.cosmology)
      let draw = LineOfSightDraw(
        self, formation, slice, geometry, isLens: slice.redshift == scene.lens.redshift)
      let halos =
        try draw.halos { stream("\(Self.name).\($0)") } + (hasSheets ? [try draw.sheet()] : [])
      if halos.isEmpty { continue }
      let position = Self.position(of: slice, in: &planes)
      for (number, halo) in halos.enumerated() {
        planes[position].plane.mass.append(halo.model, named: "\(Self.name)_\(number)")
      }
      result.halos.append((planes[position].name, Self.name, halos))
    }
    result.scene.planes = Components(named: planes.map(\.name), planes.map(\.plane))
    result.geometries = try result.scene.planes.dropLast().map {
      try LensGeometry(
        lensRedshift: $0.redshift, sourceRedshift: scene.source.redshift, cosmology: scene.cosmology)
    }
  }

  /// Of the plane at a slice's redshift, which is added where there is none.
  private static func position(
    of slice: LineOfSightSlice, in planes: inout [(name: String, plane: PlaneSpec)]
  ) -> Int {
    let position = planes.firstIndex { $0.plane.redshift >= slice.redshift } ?? planes.count
    if position < planes.count && planes[position].plane.redshift == slice.redshift { return position }
    planes.insert(("\(name)_\(slice.number)", PlaneSpec(redshift: slice.redshift)), at: position)
    return position
  }
}

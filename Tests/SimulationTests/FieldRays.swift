import LensCore
import RayTracing

/// A ray and the deflection that a field of halos gives it, arcsec.
struct FieldRay {
  let x: Double
  let y: Double
  let fieldX: Double
  let fieldY: Double
}

/// The rays of all pixels, or four by four in every seventh pixel.
func rays(of field: some HaloDeflection<Float>, _ grid: PixelGrid, refined: Bool) -> [FieldRay] {
  let tile = RayTile<Float>(count: 1024)
  let all = PixelList<Float>(capacity: grid.pixelCount, padding: tile.count)
  all.append(allOf: grid)
  let rough = PixelList<Float>(capacity: grid.pixelCount, padding: tile.count)
  let values = ColumnStorage<Float>(count: grid.width * grid.height + pixelBlock, repeating: 0)
  for i in stride(from: 0, to: grid.width * grid.height, by: 7) { values.column[i] = 1 }
  listRough(values.column, above: 0.5, of: grid, among: all, in: rough)
  let list = refined ? rough : all
  let sampling = PixelSampling<Float>(
    subpixels: refined ? 4 : 1, pixelScale: grid.pixelScale, tileCount: tile.count)
  if refined { field.refine(rough, sampling) }
  var results: [FieldRay] = []
  for first in sampling.tileStarts(list.count) {
    let position = sampling.position(of: list, first: first, in: tile.image)
    tile.clear(tile.deflection.x)
    tile.clear(tile.deflection.y)
    if refined {
      field.addRefined(to: tile.deflection, list, sampling, first: first)
    } else {
      field.add(to: tile.deflection, sampling, first: first)
    }
    let pixels = min(sampling.pixelsPerTile, list.count - first)
    for i in 0..<tile.count where i % sampling.pixelsPerTile < pixels {
      results.append(
        FieldRay(
          x: Double(position.x[i]), y: Double(position.y[i]), fieldX: Double(tile.deflection.x[i]),
          fieldY: Double(tile.deflection.y[i])))
    }
  }
  return results
}

import Foundation
import Tensors

/// An image by radius and angle: rows are rings about its middle, columns are directions.
///
/// A round lens makes rings of its source, which lie straight here; what the lens is turned by, or how large its ring is, only
/// shifts them, which is what convolutions take as the same. Rings reach from 1/16 to the whole of half the image's shorter side, in
/// equal steps. Column `c` looks `c + 1/2` columns of a turn from +x towards +y, along which the image's rows follow each other. Each
/// value is the mean of 3 x 3 bilinear ones.
package struct PolarMap: Layer {
  /// As fine as the pixels of an image of 128 x 128: what substructure does to an arc is a shift by less than a pixel.
  package static let rings = 64
  /// A quarter of them is one step of a network that halves four times: quarter turns change no score.
  package static let directions = 64
  private static let innermost = 1.0 / 16
  private static let samples = 3

  package init() {}

  package var state: [NamedTensor] { [] }

  /// [batch, channels, height, width] to [batch, channels, rings, directions].
  package func callAsFunction(_ images: Tensor, _ pass: Pass) throws -> Tensor {
    let (rings, directions) = (Self.rings, Self.directions)
    let (rows, columns) = (rings * Self.samples, directions * Self.samples)
    let scale = Self.scale(images.shape[2], images.shape[3])
    let turns = (0..<columns).map { Self.direction($0, of: columns) }
    let places = (0..<rows).flatMap { row -> [Float] in
      let radius = Self.innermost + (1 - Self.innermost) * (Double(row) + 0.5) / Double(rows)
      return turns.flatMap { [Float(radius * $0.x * scale.x), Float(radius * $0.y * scale.y)] }
    }
    return try images.resampled(at: Tensor(places, shape: [rows, columns, 2], device: pass.generator.device))
      .adaptiveMeanPool(height: rings, width: directions)
  }

  /// Maps by radius and angle [batch, channels, any, any] as images; 0 outside of the outermost ring.
  package func image(of maps: Tensor, height: Int, width: Int, _ pass: Pass) throws -> Tensor {
    let scale = Self.scale(height, width)
    let columns = Double(maps.shape[3])
    var (places, inside): ([Float], [Float]) = ([], [])
    for row in 0..<height {
      for column in 0..<width {
        let x = ((2 * Double(column) + 1) / Double(width) - 1) / scale.x
        let y = ((2 * Double(row) + 1) / Double(height) - 1) / scale.y
        let radius = (x * x + y * y).squareRoot()
        let turn = atan2(y, x) / (2 * Double.pi)
        // One more column at either side, for the directions between the last and the first.
        let place = ((turn < 0 ? turn + 1 : turn) * columns + 1) / (columns + 2)
        let ring = (radius - Self.innermost) / (1 - Self.innermost)
        places += [Float(2 * place - 1), Float(2 * ring - 1)]
        inside.append(radius <= 1 ? 1 : 0)
      }
    }
    let device = pass.generator.device
    return try maps.paddedPeriodically(1).resampled(
      at: Tensor(places, shape: [height, width, 2], device: device))
      * Tensor(inside, shape: [1, 1, height, width], device: device)
  }

  /// Of the circle's radius to half of the width and of the height.
  private static func scale(_ height: Int, _ width: Int) -> (x: Double, y: Double) {
    let side = Double(min(height, width))
    return (side / Double(width), side / Double(height))
  }

  /// Exact for quarter turns, so that these move values without changing them.
  private static func direction(_ column: Int, of columns: Int) -> (x: Double, y: Double) {
    let angle = 2 * Double.pi * (Double(column % (columns / 4)) + 0.5) / Double(columns)
    let (x, y) = (cos(angle), sin(angle))
    switch column / (columns / 4) {
    case 0: return (x, y)
    case 1: return (-y, x)
    case 2: return (-x, -y)
    default: return (y, -x)
    }
  }
}

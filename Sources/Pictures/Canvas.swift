/// A colour of eight bits per channel, in the sRGB values that PNG stores.
public struct RGB: Sendable, Equatable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8

  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// The colour a part of the way to another one.
  ///
  /// - Parameter fraction: 0 is this colour, 1 the other one; must lie in 0...1.
  func mixed(with other: RGB, fraction: Double) -> RGB {
    func mix(_ from: UInt8, _ to: UInt8) -> UInt8 {
      UInt8((Double(from) + fraction * (Double(to) - Double(from))).rounded())
    }
    return RGB(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
  }
}

/// A raster of RGB pixels to draw on. Everything that falls outside of it is clipped, so no call traps.
///
/// x runs to the right and y runs down from the top left corner, as in PNG. Pixel (i, j) covers the square
/// from (i, j) to (i + 1, j + 1); its centre is at (i + 0.5, j + 0.5).
public struct Canvas: Sendable {
  public let width: Int
  public let height: Int
  /// Three bytes per pixel, row by row from the top.
  public private(set) var bytes: [UInt8]

  /// A canvas in one colour; a negative width or height counts as 0.
  public init(width: Int, height: Int, background: RGB) {
    self.width = max(0, width)
    self.height = max(0, height)
    bytes = []
    bytes.reserveCapacity(3 * self.width * self.height)
    for _ in 0..<self.width * self.height {
      bytes.append(background.red)
      bytes.append(background.green)
      bytes.append(background.blue)
    }
  }

  /// Paints a rectangle with its top left corner at (x, y).
  public mutating func fill(x: Int, y: Int, width: Int, height: Int, color: RGB) {
    let box = clip(x: x, y: y, width: width, height: height)
    for row in box.rows {
      for column in box.columns { store(color, x: column, y: row) }
    }
  }

  /// Paints one pixel.
  public mutating func set(x: Int, y: Int, _ color: RGB) {
    if contains(x: x, y: y) { store(color, x: x, y: y) }
  }

  /// The colour of one pixel; black outside of the canvas.
  public func color(x: Int, y: Int) -> RGB {
    guard contains(x: x, y: y) else { return RGB(0, 0, 0) }
    let index = 3 * (y * width + x)
    return RGB(bytes[index], bytes[index + 1], bytes[index + 2])
  }

  private func contains(x: Int, y: Int) -> Bool {
    (0..<width).contains(x) && (0..<height).contains(y)
  }

  private mutating func store(_ color: RGB, x: Int, y: Int) {
    let index = 3 * (y * width + x)
    bytes[index] = color.red
    bytes[index + 1] = color.green
    bytes[index + 2] = color.blue
  }
}

/// A rectangle of pixels that lies within a canvas; it may be empty.
struct PixelBox: Equatable, Sendable {
  let columns: Range<Int>
  let rows: Range<Int>
}

extension Canvas {
  /// The part of a rectangle that lies on the canvas.
  func clip(x: Int, y: Int, width: Int, height: Int) -> PixelBox {
    PixelBox(
      columns: Self.overlap(start: x, length: width, limit: self.width),
      rows: Self.overlap(start: y, length: height, limit: self.height))
  }

  /// The part of `start ..< start + length` within `0 ..< limit`, also where that sum would overflow.
  private static func overlap(start: Int, length: Int, limit: Int) -> Range<Int> {
    guard length > 0, start < limit else { return 0..<0 }
    if start < 0 { return 0..<min(limit, max(0, start + length)) }
    return start..<(length > limit - start ? limit : start + length)
  }
}

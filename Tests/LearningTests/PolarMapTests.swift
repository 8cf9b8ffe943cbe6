import Foundation
import Learning
import LensTestSupport
import Tensors
import Testing

extension TorchTests {
  /// Images by radius and angle.
  struct PolarMapTests {
    private let rings = PolarMap.rings
    private let directions = PolarMap.directions

    /// [height, width] of a function of the distance from the middle, in parts of half the shorter side, and of the direction.
    private func image(_ height: Int, _ width: Int, _ value: (Double, Double) -> Double) -> [Float] {
      let half = Double(min(height, width)) / 2
      return (0..<height * width).map { pixel in
        let x = (Double(pixel % width) + 0.5 - Double(width) / 2) / half
        let y = (Double(pixel / width) + 0.5 - Double(height) / 2) / half
        return Float(value((x * x + y * y).squareRoot(), atan2(y, x)))
      }
    }

    private func radius(_ ring: Int) -> Double { 1.0 / 16 + 15.0 / 16 * (Double(ring) + 0.5) / Double(rings) }
    private func angle(_ direction: Int) -> Double {
      2 * .pi * (Double(direction) + 0.5) / Double(directions)
    }

    /// To the error of bilinear values, 1/8 of a pixel squared times the second derivatives (50 along the radius, 9 / r^2 at r = 0.5
    /// across it; a pixel is 2 / side), and of means over a cell, 1/24 of its length (15/16/64 of the radius, 2 pi / 64 of the angle,
    /// in which the second derivative is 9) squared; back again, 1/8 of a cell squared more.
    @Test(arguments: [(64, 64), (65, 65), (40, 90), (150, 150)])
    func `values stand at their radius and angle`(
      height: Int, width: Int
    ) throws {
      let pass = Pass(isTraining: false, generator: try TensorGenerator(seed: 0))
      func value(_ r: Double, _ t: Double) -> Double {
        1 + r * r * cos(t - 0.4) + exp(-pow((r - 0.5) / 0.2, 2)) * sin(3 * t)
      }
      let images = try Tensor(image(height, width, value), shape: [1, 1, height, width])
      let map = try PolarMap()(images, pass)
      #expect(map.shape == [1, 1, rings, directions])
      var worst = WorstError("a smooth image of \(width) x \(height) by radius and angle")
      for (place, found) in try map.floats().enumerated() {
        // Beyond the middle of the outermost pixels the border goes on.
        let r = radius(place / directions)
        if r > 1 - 2 / Double(min(height, width)) { continue }
        worst.note(Double(found) - value(r, angle(place % directions)), at: "\(place)")
      }
      worst.expect(atMost: 50 / pow(Double(min(height, width)), 2) + 0.0045)
      let back = try PolarMap().image(of: map, height: height, width: width, pass).floats()
      var returned = WorstError("the image of the map of \(width) x \(height)")
      for (pixel, found) in back.enumerated() {
        let half = Double(min(height, width)) / 2
        let x = (Double(pixel % width) + 0.5 - Double(width) / 2) / half
        let y = (Double(pixel / width) + 0.5 - Double(height) / 2) / half
        let r = (x * x + y * y).squareRoot()
        if r > 1 { #expect(found == 0) }
        if r > 0.15 && r < 0.9 { returned.note(Double(found) - value(r, atan2(y, x)), at: "\(pixel)") }
      }
      returned.expect(atMost: 50 / pow(Double(min(height, width)), 2) + 0.017)
    }

    @Test func `a quarter turn moves the map by a quarter of its columns`() throws {
      let pass = Pass(isTraining: false, generator: try TensorGenerator(seed: 0))
      let images = try pass.generator.normal([2, 1, 37, 37])
      let turned = try images.permuted([0, 1, 3, 2]).flipped(along: 3)
      let (map, other) = (try PolarMap()(images, pass), try PolarMap()(turned, pass))
      let quarter = directions / 4
      let moved = try Tensor.concatenated(
        [
          map.slice(directions - quarter..<directions, along: 3),
          map.slice(0..<directions - quarter, along: 3),
        ], along: 3)
      var worst = WorstError("the map of a turned image")
      for (a, b) in zip(try moved.floats(), try other.floats()) { worst.note(Double(a - b)) }
      worst.expect(atMost: 1e-5)
    }

    /// What the network sees far out on the left is shown there, not where the map has it.
    @Test func `activation is shown where it is in the image`() throws {
      let pass = Pass(isTraining: false, generator: try TensorGenerator(seed: 0))
      var map = [Float](repeating: 0, count: 8 * 32)
      // Ring 5 of 8, the direction of -x.
      (map[5 * 32 + 15], map[5 * 32 + 16]) = (1, 1)
      let shown = try PolarMap().image(of: Tensor(map, shape: [1, 1, 8, 32]), height: 64, width: 64, pass)
        .floats()
      let brightest = try #require(shown.indices.max { shown[$0] < shown[$1] })
      let (x, y) = (Double(brightest % 64) - 31.5, Double(brightest / 64) - 31.5)
      #expect(abs(y) <= 1.5)
      #expect(abs(x + 32 * (1.0 / 16 + 15.0 / 16 * 5.5 / 8)) < 1)
    }
  }
}

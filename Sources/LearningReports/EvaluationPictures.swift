import Charts
import Foundation
import Learning
import LensCore
import Pictures
import Tensors

/// Contact sheets of what a network makes of a few images of each class.
enum EvaluationPictures {
  private static let tilesPerClass = 4
  private static let tileSize = 160

  /// Numbers of the first images of each class.
  static func examples(_ images: ImageSet) -> [[Int]] {
    images.classes.indices.map { label in
      Array(images.labels.indices.filter { images.labels[$0] == label }.prefix(tilesPerClass))
    }
  }

  /// Images, reconstructions and their differences.
  static func reconstructions(_ images: ImageSet, _ guesses: [Int: [Float]], _ scores: [Double]) -> Canvas {
    sheet("Images and reconstructions (every tile has its own scale)", images) { name, numbers in
      let guessed = numbers.filter { guesses[$0] != nil }
      let rows: [(String, (Int) -> [Float])] = [
        ("images", { Array(images.image($0)) }), ("reconstructions", { guesses[$0] ?? [] }),
        ("differences", { number in zip(images.image(number), guesses[number] ?? []).map { abs($0 - $1) } }),
      ]
      return rows.map { title, pixels in
        row("\(name): \(title)", guessed, images, pixels) {
          "#\($0) loss \(String(format: "%.2e", scores[$0]))"
        }
      }
    }
  }

  /// The images of each class that the network is most wrong about, and those that it is most sure of.
  static func extremes(_ images: ImageSet, _ judged: Judgement) -> Canvas {
    let rows = images.classes.enumerated().flatMap { label, name -> [ContactSheet.Row] in
      func sureness(_ number: Int) -> Double { judged.probabilities[number][label] }
      let sorted = images.labels.indices.filter { images.labels[$0] == label }
        .sorted { sureness($0) < sureness($1) }
      return [
        ("worst", sorted.prefix(tilesPerClass)), ("best", sorted.suffix(tilesPerClass).reversed()[...]),
      ].map {
        kind, numbers in
        row("\(name): \(kind)", Array(numbers), images, { Array(images.image($0)) }) {
          "#\($0) P \(rounded(sureness($0), 2))"
        }
      }.filter { !$0.tiles.isEmpty }
    }
    return ContactSheet(
      title: "Most and least mistaken, with the probability of the true class", rows: rows, tileSize: tileSize
    ).draw()
  }

  /// Images, and where the network sees their class in them.
  static func activationMaps(
    _ model: Model, _ images: ImageSet, _ judged: Judgement, _ device: Device
  ) throws -> Canvas? {
    guard let maps = model.activationMaps else { return nil }
    let pass = Pass(isTraining: false, generator: try TensorGenerator(seed: 0, device: device))
    var seen: [Int: [Float]] = [:]
    for numbers in examples(images) where !numbers.isEmpty {
      let labels = numbers.map { images.labels[$0] }
      let values = try maps(images.batch(numbers, on: device).images, labels, pass)
      let (height, width) = (values.shape[1], values.shape[2])
      let floats = try values.floats()
      for (k, number) in numbers.enumerated() {
        let map = Image(
          width: width, height: height, pixels: Array(floats[k * width * height..<(k + 1) * width * height]))
        seen[number] = enlarged(map, width: images.width, height: images.height)
      }
    }
    return sheet("Where the network sees the class (Grad-CAM; every tile has its own scale)", images) {
      name, numbers in
      [
        row("\(name): images", numbers, images, { Array(images.image($0)) }) {
          "#\($0) P \(rounded(judged.probabilities[$0][images.labels[$0]], 2))"
        },
        row("\(name): seen here", numbers, images, { seen[$0] ?? [] }) { number in
          "#\(number)\(seen[number]?.contains { $0 > 0 } ?? false ? "" : " nothing")"
        },
      ]
    }
  }

  private static func sheet(
    _ title: String, _ images: ImageSet, _ rows: (String, [Int]) -> [ContactSheet.Row]
  ) -> Canvas {
    let all = zip(images.classes, examples(images)).flatMap { name, numbers in
      numbers.isEmpty ? [] : rows(name, numbers)
    }
    return ContactSheet(title: title, rows: all, tileSize: tileSize).draw()
  }

  private static func row(
    _ title: String, _ numbers: [Int], _ images: ImageSet, _ pixels: (Int) -> [Float],
    _ caption: (Int) -> String
  ) -> ContactSheet.Row {
    ContactSheet.Row(
      title: title,
      tiles: numbers.map { number in
        .init(
          image: sum(pixels(number), images),
          caption: caption(number))
      })
  }

  /// The sum of the bands, if there are several.
  private static func sum(_ pixels: [Float], _ images: ImageSet) -> Image<Float> {
    let size = images.width * images.height
    return Frames(
      bandCount: pixels.count / size, width: images.width, height: images.height, pixels: pixels
    ).sum
  }

  /// Bilinear between the centres of the small pixels.
  private static func enlarged(_ map: Image<Float>, width: Int, height: Int) -> [Float] {
    func place(_ position: Int, _ size: Int, _ small: Int) -> (Int, Int, Float) {
      let x = (Float(position) + 0.5) * Float(small) / Float(size) - 0.5
      let low = min(max(Int(x.rounded(.down)), 0), small - 1)
      return (low, min(low + 1, small - 1), min(max(x - Float(low), 0), 1))
    }
    return (0..<height).flatMap { row -> [Float] in
      let (top, bottom, v) = place(row, height, map.height)
      return (0..<width).map { column in
        let (left, right, u) = place(column, width, map.width)
        let upper = map[x: left, y: top] * (1 - u) + map[x: right, y: top] * u
        let lower = map[x: left, y: bottom] * (1 - u) + map[x: right, y: bottom] * u
        return upper * (1 - v) + lower * v
      }
    }
  }
}

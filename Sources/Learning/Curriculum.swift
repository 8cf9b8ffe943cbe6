import FileFormats

/// Populations one after the other: each is shown for some epochs, the last for all that follow.
package struct Curriculum: ImageSource {
  private let stages: [(images: SimulatedImages, end: Int)]

  /// - Parameter stages: Each with its epochs, which are not read of the last.
  /// - Throws: `TrainingError` for none, and for stages that a network cannot see one after the other.
  package init(_ stages: [(images: SimulatedImages, epochs: Int)]) throws {
    guard let first = stages.first?.images else { throw TrainingError("populations: none given") }
    var end = 0
    self.stages = try stages.map { images, epochs in
      guard images.summary == first.summary, images.count == first.count else {
        throw TrainingError(
          "populations: one after the other must show alike images, these are \(first.summary) and \(images.summary)"
        )
      }
      end += epochs
      return (images, end)
    }
  }

  private func stage(_ epoch: Int) -> SimulatedImages {
    (stages.first { epoch < $0.end } ?? stages[stages.count - 1]).images
  }

  package var channels: Int { stages[0].images.channels }
  package var bands: [String] { stages[0].images.bands }
  package var width: Int { stages[0].images.width }
  package var height: Int { stages[0].images.height }
  package var classes: [String] { stages[0].images.classes }
  package var smooth: Int? { stages[0].images.smooth }
  package var count: Int { stages[0].images.count }
  package var preparation: Preparation { stages[0].images.preparation }
  package var hasPairs: Bool { stages[0].images.hasPairs }
  package var renderingRevision: Int? { stages[0].images.renderingRevision }

  package var digest: String {
    get throws {
      // Of one population alone it is that of its images.
      if stages.count == 1 { return try stages[0].images.digest }
      return try sha256(
        Array(stages.map { "\(try $0.images.digest) \($0.end)" }.joined(separator: "\n").utf8))
    }
  }

  package func pixels(_ indices: [Int], _ request: BatchRequest) throws -> PendingPixels {
    try stage(request.epoch).pixels(indices, request)
  }
}

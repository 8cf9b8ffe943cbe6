import Tensors

/// How a batch of matched tuples is arranged: all classes of each of some skies.
package struct Tuples {
  /// Skies.
  package let count: Int
  package let classes: Int
  /// Whether the images of one sky stand in different parts of the batch, of which there are as many as classes, each with
  /// the classes in turn: then batch statistics of a part compare no image with its twin.
  package let isSpread: Bool

  package init(count: Int, classes: Int, isSpread: Bool) {
    (self.count, self.classes, self.isSpread) = (count, classes, isSpread)
  }

  /// Which image stands at each place, where images come sky after sky with the classes in order.
  package var order: [Int] {
    guard isSpread else { return Array(0..<count * classes) }
    return (0..<classes).flatMap { part in (0..<count).map { $0 * classes + (part + $0) % classes } }
  }

  /// Where the images of a class stand, sky after sky.
  package func places(of label: Int) -> [Int] {
    (0..<count).map { sky in
      guard isSpread else { return sky * classes + label }
      let part = (label - sky % classes + classes) % classes
      return part * count + sky
    }
  }
}

/// What a classifier may be told beside the class of an image.
package enum RankingLoss {
  /// ln(1 + exp(-d)), where d is by how much more the image with substructure of a class looks like that class than its
  /// twin without any does, in logits: the mean over skies and classes.
  ///
  /// Reference: Burges et al. (2005), ICML, eq. 3, for a pair whose order is certain.
  package static func value(_ logits: Tensor, _ tuples: Tuples, smooth: Int) throws -> Tensor {
    func evidence(_ rows: Tensor, _ label: Int) throws -> Tensor {
      try rows.slice(label..<label + 1, along: 1) - rows.slice(smooth..<smooth + 1, along: 1)
    }
    let twins = try logits.rows(tuples.places(of: smooth))
    let losses = try (0..<tuples.classes).filter { $0 != smooth }.map { label in
      let difference = try evidence(logits.rows(tuples.places(of: label)), label) - evidence(twins, label)
      return try difference.affine(scale: -1).softplus()
    }
    return try Tensor.concatenated(losses).mean()
  }
}

import Tensors

/// A classifier as a chain: what each stage but the last puts out are maps of the image.
package protocol StagedNetwork: Layer {
  /// From images [batch, channels, height, width] to logits [batch, classes].
  var stages: [any Layer] { get }
  /// Of the stages.
  var stageNames: [String] { get }
  /// What the maps lie on instead of the image, if its first stage makes that.
  var polarMap: PolarMap? { get }
}

extension StagedNetwork {
  /// Logits [batch, classes] of images [batch, channels, height, width].
  package func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    try stages.reduce(x) { x, stage in try stage(x, pass) }
  }

  package var polarMap: PolarMap? { nil }

  package var stageNames: [String] {
    stages.indices.map { $0 == stages.count - 1 ? "classes" : "stage \($0 + 1)" }
  }

  /// What leaves each stage.
  func outline(_ images: Tensor, _ pass: Pass) throws -> [(name: String, shape: [Int], parameters: Int)] {
    var x = images
    // Stages hand their parameters to none but the whole: what one of them has is counted where it stands.
    return try zip(stageNames, stages).map { name, stage in
      x = try stage(x, pass)
      return (name, x.shape, stage.parameters.reduce(0) { $0 + $1.count })
    }
  }

  /// Where in an image the network saw a class: Grad-CAM.
  ///
  /// The weight of each map is the mean of the logit's derivative by it; the weighted sum keeps its positive part. Taken
  /// at the deepest stage whose maps have at least seven pixels a side: the last maps of small images have too few.
  ///
  /// Reference: Selvaraju et al. (2017), arXiv:1610.02391, eqs. 1 and 2.
  ///
  /// - Parameters:
  ///   - images: [batch, channels, height, width].
  ///   - labels: [batch], the class asked about.
  /// - Returns: [batch, height, width] of that stage, or of the images where maps do not lie on them as they are; at least 0.
  package func activationMaps(_ images: Tensor, labels: [Int], _ pass: Pass) throws -> Tensor {
    let (maps, rest) = try withoutGradients { try deepestMaps(images, pass) }
    try maps.requiringGradient()
    let logits = try rest.reduce(maps) { x, stage in try stage(x, pass) }
    guard labels.count == logits.shape[0], labels.allSatisfy({ (0..<logits.shape[1]).contains($0) }) else {
      throw TensorError("labels \(labels) given for logits of shape \(logits.shape)")
    }
    let asked = labels.flatMap { label in (0..<logits.shape[1]).map { Float($0 == label ? 1 : 0) } }
    try (logits * Tensor(asked, shape: logits.shape, device: pass.generator.device)).sum().backward()
    guard let gradient = try maps.gradient else {
      throw TensorError("the logits do not depend on the maps of the image")
    }
    let weights = try gradient.mean(over: [2, 3]).reshaped([maps.shape[0], maps.shape[1], 1, 1])
    return try withoutGradients {
      let seen = try (maps * weights).sum(over: [1]).rectified()
      guard let polarMap else { return seen }
      let (height, width) = (images.shape[2], images.shape[3])
      return try polarMap.image(
        of: seen.reshaped([maps.shape[0], 1, maps.shape[2], maps.shape[3]]), height: height, width: width,
        pass
      ).reshaped([maps.shape[0], height, width])
    }
  }

  /// The maps, and the stages behind them.
  private func deepestMaps(_ images: Tensor, _ pass: Pass) throws -> (Tensor, ArraySlice<any Layer>) {
    var (x, best, next) = (images, images, 0)
    for (number, stage) in stages.dropLast().enumerated() {
      x = try stage(x, pass)
      if min(x.shape[2], x.shape[3]) >= 7 || number == 0 { (best, next) = (x, number + 1) }
    }
    return (try best.detached(), stages[next...])
  }
}

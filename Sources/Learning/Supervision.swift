import Tensors

/// What a classifier learns beside the classes of single images.
struct Supervision {
  /// Nil for none.
  private(set) var head: DenseHead?
  private var denseWeight = 0.0
  private var rankingWeight = 0.0
  /// The label of images without substructure.
  private var smooth = 0

  /// Nothing.
  init() {}

  /// - Throws: `TrainingError` for more than the classes if none of them is without substructure.
  init(
    _ spec: TrainingSpec, smooth: Int?, for network: some StagedNetwork, channels: Int, width: Int,
    height: Int, _ generator: TensorGenerator
  ) throws {
    if spec.dense == 0 && spec.ranking == 0 { return }
    guard let smooth else {
      throw TrainingError("ranking and dense supervision need images of a class without substructure")
    }
    (denseWeight, rankingWeight, self.smooth) = (spec.dense, spec.ranking, smooth)
    if spec.dense > 0 {
      head = try DenseHead(for: network, channels: channels, width: width, height: height, generator)
    }
  }

  func loss(_ network: some StagedNetwork, _ batch: Batch, _ pass: Pass) throws -> Tensor {
    guard let tuples = batch.tuples else {
      return try network(batch.images, pass).crossEntropy(batch.labels)
    }
    var (logits, dense): (Tensor, Tensor?)
    if let head, let differences = batch.differences {
      (logits, dense) = try head.outputs(of: network, batch.images, differences, pass)
    } else {
      (logits, dense) = (try network(batch.images, pass), nil)
    }
    var loss = try logits.crossEntropy(batch.labels)
    if let dense { loss = try loss + dense.affine(scale: denseWeight) }
    if rankingWeight > 0 {
      loss = try loss + RankingLoss.value(logits, tuples, smooth: smooth).affine(scale: rankingWeight)
    }
    return loss
  }
}

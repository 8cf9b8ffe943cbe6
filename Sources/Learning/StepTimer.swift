import LensCore
import Tensors

/// How long a step of training takes on this machine, on images of noise: what a training will take is known before it
/// begins.
package struct StepTimer {
  private let step: TrainingStep
  private let images: ImageSet
  private let pass: Pass
  private let rate: Double

  /// - Parameters:
  ///   - side: Pixels of the square images.
  ///   - spec: Its network, batch size and optimizer count.
  package init(_ spec: TrainingSpec, side: Int, classes: Int = 3, device: Device = .cpu) throws {
    try spec.validate()
    guard (1...4096).contains(side) else {
      throw TrainingError("size: \(side) given, must be from 1 to 4096")
    }
    var images = ImageSet(width: side, height: side, classes: (0..<classes).map { "\($0)" })
    for number in 0..<spec.batchSize {
      let stream = RandomKey(seed: spec.trainingSeed, sample: UInt64(number)).stream("images")
      images.append((0..<side * side).map { Float(stream.uniform(UInt32($0))) }, label: number % classes)
    }
    let generator = try TensorGenerator(seed: spec.trainingSeed, device: device)
    let model = try spec.network.make(width: side, height: side, classes: classes, generator)
    (self.images, pass, rate) = (images, Pass(isTraining: true, generator: generator), spec.rate)
    step = try TrainingStep(model, spec)
  }

  /// Seconds of each of so many steps, from pixels in memory to moved parameters.
  package func seconds(steps: Int) throws -> [Double] {
    try (0..<steps).map { _ in
      let began = ContinuousClock.now
      let batch = try images.batch(0..<images.count, on: pass.generator.device)
      _ = try step.advance([batch], pass, rate: rate)
      return (ContinuousClock.now - began) / .seconds(1)
    }
  }
}

import FileFormats
import Foundation
import Learning
import LensCore
import LensTestSupport
import Tensors
import Testing

extension TorchTests {
  /// The one-class support vector machine against scikit-learn's, which has libsvm in it too but other defaults and
  /// another kernel code.
  struct OneClassMachineTests {
    private func images(_ count: Int, seed: UInt64) -> ImageSet {
      var set = ImageSet(width: 9, height: 7, classes: ["no_sub"])
      for i in 0..<count {
        let stream = RandomKey(seed: seed, sample: UInt64(i)).stream("pixels")
        set.append((0..<63).map { Float(stream.uniform(UInt32($0)) * Double($0 % 5)) }, label: 0)
      }
      return set
    }

    @Test func `scores are scikit-learn's`() throws {
      let (training, test) = (images(60, seed: 1), images(20, seed: 2))
      let ours = try OneClassMachine(training: training, tolerance: 1e-9).scores(test)
      func text(_ set: ImageSet) -> String {
        "[" + (0..<set.count).map { "\(Array(set.image($0)))" }.joined(separator: ",") + "]"
      }
      let printed = try python(
        "from sklearn.svm import OneClassSVM\n"
          + "x, y = numpy.array(\(text(training))), numpy.array(\(text(test)))\n"
          + "m = OneClassSVM(gamma='scale', nu=0.5, tol=1e-9).fit(x)\n"
          + "print(' '.join(repr(float(v)) for v in -m.decision_function(y)))")
      let theirs = printed.split(separator: " ").compactMap { Double($0) }
      #expect(theirs.count == ours.count)
      var worst = WorstError("scores of the one-class machine against scikit-learn")
      for (a, b) in zip(ours, theirs) { worst.note(a - b) }
      worst.expect(atMost: 1e-6)
      #expect(Set(ours).count > 10)
    }

    @Test func `images without contrast, or too few, are refused`() throws {
      var flat = ImageSet(width: 3, height: 3, classes: ["no_sub"])
      for _ in 0..<3 { flat.append([Float](repeating: 1, count: 9), label: 0) }
      #expect(throws: TrainingError.self) { try OneClassMachine(training: flat) }
      #expect(throws: TrainingError.self) { try OneClassMachine(training: images(1, seed: 1)) }
    }
  }
}

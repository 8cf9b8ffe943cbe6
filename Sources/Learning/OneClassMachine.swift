#if Torch
  import CSVM

  /// A one-class support vector machine with Gaussian kernel on the pixels: the oldest way to find what is unlike the rest.
  ///
  /// Trained by libsvm. Defaults are scikit-learn's: nu 0.5, kernel exp(-gamma d^2) with gamma the inverse of pixels
  /// times their variance.
  ///
  /// Reference: Schoelkopf et al. (2001), Neural Computation 13, 1443; Chang & Lin (2011), ACM TIST 2, 27.
  package final class OneClassMachine {
    private var model: UnsafeMutablePointer<svm_model>?
    /// The machine's support vectors point into it.
    private let nodes: Nodes

    /// - Parameters:
    ///   - images: At least two, all of the usual kind.
    ///   - nu: The part of them that may be taken for outliers, at most.
    ///   - tolerance: Of the optimization.
    package init(training images: ImageSet, nu: Double = 0.5, tolerance: Double = 1e-3) throws {
      guard images.count >= 2, nu > 0, nu <= 1 else {
        throw TrainingError(
          "\(images.count) images and nu \(nu) given, must be two or more and from 0 to 1")
      }
      let size = images.size
      nodes = Nodes(count: images.count, size: size)
      for number in 0..<images.count { nodes.fill(number, images.image(number)) }
      var rows = (0..<images.count).map { Optional(nodes.row($0)) }
      var labels = [Double](repeating: 1, count: images.count)
      var parameter = svm_parameter()
      (parameter.svm_type, parameter.kernel_type) = (Int32(ONE_CLASS), Int32(RBF))
      (parameter.gamma, parameter.nu) = (1 / (Double(size) * Self.variance(images)), nu)
      (parameter.eps, parameter.cache_size, parameter.shrinking) = (tolerance, 500, 1)
      guard parameter.gamma.isFinite else { throw TrainingError("the images are all one colour") }
      // libsvm reports on standard output unless told otherwise.
      svm_set_print_string_function { _ in }
      model = rows.withUnsafeMutableBufferPointer { rows in
        labels.withUnsafeMutableBufferPointer { labels in
          var problem = svm_problem(l: Int32(labels.count), y: labels.baseAddress, x: rows.baseAddress)
          return svm_train(&problem, &parameter)
        }
      }
      if model == nil { throw TrainingError("libsvm gave no machine") }
    }

    deinit { svm_free_and_destroy_model(&model) }

    /// Positive for what is unlike the training images.
    package func scores(_ images: ImageSet) -> [Double] {
      let one = Nodes(count: 1, size: images.size)
      return (0..<images.count).map { number in
        one.fill(0, images.image(number))
        var value = 0.0
        _ = svm_predict_values(model, one.row(0), &value)
        return -value
      }
    }

    private static func variance(_ images: ImageSet) -> Double {
      var (sum, squares, count) = (0.0, 0.0, 0.0)
      for number in 0..<images.count {
        for value in images.image(number) {
          sum += Double(value)
          squares += Double(value) * Double(value)
          count += 1
        }
      }
      return squares / count - (sum / count) * (sum / count)
    }

    /// Images as libsvm wants them: numbered values, and one of number -1 behind the last.
    private final class Nodes {
      private let values: UnsafeMutablePointer<svm_node>
      private let size: Int

      init(count: Int, size: Int) {
        values = .allocate(capacity: count * (size + 1))
        self.size = size
      }

      deinit { values.deallocate() }

      func row(_ number: Int) -> UnsafeMutablePointer<svm_node> { values + number * (size + 1) }

      func fill(_ number: Int, _ pixels: ArraySlice<Float>) {
        for (k, value) in pixels.enumerated() {
          (row(number) + k).initialize(to: svm_node(index: Int32(k + 1), value: Double(value)))
        }
        (row(number) + size).initialize(to: svm_node(index: -1, value: 0))
      }
    }
  }
#else
  /// Without the package trait `Torch` there is no libsvm either.
  package final class OneClassMachine {
    package init(training images: ImageSet, nu: Double = 0.5, tolerance: Double = 1e-3) throws {
      throw TrainingError("this build has no libsvm: build with the package trait Torch")
    }

    package func scores(_ images: ImageSet) -> [Double] { [] }
  }
#endif

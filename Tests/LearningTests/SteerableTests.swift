import Foundation
import Learning
import LensTestSupport
import Tensors
import Testing

extension TorchTests {
  /// Networks that know the symmetry of the images: by the group's laws, by moving images, and by filters turned by hand.
  struct SteerableTests {
    private static let groups = [
      SymmetryGroup(rotations: 4, hasReflections: false), SymmetryGroup(rotations: 8, hasReflections: false),
      SymmetryGroup(rotations: 4, hasReflections: true), SymmetryGroup(rotations: 8, hasReflections: true),
    ]

    @Test(arguments: groups) func `elements are a group that moves points as it multiplies`(
      group: SymmetryGroup
    ) {
      let all = 0..<group.count
      for a in all {
        #expect(group.product(a, group.inverse(a)) == 0 && group.product(0, a) == a)
        #expect(Set(all.map { group.product(a, $0) }).count == group.count)
        for b in all {
          let step = group.moved(0.3, -0.7, by: b)
          let (both, once) = (
            group.moved(step.x, step.y, by: a), group.moved(0.3, -0.7, by: group.product(a, b))
          )
          #expect(abs(both.x - once.x) < 1e-12 && abs(both.y - once.y) < 1e-12)
          for c in all {
            #expect(group.product(group.product(a, b), c) == group.product(a, group.product(b, c)))
          }
        }
      }
    }

    /// An image moved by an element that moves pixels onto pixels. Rows run along y.
    private func moved(_ x: Tensor, by element: Int, _ group: SymmetryGroup) throws -> Tensor {
      let quarters = element % group.rotations * 4 / group.rotations
      var x = element >= group.rotations ? try x.flipped(along: 2) : x
      for _ in 0..<quarters { x = try x.permuted([0, 1, 3, 2]).flipped(along: 3) }
      return x
    }

    /// Elements that are quarter turns or reflections.
    private func exact(_ group: SymmetryGroup) -> [Int] {
      (0..<group.count).filter { $0 % group.rotations * 4 % group.rotations == 0 }
    }

    /// Field after field, with element `e` of the result that which was element a^-1 e.
    private func permuted(_ x: Tensor, by a: Int, _ group: SymmetryGroup) throws -> Tensor {
      let fields = x.shape[1] / group.count
      let order = (0..<fields).flatMap { field in
        (0..<group.count).map { field * group.count + group.product(group.inverse(a), $0) }
      }
      return try x.permuted([1, 0, 2, 3]).rows(order).permuted([1, 0, 2, 3])
    }

    private func largest(_ x: Tensor) throws -> Double {
      try x.floats().reduce(0) { max($0, abs(Double($1))) }
    }

    @Test(arguments: groups, [1, 3, 5])
    func `a moved image moves the maps and their elements`(group: SymmetryGroup, kernel: Int) throws {
      let generator = try TensorGenerator(seed: 7)
      let pass = Pass(isTraining: false, generator: generator)
      let lifting = try GroupConvolution(group, 2, 3, kernel: kernel, isLifting: true, generator)
      let inner = try GroupConvolution(group, 3, 2, kernel: kernel, generator)
      let image = try generator.normal([2, 2, 9, 9])
      let maps = try lifting(image, pass)
      let more = try inner(maps.rectified(), pass)
      var worst = WorstError("maps of moved images, of the largest, \(group), kernel \(kernel)")
      for a in exact(group) {
        let theirs = try lifting(moved(image, by: a, group), pass)
        worst.note(try largest(theirs - permuted(moved(maps, by: a, group), by: a, group)) / largest(maps))
        let further = try inner(theirs.rectified(), pass)
        worst.note(try largest(further - permuted(moved(more, by: a, group), by: a, group)) / largest(more))
      }
      worst.expect(atMost: 1e-5)
      #expect(worst.count == 2 * (group.hasReflections ? 8 : 4))
    }

    /// The group convolution of Cohen & Welling by its definition: the filter turned by hand, every element a correlation of its own.
    @Test func `filters are those of the definition, turned by hand`() throws {
      let group = SymmetryGroup(rotations: 4, hasReflections: true)
      let generator = try TensorGenerator(seed: 3)
      let layer = try GroupConvolution(group, 2, 3, kernel: 3, generator)
      let expanded = try layer.expanded()
      // [outputs, inputs, elements, 3, 3]: the filter of the identity.
      let own = try layer.weight.reshaped([6 * 8, 1, 3, 3])
      var worst = WorstError("filters against turning by hand")
      for e in 0..<8 {
        let turned = try moved(own, by: e, group).reshaped([3, 2, 8, 9])
        for f in 0..<8 {
          let theirs = try turned.slice(
            group.product(group.inverse(e), f)..<group.product(group.inverse(e), f) + 1, along: 2)
          let ours = try expanded.reshaped([3, 8, 2, 8, 9]).slice(e..<e + 1, along: 1).slice(
            f..<f + 1, along: 3)
          for (a, b) in zip(try ours.floats(), try theirs.floats()) { worst.note(Double(a - b)) }
        }
      }
      worst.expect(atMost: 0)
    }

    /// Brute force: what an average over the group of any network has by construction, these have by themselves.
    @Test(
      arguments: NetworkKind.allCases.filter { $0.group != nil },
      [(33, 33), (40, 40), (21, 21), (38, 38), (30, 41)])
    func `scores do not change when an image is turned or mirrored`(kind: NetworkKind, size: (Int, Int))
      throws
    {
      let (width, height) = size
      let group = try #require(kind.group)
      // Images of three bands at one size.
      let channels = width == 40 ? 3 : 1
      // The large ones, whose layers are those of the small ones, on one size.
      if kind.rawValue.hasPrefix("published") && width != 33 { return }
      let generator = try TensorGenerator(seed: 5)
      // As trained: statistics that are not those of the beginning.
      let model = try kind.make(channels: channels, width: width, height: height, classes: 3, generator)
      for named in model.state
      where named.name.hasSuffix("running_mean") || named.name.hasSuffix("attention1.bias") {
        try named.tensor.assign(generator.normal(named.tensor.shape).affine(scale: 0.1))
      }
      let classify = try #require(model.classify)
      let pass = Pass(isTraining: false, generator: generator)
      let images = try generator.normal([2, channels, height, width])
      try withoutGradients {
        let scores = try classify(images, pass)
        let scale = try largest(scores)
        var (worst, changed) = (
          WorstError("\(kind.rawValue), \(width) x \(height) pixels: scores of moved images, of the largest"),
          0.0
        )
        for a in exact(group) {
          worst.note(try largest(classify(moved(images, by: a, group), pass) - scores) / scale)
        }
        worst.expect(atMost: 1e-5)
        // Another image has other scores: the law is not kept by a network that sees nothing.
        changed =
          try largest(classify(generator.normal([2, channels, height, width]), pass) - scores) / scale
        #expect(changed > 1e-3)
      }
    }

    /// Eighth turns of a smooth image, which pixels can only nearly do: the drift is stated, and less than without eighths in the group.
    @Test func `eighth turns drift less in a group that holds them`() throws {
      func image(_ turn: Double) -> [Float] {
        (0..<65 * 65).map { pixel in
          let (x, y) = (Double(pixel % 65 - 32) / 10, Double(pixel / 65 - 32) / 10)
          let (u, v) = (cos(turn) * x + sin(turn) * y, cos(turn) * y - sin(turn) * x)
          return Float(
            exp(-(u - 1) * (u - 1) / 0.3 - v * v) + 0.6
              * exp(-(u + 0.5) * (u + 0.5) - (v - 1.2) * (v - 1.2) / 0.4))
        }
      }
      func drift(_ kind: NetworkKind) throws -> Double {
        var sum = 0.0
        for seed in 0..<6 {
          let generator = try TensorGenerator(seed: UInt64(seed))
          let classify = try #require(kind.make(width: 65, height: 65, classes: 3, generator).classify)
          let pass = Pass(isTraining: false, generator: generator)
          let scores = try withoutGradients {
            try [0, Double.pi / 4].map { try classify(Tensor(image($0), shape: [1, 1, 65, 65]), pass) }
          }
          sum += try largest(scores[1] - scores[0]) / largest(scores[0]) / 6
        }
        return sum
      }
      let (c4, c8, harmonic) = (try drift(.steerableC4), try drift(.steerableC8), try drift(.harmonic))
      let polar = try drift(.polarResidual)
      print(
        "worst error: drift of scores over an eighth turn: C4 \(c4), C8 \(c8), harmonic \(harmonic), polar \(polar)"
      )
      #expect(c8 < c4)
    }

    @Test func `filters are expanded once in a pass that trains nothing, and every time in one that trains`()
      throws
    {
      let generator = try TensorGenerator(seed: 1)
      let layer = try GroupConvolution(Self.groups[0], 1, 2, kernel: 3, isLifting: true, generator)
      let image = try generator.normal([1, 1, 6, 6])
      for isTraining in [false, true] {
        let pass = Pass(isTraining: isTraining, generator: generator)
        let before = try layer(image, pass).floats()
        try withoutGradients { try layer.weight.assign(layer.weight.affine(scale: 2)) }
        let isSame = try layer(image, pass).floats() == before
        #expect(isSame == !isTraining)
        let isFresh = try layer(image, Pass(isTraining: false, generator: generator)).floats() == before
        #expect(!isFresh)
      }
    }
  }
}

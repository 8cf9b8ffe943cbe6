import Dataset
import DatasetReports
import FileFormats
import Foundation
import LensCore
import LensTestSupport
import Populations
import Simulation
import Testing

/// Forecasts of how well substructure can be seen, against what they mean: fits by brute force, observers at work.
struct DetectabilityTests {
  private static let small = ["instrument.width=60", "instrument.height=60", "instrument.pixel_scale=0.1"]

  private func plan(_ model: String, _ more: [String] = []) throws -> PopulationPlan {
    try PopulationPlan(loadPopulation(model, settings: Self.small + more), seed: 4)
  }

  /// Substructure of a few standard deviations, for which a fit is close to linear.
  private static let faint = [
    "classes.vortex.planes.lens.mass.vortex.line_mass.mass_fraction=0.003",
    "classes.spherical.planes.lens.halos.spherical.subhalos.total_mass_fraction=null",
    "classes.spherical.planes.lens.halos.spherical.subhalos.count=1",
    "classes.spherical.planes.lens.halos.spherical.subhalos.mass=2e8", "accuracy.sampling=uniform",
    "accuracy.subpixels=4", "accuracy.precision=float64",
  ]

  @Test(arguments: ["model-a", "model-b"])
  func `known distances are sums over pixels, projected ones what the best fit leaves`(model: String) throws {
    let plan = try plan(model, Self.faint + ["classes=[vortex, spherical]"])
    let forecast = try DetectabilityForecast(plan)
    let workspace = try plan.makeWorkspace()
    var (known, projected) = (
      WorstError("known distance of \(model), relative"),
      WorstError("projected distance of \(model) against a fit, of the known one")
    )
    for index in 0..<8 {
      let sample = try plan.sample(index, workspace: workspace)
      let ours = try forecast(sample)
      let fit = try Fit(plan, sample)
      known.note(try ours.known / fit.distance([:]) - 1)
      let left = try fit.leastDistance()
      // Of the known distance: what is left of it is small for some, and then mostly the curvature of the model.
      projected.note((ours.projected - left) / ours.known, at: "\(index): \(ours), fit \(left)")
      #expect(ours.projected <= ours.known && ours.projected > 0)
    }
    known.expect(atMost: 1e-6)
    projected.expect(atMost: 0.03)
  }

  /// One parameter less to be told from the image never leaves less of the substructure.
  @Test func `the less is drawn, the less is projected off`() throws {
    let whole = try plan("model-a", ["classes=[vortex]"])
    let drawn = try whole.sample(0, workspace: whole.makeWorkspace()).drawn
    let free = try whole.smoothScene(of: drawn).free.filter { !$0.name.hasPrefix("signal_to_noise") }
    #expect(free.count > 8)
    // Fixed at what sample 0 has: it stays the same sample.
    let settings = free.map { "\($0.name)=\($0.value)" }
    var (least, known) = (0.0, 0.0)
    for count in 0...settings.count {
      let plan = try plan("model-a", ["classes=[vortex]"] + settings.prefix(count))
      let seen = try DetectabilityForecast(plan)(plan.sample(0, workspace: plan.makeWorkspace()))
      if count == 0 { known = seen.known }
      #expect(abs(seen.known / known - 1) < 1e-9)
      #expect(seen.projected > least * (1 - 1e-3), "\(count) fixed")
      least = seen.projected
    }
    #expect(least == known)
  }

  /// Observers who are told the substructure, by random numbers, and the area under their curve, pair by pair.
  @Test(arguments: [[1.0], [3], [0.5, 2, 4], [0, 1]])
  func `the bound is the area of an observer who is told the substructure`(distances: [Double]) {
    let count = 3000
    let stream = RandomKey(seed: 8, sample: 0).stream("observer")
    func evidence(_ number: Int, isThere: Bool) -> Double {
      let place = UInt32(2 * number + (isThere ? 1 : 0))
      let (u, v) = (stream.uniform(2 * place), stream.uniform(2 * place + 1))
      let normal = (-2 * log(1 - u)).squareRoot() * cos(2 * .pi * v)
      let d = distances[number % distances.count]
      return (isThere ? 1 : -1) * d * d / 2 + d * normal
    }
    let without = (0..<count).map { evidence($0, isThere: false) }.sorted()
    var area = 0.0
    for number in 0..<count {
      let mine = evidence(number, isThere: true)
      let below = without.partitioningIndex { $0 >= mine }
      let upTo = without.partitioningIndex { $0 > mine }
      area += (Double(below) + Double(upTo - below) / 2) / Double(count)
    }
    area /= Double(count)
    let bound = Detectability.areaBound(distances)
    print("worst error: bound of \(distances): \(bound), observer \(area)")
    #expect(abs(area - bound) < 0.02)
    #expect(abs(1 - bound - Detectability.missingArea(distances)) < 1e-15)
  }

  /// The adversary who is told everything: images of one lens with one vortex, or without it, judged by the likelihood ratio of
  /// Gaussian noise. It comes to the bound, and not above it but for chance (four standard errors: Hanley & McNeil 1982, eq. 2).
  @Test(arguments: [0.0005, 0.001, 0.002])
  func `who knows lens and vortex reaches the bound on simulated images and does not pass it`(
    fraction: Double
  ) throws {
    let population = [
      "classes=[no_sub, vortex]",
      "classes.vortex.planes.lens.mass.vortex.line_mass.mass_fraction=\(fraction)",
      "instrument.exposure_time=1000",
    ]
    let one = try plan("model-a", population)
    let workspace = try one.makeWorkspace()
    let drawn = try one.sample(1, workspace: workspace).drawn
    // All parameters at what that sample has: only the noise differs from image to image.
    let fixed = drawn.parameters.filter {
      !$0.name.hasPrefix("derived") && $0.name != "\(ModelPaths.vortex).mass_fraction"
    }
    .map { ($0.name.hasPrefix(ModelPaths.vortex) ? "classes.vortex." : "") + "\($0.name)=\($0.value)" }
    let plan = try plan("model-a", population + fixed)
    let simulator = try ImageSimulator(instrument: plan.spec.instrument, accuracy: plan.spec.accuracy)
    let sample = try plan.sample(1, workspace: workspace)
    let expected = try [plan.smoothScene(of: sample.drawn).scene, sample.drawn.scene].map {
      try simulator.expectedImage(of: $0, workspace: simulator.makeWorkspace()).pixels.map { Double($0) }
    }
    let forecast = try DetectabilityForecast(plan)(sample)
    let (time, instrument) = (sample.observation.exposureTimes[0], plan.spec.instrument)
    let template = zip(expected[0], expected[1]).map { smooth, bent in
      (bent - smooth) / ((smooth + instrument.sky) / time + pow(instrument.readNoise / time, 2))
    }
    var scores: [[Double]] = [[], []]
    for index in 0..<3000 {
      let image = try plan.sample(index, workspace: workspace).observation.image.pixels
      scores[index % 2].append(zip(template, image).reduce(0) { $0 + $1.0 * Double($1.1) })
    }
    let without = scores[0].sorted()
    let below = scores[1].map { mine in without.partitioningIndex { $0 >= mine } }.reduce(0, +)
    let area = Double(below) / Double(scores[1].count * without.count)
    let bound = Detectability.areaBound([forecast.known])
    let (q1, q2) = (bound / (2 - bound), 2 * bound * bound / (1 + bound))
    let spread = bound * (1 - bound) + 1499 * (q1 + q2 - 2 * bound * bound)
    let error = spread.squareRoot() / 1500
    print("worst error: area of an adversary \(area), bound \(bound), standard error \(error), \(forecast)")
    #expect(forecast.projected == forecast.known)
    #expect(abs(area - bound) < 4 * error)
    #expect(bound > 0.6 && bound < 0.999)
  }

  /// Random samples, with the spec's own rays and with 8 x 8 in all pixels. What is nearly degenerate, as redshifts with the host's
  /// strength in Model B, is told apart by what the sampling of rays leaves.
  @Test(arguments: ["model-a", "model-b"])
  func `more rays change little`(model: String) throws {
    let classes = ["classes=[vortex, spherical]"]
    let own = try plan(model, classes)
    let fine = try plan(model, classes + ["accuracy.sampling=uniform", "accuracy.subpixels=8"])
    let workspaces = (try own.makeWorkspace(), try fine.makeWorkspace())
    var (known, projected) = (
      WorstError("known distance of \(model) by more rays, relative"),
      WorstError("projected distance of \(model) by more rays, relative")
    )
    for index in 0..<20 {
      let seen = try DetectabilityForecast(own)(own.sample(index, workspace: workspaces.0))
      let better = try DetectabilityForecast(fine)(fine.sample(index, workspace: workspaces.1))
      known.note(seen.known / better.known - 1)
      projected.note(seen.projected / better.projected - 1)
    }
    known.expect(atMost: 0.02)
    projected.expect(atMost: 0.1)
  }

  @Test func `of one distance the bound is that of the textbook`() {
    for d in [0, 0.5, 1, 2, 5] {
      #expect(abs(Detectability.areaBound([d]) - (1 - erfc(d / 2) / 2)) < 1e-12)
    }
    #expect(Detectability.areaBound([]) == 0.5)
    #expect(Detectability.missingArea([40]) > 0 && Detectability.missingArea([40]) < 1e-100)
  }

  @Test func `columns on request hold the forecast and change no pixel`() throws {
    try withScratchFolder { folder in
      for name in ["false", "true"] {
        let plan = try plan("model-a", ["forecast=\(name)"])
        _ = try DatasetGenerator(plan, countPerClass: 2, threads: 2, output: "\(folder)/\(name)").run(
          .refuse, versions: [:], instructionSet: "", progress: { _ in })
      }
      for part in ["no_sub_train.npy", "vortex_train.npy", "spherical_train.npy"] {
        let isSame = try readFile("\(folder)/true/\(part)") == readFile("\(folder)/false/\(part)")
        #expect(isSame, "\(part)")
      }
      let printed = try python(
        """
        table = Table.read(sys.argv[1])
        print(*(repr(float(v)) for row in table for v in (row["forecast_known"], row["forecast_projected"])))
        """, "\(folder)/true/samples.fits")
      let plan = try plan("model-a")
      let forecast = try DetectabilityForecast(plan)
      let workspace = try plan.makeWorkspace()
      let expected = try (0..<6).flatMap { index in
        let seen = try forecast(plan.sample(index, workspace: workspace))
        return [seen.known, seen.projected]
      }
      #expect(printed.split(separator: " ").compactMap { Double($0) } == expected)
      let isThere = expected.map { $0 > 0 }
      #expect(isThere == [false, false, true, true, true, true, false, false, true, true, true, true])
    }
  }

  @Test func `the page shows every class to a person`() throws {
    try withScratchFolder { folder in
      for (number, more) in [[], ["classes=[no_sub, vortex]"], Self.faint].enumerated() {
        let plan = try plan("model-a", more)
        let table = try ForecastTable(DetectabilityForecast(plan), plan, 0..<12, threads: 2)
        let report = ForecastReport(table, title: "Forecast for model-a")
        try report.write(to: "\(folder)/\(number)")
        #expect(report.summary[0].count == [4, 2, 4][number])
        let lines = try readText("\(folder)/\(number)/forecast.csv").split(separator: "\n")
        #expect(lines.count == 13 && lines[0] == "index,class,forecast_known,forecast_projected")
        try expectSeen(["\(folder)/\(number)/index.html"])
      }
    }
  }
}

/// The smooth model, fitted to an image with substructure by Gauss and Newton's steps with the full renderer.
private struct Fit {
  private let plan: PopulationPlan
  private let sample: Sample
  private let simulator: ImageSimulator
  private let workspace: ImageSimulator.Workspace
  private let target: [Double]
  private let deviations: [Double]

  init(_ plan: PopulationPlan, _ sample: Sample) throws {
    (self.plan, self.sample) = (plan, sample)
    simulator = try ImageSimulator(instrument: plan.spec.instrument, accuracy: plan.spec.accuracy)
    workspace = try simulator.makeWorkspace()
    target = try simulator.expectedImage(of: sample.drawn.scene, workspace: workspace).pixels.map {
      Double($0)
    }
    let smooth = try simulator.expectedImage(
      of: plan.smoothScene(of: sample.drawn).scene, workspace: workspace)
    let (time, instrument) = (sample.observation.exposureTimes[0], plan.spec.instrument)
    deviations = smooth.pixels.map {
      ((Double($0) + instrument.sky) / time + pow(instrument.readNoise / time, 2)).squareRoot()
    }
  }

  private func residual(_ values: [String: Double]) throws -> [Double] {
    let scene = try plan.smoothScene(of: sample.drawn, replacing: values).scene
    let image = try simulator.expectedImage(of: scene, workspace: workspace).pixels
    return target.indices.map { (target[$0] - Double(image[$0])) / deviations[$0] }
  }

  func distance(_ values: [String: Double]) throws -> Double {
    try residual(values).reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Levenberg and Marquardt's damping, which only lets the distance fall.
  func leastDistance() throws -> Double {
    let free = try plan.smoothScene(of: sample.drawn).free.filter { !$0.name.hasPrefix("signal_to_noise") }
    var values = Dictionary(free.map { ($0.name, $0.value) }) { first, _ in first }
    var (best, damping) = (try distance(values), 1e-4)
    for _ in 0..<40 {
      let now = try residual(values)
      let columns = try free.map { parameter in
        let step = 1e-5 * parameter.width
        var moved = values
        moved[parameter.name, default: 0] += step
        let there = try residual(moved)
        return now.indices.map { (now[$0] - there[$0]) / step * parameter.width }
      }
      let move = solve(columns, now, damping)
      var trial = values
      for (parameter, part) in zip(free, move) { trial[parameter.name, default: 0] += part * parameter.width }
      if let distance = try? distance(trial), distance < best {
        let isDone = best - distance < 1e-7 * best
        (values, best, damping) = (trial, distance, damping / 5)
        if isDone { break }
      } else {
        damping *= 10
      }
    }
    return best
  }

  /// Normal equations with damping, by Gauss's elimination.
  private func solve(_ columns: [[Double]], _ right: [Double], _ damping: Double) -> [Double] {
    func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let n = columns.count
    var rows = columns.map { a in columns.map { dot(a, $0) } + [dot(a, right)] }
    for k in 0..<n { rows[k][k] = rows[k][k] * (1 + damping) + 1e-12 }
    for k in 0..<n {
      for i in k + 1..<n {
        let factor = rows[i][k] / rows[k][k]
        for j in k...n { rows[i][j] -= factor * rows[k][j] }
      }
    }
    var x = [Double](repeating: 0, count: n)
    for k in (0..<n).reversed() {
      x[k] = (rows[k][n] - (k + 1..<n).reduce(0) { $0 + rows[k][$1] * x[$1] }) / rows[k][k]
    }
    return x
  }
}

extension [Double] {
  /// Of a sorted array: where the first element stands for which the condition holds.
  func partitioningIndex(_ condition: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

import ArgumentParser
import Charts
import Foundation
import LensNumerics
import ProgramOutput
import SwiftLensing

struct ProfilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profiles", abstract: "Lists the presets, and the kinds of mass, light, blur and prior.")

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try reportingErrors(asJSON: json) {
      let populations = try Preset.populations.map { ($0.name, try loadPopulation($0.name).description) }
      let own = try OwnProfile.all()
      let kinds: [(String, [String])] = [
        ("mass profiles", MassSpec.kinds.map { $0.kind }),
        ("populations of halos", HaloPopulationSpec.kinds.map { $0.kind }),
        ("light profiles", LightSpec.kinds.map { $0.kind }),
        ("point spread functions", PointSpreadFunctionSpec.kinds.map { $0.kind }),
        ("priors", Distribution.kinds.map { $0.kind }),
        ("dark matter", DarkMatterModelSpec.kinds.map { $0.kind }),
        ("truncations of halos", HaloTruncationSpec.kinds.map { $0.kind }),
      ]
      if json {
        return try printJSON([
          "populations": populations.map(\.0), "scenes": Preset.scenes.map(\.name), "mass": kinds[0].1,
          "cameras": Preset.cameras.map(\.name), "halos": kinds[1].1, "light": kinds[2].1, "psf": kinds[3].1,
          "priors": kinds[4].1, "dark_matter": kinds[5].1, "truncations": kinds[6].1,
          "own": own.map(\.name),
        ])
      }
      try printLine("Populations (lensing generate NAME):")
      for (name, description) in populations {
        try printLine("  " + padded(name) + description)
      }
      try printLine("Scenes (lensing render NAME):")
      for scene in Preset.scenes { try printLine("  \(scene.name)") }
      try printLine("Cameras (lensing generate NAME --set instrument=CAMERA):")
      for camera in Preset.cameras { try printLine("  \(camera.name)") }
      if !own.isEmpty { try printLine("Your own (\(OwnProfile.variable)):") }
      for profile in own {
        try printLine("  " + padded(profile.name) + describe(profile))
      }
      for (title, names) in kinds { try printLine("\(title.capitalized): \(names.joined(separator: ", "))") }
      try printLine("Every key of a preset: lensing show NAME")
    }
  }

  private func padded(_ name: String) -> String {
    name.padding(toLength: max(21, name.count + 2), withPad: " ", startingAt: 0)
  }

  /// One that is wrong is listed too: it is found, but not read.
  private func describe(_ profile: OwnProfile) -> String {
    do {
      switch try profile.kind {
      case .scene: return "a scene (\(profile.path))"
      case .camera: return "a camera (\(profile.path))"
      case .published: return "published numbers (\(profile.path))"
      case .training: return "a training for lensing-learn (\(profile.path))"
      case .population:
        let description = try loadPopulation(profile.name).description
        return description.isEmpty ? profile.path : "\(description) (\(profile.path))"
      }
    } catch {
      return "cannot be read, see lensing show \(profile.name) (\(profile.path))"
    }
  }
}

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Prints the resolved spec: every key with its value, defaults included, and the seed.")

  @OptionGroup var population: PopulationOptions

  func run() throws {
    try reportingErrors {
      let text: String
      switch try population.spec() {
      case .population(let spec):
        text = seedLine(spec) + writeYAML(SpecVisitor.write(try spec.withDefaults()))
      case .scene(let spec):
        guard population.seeds.seed == nil, population.seeds.noiseSeed == nil else {
          throw SpecError(
            keyPath: "--seed", value: "a seed",
            requirement: "is of no use here: a scene is shown without its noise")
        }
        text = writeYAML(SpecVisitor.write(spec))
      case .camera(let camera):
        text = writeYAML(camera)
      }
      try printText(text)
    }
  }

  private func seedLine(_ spec: PopulationSpec) -> String {
    let (seed, noiseSeed) = (population.seeds.seed, population.seeds.noiseSeed)
    return "# seed \(seed ?? spec.defaultSeed)\(seed == nil ? ", from the name" : "")"
      + (noiseSeed.map { ", noise seed \($0)" } ?? "") + "\n"
  }
}

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Tells what this program is, was built for and runs on.")

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    try reportingErrors(asJSON: json) {
      var facts = libraryVersions()
      facts["charts"] = (try? Gnuplot.version()) ?? "gnuplot is not there: no pages"
      facts["processor"] = processorName()
      facts["processors"] = String(ProcessInfo.processInfo.activeProcessorCount)
      facts["rendering_revision"] = String(renderingRevision)
      facts["built_for"] = BuildInformation.instructionSet
      facts["runs_here"] = String(BuildInformation.isSupportedByProcessor)
      facts["system"] = ProcessInfo.processInfo.operatingSystemVersionString
      facts["self_test"] = try selfTest()
      if json { return try printJSON(facts) }
      for (name, value) in facts.sorted(by: { $0.key < $1.key }) {
        try printLine(name.padding(toLength: 20, withPad: " ", startingAt: 0) + value)
      }
    }
  }

  private func processorName() -> String {
    let lines = ((try? readText("/proc/cpuinfo")) ?? "").split(separator: "\n")
    let model = lines.first { $0.hasPrefix("model name") }
    return model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
  }

  /// Renders one small sample, so that a broken library is met here and not in a long run.
  private func selfTest() throws -> String {
    let small = ["instrument.width=32", "instrument.height=32", "instrument.pixel_scale=0.2"]
    let plan = try PopulationPlan(try loadPopulation("model-a", settings: small), seed: 1)
    let sample = try plan.sample(2, workspace: try plan.makeWorkspace())
    return "rendered a \(sample.drawn.label) lens, peak \(sample.observation.image.peak) e-/s"
  }
}

import FileFormats
import LensCore
import Populations
import Priors

/// What decides the bytes of a dataset, by name: a digest tells that two runs differ, these tell in what.
enum RunFacts {
  /// All but the spec.
  ///
  /// - Parameter samples: Left out where they may differ.
  static func besidesSpec(
    seed: UInt64, noiseSeed: UInt64, _ contents: DatasetContents, version: String, revision: Int?,
    inputs: [Manifest.File],
    samples: (range: Range<Int>, whole: Int)? = nil
  ) -> [NamedValue] {
    [
      NamedValue("rendering revision", Manifest.name(ofRevision: revision)),
      NamedValue("seed", seed), NamedValue("noise seed", noiseSeed),
      NamedValue("formats", contents.formats.map(\.rawValue).joined(separator: ",")),
      NamedValue(
        "truth",
        contents.truthMaps.isEmpty ? "none" : contents.truthMaps.map(\.rawValue).joined(separator: ",")),
      NamedValue("version of the program", version),
    ] + inputs.map { NamedValue("SHA-256 of the file of the spec", $0.sha256) }
      + (samples.map {
        [NamedValue("samples", "\($0.range.lowerBound) to \($0.range.upperBound - 1) of \($0.whole)")]
      } ?? [])
  }

  /// Of a run that is asked for.
  static func of(
    _ plan: PopulationPlan, _ contents: DatasetContents, inputs: [Manifest.File],
    samples: (range: Range<Int>, whole: Int)? = nil
  ) -> [NamedValue] {
    besidesSpec(
      seed: plan.seed, noiseSeed: plan.noiseSeed, contents, version: swiftLensingVersion,
      revision: renderingRevision, inputs: inputs,
      samples: samples) + keys(SpecVisitor.write(plan.spec))
  }

  /// Of a whole dataset.
  static func of(_ manifest: Manifest, in folder: String, withSamples: Bool) -> [NamedValue] {
    besidesSpec(
      seed: manifest.seed, noiseSeed: manifest.noiseSeed ?? manifest.seed, manifest.contents,
      version: manifest.versions["swift_lensing"] ?? swiftLensingVersion,
      revision: manifest.renderingRevision, inputs: manifest.inputs,
      samples: withSamples ? (manifest.samples, manifest.wholeSampleCount) : nil) + keys(in: folder)
  }

  /// Of the spec in a dataset's folder; none where it cannot be read.
  static func keys(in folder: String) -> [NamedValue] {
    let path = "\(folder)/\(DatasetPaths.specName)"
    return ((try? parseYAML(readText(path), path: path)).map { keys($0) }) ?? []
  }

  /// Every key; a prior is told as a whole.
  private static func keys(_ spec: SpecValue, _ path: String = "") -> [NamedValue] {
    guard case .map(let entries) = spec, !entries.isEmpty, !isNumber(entries) else {
      return [NamedValue(path, text(spec, path))]
    }
    return entries.flatMap { keys($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") }
  }

  /// Whether a mapping stands for a number: a prior or a relation.
  private static func isNumber(_ entries: [SpecValue.Entry]) -> Bool {
    entries.count == 1 && DrawnNumber.kinds.contains(entries[0].key)
  }

  private static func text(_ value: SpecValue, _ path: String) -> String {
    switch value {
    // A kernel may lie in another folder: see `DatasetIdentity`.
    case .scalar(let word) where path == "instrument.psf.file.path":
      return String(word.split(separator: "/").last ?? "")
    case .scalar(let word): return word
    case .list(let items): return "[" + items.map { text($0, path) }.joined(separator: ", ") + "]"
    case .map(let entries):
      return "{"
        + entries.map { "\($0.key): " + text($0.value, "\(path).\($0.key)") }.joined(separator: ", ") + "}"
    }
  }
}

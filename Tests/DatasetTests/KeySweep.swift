import LensCore

// What changes the keys of a spec, one by one.

/// A spec as JSON, which is YAML, on one line.
func writeSpec(_ spec: some SpecFields) -> String {
  func text(_ value: SpecValue) -> String {
    switch value {
    case .scalar(let text): "\"\(text)\""
    case .list(let items): "[" + items.map(text).joined(separator: ", ") + "]"
    case .map(let entries): "{" + entries.map { "\($0.key): " + text($0.value) }.joined(separator: ", ") + "}"
    }
  }
  return text(SpecVisitor.write(spec))
}

private let priors: Set<String> = [
  "uniform", "log_uniform", "normal", "power_law", "poisson", "choice", "same_as", "linear", "pool", "power",
  "uniform_integer",
]

/// What stands below a value; nil for a number, a word, a list of such or a prior.
private func parts(of value: SpecValue) -> [SpecValue.Entry]? {
  switch value {
  case .scalar: return nil
  case .map(let entries): return entries.contains { priors.contains($0.key) } ? nil : entries
  case .list(let items):
    let isOfMappings = items.contains { $0.givenEntries != nil }
    return isOfMappings ? items.enumerated().map { .init("\($0)", $1) } : nil
  }
}

/// Keys with a value of their own: a number, a word, a list of such or a prior.
func leaves(_ value: SpecValue, _ path: String = "") -> [(key: String, value: SpecValue)] {
  guard let parts = parts(of: value) else { return [(path, value)] }
  return parts.flatMap { leaves($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") }
}

/// All keys and sections, but not what is inside of priors.
func paths(_ value: SpecValue, _ path: String = "") -> [String] {
  let below = parts(of: value) ?? []
  return (path.isEmpty ? [] : [path])
    + below.flatMap { paths($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") }
}

/// Another good value for a key.
func other(_ value: SpecValue, of key: String) -> String {
  let words = [
    "float32": "float64", "float64": "float32", "adaptive": "uniform", "uniform": "adaptive", "peak": "total",
    "per_pixel": "per_square_arcsec", "pixel": "subpixel", "subpixel": "pixel",
    "half_light": "linear", "angular_diameter": "luminosity", "luminosity": "angular_diameter",
    "point_mass": "sis", "truncated_nfw": "point_mass", "nfw": "point_mass", "automatic": "coarse",
    "coarse": "direct", "rendered": "dark", "dark": "rendered", "true": "false", "false": "true",
  ]
  switch value {
  case .scalar(let text):
    if let word = words[text] { return word }
    if ["width", "height", "points", "kernel_pixels"].contains(where: { key.hasSuffix($0) }) {
      return "\((Int(text) ?? 0) + 2)"
    }
    if key.hasPrefix("split.") { return "0.7" }
    if key.hasSuffix("subpixels") { return text == "3" ? "2" : "3" }
    if key.hasSuffix("count") { return "\((Int(text) ?? 0) + 1)" }
    guard let number = Double(text) else { return "none" }
    if key == "accuracy.refinement_threshold" { return "1e-5" }
    return "\(number == 0 ? 0.11 : number * 0.83)"
  case .list(let items) where key.hasSuffix("center"):
    return items[0] == .scalar("0.13") ? "[0.3, -0.1]" : "[0.13, 0.21]"
  case .list: return "none"
  case .map:
    return key.hasSuffix("mass")
      ? "3e7" : key.hasSuffix("count") ? "3" : key.hasSuffix("fraction") ? "0.02" : "0.77"
  }
}

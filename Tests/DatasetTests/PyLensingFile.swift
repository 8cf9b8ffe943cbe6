import FileFormats
import LensCore

/// The parameter files that PyLensing writes by default (its folder default_params/), as CSV and as JSON.
struct PyLensingFile {
  struct Row {
    var profile: String
    var parameter: String
    var population: Int
    var priors: [String]
    var distribution: String { priors.count == 1 ? "fixed" : "uniform" }
  }

  var rows: [Row]

  /// - Parameter substructure: `base`, `vortex` or `spherical`.
  init(_ substructure: String) {
    let turn = ["0", "6.28318530718"]
    rows = Self.block(
      "Lensing Galaxy - Sersic Light Profile",
      [
        ("x_pos", ["0"]), ("y_pos", ["0"]), ("redshift", ["0.5"]), ("axis_ratio", ["0.5", "1.0"]),
        ("orientation", turn), ("intensity", ["1.2"]), ("sersic_index", ["2.5"]), ("eff_radius", ["0.5"]),
      ])
    rows += Self.block(
      "Dark Matter Halo \u{2013} Spherical Isothermal",
      [
        ("x_pos", ["0"]), ("y_pos", ["0"]), ("einstein_radius", ["1.2"]),
      ])
    rows += Self.block("External Shear", [("magnitude", ["0.0", "0.3"]), ("angle", turn)])
    rows += Self.block(
      "Lensed Galaxy - Sersic Profile",
      [
        ("radial_distance", ["0.0", "1.2"]), ("angular_position", turn), ("redshift", ["1.0"]),
        ("axis_ratio", ["0.7", "1.0"]), ("orientation", turn), ("intensity", ["0.7", "0.9"]),
        ("sersic_index", ["1.5"]), ("eff_radius", ["0.5"]),
      ])
    if substructure == "vortex" {
      rows += Self.block(
        "Vortex",
        [
          ("x_pos", ["0"]), ("y_pos", ["0"]), ("length", ["1"]), ("orientation", turn),
          ("total_mass", ["0.01"]),
        ])
    }
    if substructure == "spherical" {
      rows += Self.block(
        "Spherical", draws: 25,
        [
          ("number_of_substructures", ["25"]), ("total_mass", ["0.01"]), ("radial_distance", ["0.0", "1.0"]),
          ("angular_position", turn),
        ])
    }
  }

  private static func block(_ profile: String, draws: Int = 5, _ parameters: [(String, [String])]) -> [Row] {
    parameters.map {
      Row(profile: profile, parameter: $0.0, population: $0.1.count == 1 ? 1 : draws, priors: $0.1)
    }
  }

  /// As `pandas.DataFrame.to_csv` writes it.
  var csv: String {
    let lines = rows.map { row in
      let priors = "[\(row.priors.joined(separator: ", "))]"
      let cell = row.priors.count == 1 ? priors : "\"\(priors)\""
      return "\(row.profile),\(row.parameter),\(row.distribution),\(row.population),\(cell)"
    }
    return (["profile,parameter,distribution,population,priors"] + lines).joined(separator: "\n") + "\n"
  }

  /// As `json.dump` writes it: other letters than those of ASCII are escaped.
  var json: String {
    let entries = rows.map { row in
      let profile = row.profile.replacing("\u{2013}", with: "\\u2013")
      return """
          {
            "profile": "\(profile)",
            "parameter": "\(row.parameter)",
            "distribution": "\(row.distribution)",
            "population": \(row.population),
            "priors": [
              \(row.priors.joined(separator: ",\n        "))
            ]
          }
        """
    }
    return "{\n  \"parameters\": [\n\(entries.joined(separator: ",\n"))\n  ]\n}"
  }

  func write(to folder: String) throws -> (csv: String, json: String) {
    let paths = ("\(folder)/params.csv", "\(folder)/params.json")
    try writeFileAtomically(Array(csv.utf8), to: paths.0)
    try writeFileAtomically(Array(json.utf8), to: paths.1)
    return paths
  }
}

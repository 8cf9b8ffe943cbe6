import LensCore

/// A parameter file of PyLensing, read as a population of this project.
///
/// Its rows are profile, parameter, distribution (fixed or uniform), population (how many values are drawn) and
/// priors. Its coordinates are (y, x): its `x_pos` is y here, and its position angles about a centre turn from
/// +y. Position angles of profiles are kept, but drawn from the hundredth part of a turn that they reach because the tool uses their
/// radians as degrees.
public struct PyLensingParameters: Sendable {
  private struct Row: Sendable {
    let profile: String
    let parameter: String
    let drawCount: Int
    let priors: [Double]
  }

  private let rows: [Row]
  private let path: String

  /// From the rows of its CSV form, the heading first.
  ///
  /// - Throws: `FileError` that names the line.
  public init(rows: [[String]], path: String) throws {
    self.path = path
    guard rows.first == ["profile", "parameter", "distribution", "population", "priors"] else {
      throw FileError(
        path: path,
        reason:
          "the heading is not that of a PyLensing table: profile,parameter,distribution,population,priors")
    }
    self.rows = try rows.dropFirst().enumerated().map { try Self.row($1, "\(path), line \($0 + 2)") }
  }

  /// From its JSON form; nil for a document that is something else.
  public init?(document: SpecValue, path: String) throws {
    guard case .list(let items)? = document["parameters"] else { return nil }
    self.path = path
    rows = try items.enumerated().map { number, item in
      let cells = ["profile", "parameter", "distribution", "population"].map { item[$0].flatMap(Self.text) }
      guard case .list(let priors)? = item["priors"], cells.allSatisfy({ $0 != nil }) else {
        throw FileError(path: path, reason: "entry \(number) of parameters lacks a key of a PyLensing file")
      }
      let texts = cells.compactMap { $0 } + [priors.compactMap(Self.text).joined(separator: ",")]
      return try Self.row(texts, "\(path), entry \(number)")
    }
  }

  private static func text(_ value: SpecValue) -> String? {
    if case .scalar(let text) = value { text } else { nil }
  }

  private static func row(_ cells: [String], _ place: String) throws -> Row {
    func fail(_ reason: String) -> FileError { FileError(path: place, reason: reason) }
    guard cells.count == 5 else { throw fail("\(cells.count) cells given, must be 5") }
    let numbers = cells[4].filter { !"[] ".contains($0) }.split(separator: ",").map { Double($0) }
    let priors = numbers.compactMap { $0 }
    let distribution = cells[2].lowercased()
    let expected = ["fixed": 1, "uniform": 2][distribution]
    guard let expected, priors.count == expected, numbers.count == expected else {
      throw fail(
        "\(cells[2]) with priors \(cells[4]) given, must be fixed with one or uniform with two numbers")
    }
    guard let count = Int(cells[3]), count > 0 else {
      throw fail("the population '\(cells[3])' given, must be a whole number above 0")
    }
    return Row(profile: cells[0], parameter: cells[1], drawCount: count, priors: priors)
  }

  /// Every profile and its parameters; names in files may go on after these, as in "Vortex" or
  /// "Lensing Galaxy - Sersic Light Profile".
  private static let known: [(profile: String, parameters: Set<String>)] = [
    ("Lensing Galaxy", lightParameters.union(["x_pos", "y_pos"])),
    ("Lensed Galaxy", lightParameters.union(["radial_distance", "angular_position"])),
    ("Dark Matter Halo", ["x_pos", "y_pos", "einstein_radius"]), ("External Shear", ["magnitude", "angle"]),
    ("Vortex", ["x_pos", "y_pos", "length", "orientation", "total_mass"]),
    ("Spherical", ["number_of_substructures", "total_mass", "radial_distance", "angular_position"]),
  ]
  private static let lightParameters: Set<String> = [
    "redshift", "axis_ratio", "orientation", "intensity", "sersic_index", "eff_radius",
  ]

  /// Refuses what would otherwise be ignored: a misspelt profile changes the label of a whole set.
  private func requireKnownRows() throws {
    for (number, row) in rows.enumerated() {
      if rows[..<number].contains(where: { $0.profile == row.profile && $0.parameter == row.parameter }) {
        throw FileError(path: path, reason: "'\(row.parameter)' of '\(row.profile)' is given twice")
      }
      guard let profile = Self.known.first(where: { row.profile.hasPrefix($0.profile) }) else {
        let names = Self.known.map(\.profile)
        throw FileError(
          path: path,
          reason: "the profile '\(row.profile)' is unknown, \(suggestion(for: row.profile, among: names))")
      }
      guard profile.parameters.contains(row.parameter) else {
        throw FileError(
          path: path,
          reason: "the parameter '\(row.parameter)' of '\(row.profile)' is unknown, "
            + suggestion(for: row.parameter, among: profile.parameters.sorted()))
      }
      if profile.profile == "Dark Matter Halo" && !row.profile.contains("Spherical Isothermal") {
        throw FileError(path: path, reason: "the halo '\(row.profile)' given, must be Spherical Isothermal")
      }
    }
    if has("Vortex") && has("Spherical") {
      throw FileError(
        path: path, reason: "both Vortex and Spherical given, one kind of substructure is allowed")
    }
  }

  /// The population as a document, with PyLensing's faults named.
  ///
  /// - Throws: `FileError` that names a missing or unknown parameter.
  public var population: SpecValue {
    get throws {
      try requireKnownRows()
      let (isVortex, isSpherical) = (has("Vortex"), has("Spherical"))
      let label = isVortex ? "vortex" : isSpherical ? "spherical" : "no_sub"
      let content = isVortex ? [("planes.lens.halos.vortex", try vortex())] : []
      let halos = isSpherical ? [("planes.lens.halos.spherical", try spherical())] : []
      return map([
        ("name", .scalar("pylensing-\(isVortex || isSpherical ? label : "base")")),
        ("classes", map([(label, map(content + halos))])), ("instrument", Self.instrument),
        // PyLensing takes 2 x 2 rays in every pixel.
        ("accuracy", map([("sampling", .scalar("uniform"))])), ("planes", try planes()),
      ])
    }
  }

  /// The defaults of PyLensing's simulator.
  private static let instrument = map([
    ("width", .scalar("100")), ("height", .scalar("100")), ("pixel_scale", .scalar("0.1")),
    ("brightness_unit", .scalar("per_pixel")),
    (
      "psf",
      map([("gaussian", map([("fwhm", .scalar("0.23548200450309495")), ("kernel_pixels", .scalar("11"))]))])
    ),
    ("border", .scalar("dark")), ("sky", .scalar("0.1")), ("exposure_time", .scalar("300")),
  ])

  private func planes() throws -> SpecValue {
    let (lens, source, halo) = ("Lensing Galaxy", "Lensed Galaxy", "Dark Matter Halo")
    let host = map([
      ("einstein_radius", try value(halo, "einstein_radius")),
      ("center", .list([try value(halo, "y_pos"), try value(halo, "x_pos")])),
    ])
    let shear = map([
      ("strength", try value("External Shear", "magnitude")),
      ("angle", try asDegrees("External Shear", "angle")), ("center", Self.hostCenter),
    ])
    let place = map([
      ("radius", try value(source, "radial_distance")), ("angle", try fromY(source, "angular_position")),
      ("about", Self.hostPath),
    ])
    return map([
      (
        "lens",
        map([
          ("redshift", try value(lens, "redshift")),
          ("mass", map([("host", map([("sis", host)])), ("shear", map([("shear", shear)]))])),
          ("light", try light(lens, at: Self.hostCenter)),
        ])
      ),
      (
        "source", map([("redshift", try value(source, "redshift")), ("light", try light(source, at: place))])
      ),
    ])
  }

  private static let hostPath = SpecValue.scalar("planes.lens.mass.host.sis.center")
  private static let hostCenter = map([("same_as", hostPath)])

  private func light(_ profile: String, at center: SpecValue) throws -> SpecValue {
    let sersic = map([
      ("intensity", try value(profile, "intensity")), ("effective_radius", try value(profile, "eff_radius")),
      ("sersic_index", try value(profile, "sersic_index")), ("coefficient", .scalar("series")),
      ("axis_ratio", try value(profile, "axis_ratio")),
      ("position_angle", try asDegrees(profile, "orientation")), ("center", center),
    ])
    return map([("galaxy", map([("sersic", sersic)]))])
  }

  private func vortex() throws -> SpecValue {
    let place = map([
      ("x", try value("Vortex", "y_pos")), ("y", try value("Vortex", "x_pos")), ("about", Self.hostPath),
    ])
    let chain = map([
      ("mass_fraction", try value("Vortex", "total_mass")), ("points", .scalar("25")),
      ("length", try value("Vortex", "length")), ("position_angle", try fromY("Vortex", "orientation")),
      ("center", place), ("radius_over_count", .scalar("true")), ("start_in_degrees", .scalar("true")),
      ("points_at_starts", .scalar("true")),
    ])
    return map([(PyLensingChain.kind, chain)])
  }

  private func spherical() throws -> SpecValue {
    let points = map([
      ("count", try value("Spherical", "number_of_substructures")),
      ("mass_fraction", try value("Spherical", "total_mass")),
      // Places are drawn anew for each sample.
      ("radius", Self.prior(try row("Spherical", "radial_distance").priors)),
      ("angle", Self.prior(Self.fromY(try row("Spherical", "angular_position").priors))),
      ("center", Self.hostCenter), ("radius_over_count", .scalar("true")),
    ])
    return map([(PyLensingPoints.kind, points)])
  }

  private func has(_ profile: String) -> Bool { rows.contains { $0.profile.hasPrefix(profile) } }

  private func row(_ profile: String, _ parameter: String) throws -> Row {
    guard let row = rows.first(where: { $0.profile.hasPrefix(profile) && $0.parameter == parameter }) else {
      throw FileError(path: path, reason: "the parameter '\(parameter)' of '\(profile)' is missing")
    }
    return row
  }

  private func value(_ profile: String, _ parameter: String) throws -> SpecValue {
    let row = try row(profile, parameter)
    return Self.pool(row.priors, row.drawCount)
  }

  /// An angle in radians that is used as if it were in degrees.
  private func asDegrees(_ profile: String, _ parameter: String) throws -> SpecValue {
    let row = try row(profile, parameter)
    return Self.pool(row.priors.map { $0 * Units.radiansPerDegree }, row.drawCount)
  }

  private func fromY(_ profile: String, _ parameter: String) throws -> SpecValue {
    let row = try row(profile, parameter)
    return Self.pool(Self.fromY(row.priors), row.drawCount)
  }

  /// Angles from +y towards +x, turned into ones from +x towards +y.
  private static func fromY(_ angles: [Double]) -> [Double] {
    angles.map { Double.pi / 2 - $0 }.reversed()
  }

  /// Each prior is drawn a few times for the whole set, and samples combine the draws.
  private static func pool(_ priors: [Double], _ count: Int) -> SpecValue {
    if priors.count == 1 { return prior(priors) }
    return map([("pool", map([("prior", prior(priors)), ("values", .scalar("\(count)"))]))])
  }

  private static func prior(_ priors: [Double]) -> SpecValue {
    let numbers = priors.map { SpecValue.scalar(specNumber($0)) }
    return numbers.count == 1 ? numbers[0] : map([("uniform", .list(numbers))])
  }
}

private func map(_ entries: [(String, SpecValue)]) -> SpecValue {
  .map(entries.map { SpecValue.Entry($0.0, $0.1) })
}

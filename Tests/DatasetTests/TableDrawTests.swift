import Dataset
import FileFormats
import Foundation
import LensCore
import LensTestSupport
import Populations
import Testing

/// Numbers that are drawn together, as rows of a table.
struct TableDrawTests {
  private static let heading = "z,name_length,radius,weight"
  private struct Row {
    let z: Double
    let radius: Double
    let weight: Double

    init(_ k: Int) {
      z = 0.8 + 0.01 * Double(k)
      radius = 0.1 + 0.02 * Double((k * 7) % 40)
      weight = k < 20 ? 3 : k < 30 ? 1 : 0
    }
  }

  private static let rows = (0..<40).map { Row($0) }

  private func document(_ table: String) -> String {
    """
    name: test
    tables: {galaxies: \(table)}
    classes: {no_sub: {}, dwarf: {planes.lens.mass.dwarf: {point_mass: {mass: 1e9}}}}
    instrument: {width: 24, height: 20, pixel_scale: 0.2}
    planes:
      lens: {redshift: 0.5, mass: {host: {sis: {velocity_dispersion: {uniform: [250, 300]}}}}}
      source:
        redshift: {table: {name: galaxies, column: z}}
        light: {galaxy: {sersic: {intensity: 5, effective_radius: {table: {name: galaxies, column: radius}}}}}
    """
  }

  private func csv(_ folder: String) throws -> String {
    let text = Self.rows.map { "\($0.z),3,\($0.radius),\($0.weight)\n" }.joined()
    try writeFileAtomically(Array("\(Self.heading)\n\(text)".utf8), to: "\(folder)/galaxies.csv")
    return "\(folder)/galaxies.csv"
  }

  /// How often each row was drawn.
  private func counts(_ plan: PopulationPlan, _ count: Int) throws -> [Int] {
    var counts = Self.rows.map { _ in 0 }
    for index in 0..<count {
      let drawn = try plan.scene(index)
      let z = drawn["planes.source.redshift"]
      let row = try #require(Self.rows.firstIndex { $0.z == z })
      #expect(drawn["planes.source.light.galaxy.sersic.effective_radius"] == Self.rows[row].radius)
      #expect(drawn.scene.source.redshift == z)
      counts[row] += 1
    }
    return counts
  }

  private func expect(_ counts: [Int], _ weights: [Double]) {
    let (total, sum) = (Double(counts.reduce(0, +)), weights.reduce(0, +))
    var statistic = 0.0
    for (count, weight) in zip(counts, weights) {
      if weight == 0 {
        #expect(count == 0)
      } else {
        let expected = weight / sum * total
        statistic += (Double(count) - expected) * (Double(count) - expected) / expected
      }
    }
    #expect(chiSquareTail(statistic, degreesOfFreedom: weights.count { $0 > 0 } - 1) > smallestTail)
  }

  @Test func `columns of a row stay together, rows are drawn by their weights`() throws {
    try withScratchFolder { folder in
      let path = try csv(folder)
      for (table, weights) in [
        ("{path: \(path)}", Self.rows.map { _ in 1.0 }),
        ("{path: \(path), weights: weight}", Self.rows.map(\.weight)),
      ] {
        let plan = try PopulationPlan(try loadPopulation(yaml: document(table)), seed: 2)
        expect(try counts(plan, 2000), weights)
      }
    }
  }

  @Test func `CSV, FITS and arrays are the same table`() throws {
    try withScratchFolder { folder in
      let path = try csv(folder)
      let names = ["z", "radius", "weight"]
      let columns = names.map { TableColumn(name: $0, kind: .real, description: "") }
      let fits = try FITSTableWriter(
        creating: "\(folder)/g.fits", name: "GALAXIES", columns: columns, header: [])
      try fits.append(Self.rows.map { [.real($0.z), .real($0.radius), .real($0.weight)] })
      try fits.close()
      let expected = try loadPopulation(yaml: document("{path: \(path), weights: weight}")).tables
      #expect(expected.tables["galaxies"]?.columns.map(\.name) == ["z", "radius"])
      #expect(
        try loadPopulation(yaml: document("{path: \(folder)/g.fits, weights: weight}")).tables == expected)
      let python = """
        import numpy; t = numpy.genfromtxt('\(path)', delimiter=',', names=True)
        numpy.save('\(folder)/g.npy', numpy.column_stack([t['z'], t['radius'], t['weight']]))
        """
      let made = try runProcess("/usr/bin/python3", ["-c", python])
      try #require(made.status == 0, "\(made.errors)")
      let text = document("{path: \(folder)/g.npy, weights: '2'}")
        .replacing("column: z", with: "column: '0'").replacing("column: radius", with: "column: '1'")
      let array = try loadPopulation(yaml: text).tables.tables["galaxies"]
      #expect(array?.columns.map(\.values) == expected.tables["galaxies"]?.columns.map(\.values))
      #expect(array?.weights == expected.tables["galaxies"]?.weights)
    }
  }

  @Test func `a dataset keeps the rows, not the file`() throws {
    try withScratchFolder { folder in
      let path = try csv(folder)
      let spec = try loadPopulation(yaml: document("{path: \(path), weights: weight}"))
      try generate(spec, count: 3, to: "\(folder)/a")
      try FileManager.default.removeItem(atPath: path)
      let again = try loadPopulation("\(folder)/a/spec.yaml")
      try generate(again, count: 3, to: "\(folder)/b")
      try expectSameFiles("\(folder)/a", "\(folder)/b")
    }
  }

  @Test func `a relative path starts at the spec's folder`() throws {
    try withScratchFolder { folder in
      _ = try csv(folder)
      try writeFileAtomically(Array(document("{path: galaxies.csv}").utf8), to: "\(folder)/mine.yaml")
      let table = try loadPopulation("\(folder)/mine.yaml").tables.tables["galaxies"]
      #expect(table?.columns.first?.values == Self.rows.map(\.z))
      // Another column by a setting is read too.
      let other = try loadPopulation(
        "\(folder)/mine.yaml",
        settings: ["planes.source.light.galaxy.sersic.intensity={table: {name: galaxies, column: weight}}"])
      #expect(other.tables.tables["galaxies"]?.columns.map(\.name).sorted() == ["radius", "weight", "z"])
    }
  }

  @Test(arguments: [
    ("{path: /no/such.csv}", "there is no such table"),
    ("{path: PATH, weight: 3}", "tables.galaxies.weight: an unknown key given, did you mean weights?"),
    ("{path: PATH, weights: wieght}", "has no such column; did you mean weight?"),
    ("{columns: {z: [0.9, 1]}}", "effective_radius.table.column: 'radius' given"),
    ("{columns: {z: [0.9, 1], radius: [1]}}", "must be lists of as many numbers"),
    ("{columns: {z: [0.9, 1], radius: [1, 2]}, weights: [1]}", "must be lists of as many numbers"),
    ("{columns: {z: [0.9, 1], radius: [1, 2]}, weights: [0, 0]}", "must be lists of as many numbers"),
    (
      "{columns: {z: [0.3, 1], radius: [1, 2]}}",
      "planes.source.redshift: as low as 0.3 given, must be greater than the lens redshift 0.5"
    ),
    (
      "{columns: {z: [0.9, 1], radius: [1, -2]}}",
      "effective_radius: values from -2 to 1 given, must be at least"
    ),
    ("{columns: {z: [0.9, x], radius: [1, 2]}}", "tables.galaxies.columns.z.1: 'x' given, must be a number"),
  ])
  func `a table that cannot be is refused`(table: String, message: String) throws {
    try withScratchFolder { folder in
      let path = try csv(folder)
      let error = #expect(throws: (any Error).self) {
        _ = try loadPopulation(yaml: document(table.replacing("PATH", with: path)))
      }
      #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
    }
  }

  @Test func `what is no number is told with its line`() throws {
    try withScratchFolder { folder in
      for (text, message) in [
        ("z,radius\n0.9,1\n,2\n", "line 3 has '' in column 1, must be a number"),
        ("z,radius\n0.9,1\n1\n", "line 3 has nothing in column 2"),
        ("z,radius\n0.9,nan\n", "row 1 of column radius is nan"),
        ("z,size\n0.9,1\n", "has no such column"), ("", "has no such column"),
      ] {
        try writeFileAtomically(Array(text.utf8), to: "\(folder)/t.csv")
        let error = #expect(throws: (any Error).self) {
          _ = try loadPopulation(yaml: document("{path: \(folder)/t.csv}"))
        }
        #expect(error.map { "\($0)".contains(message) } == true, "\(String(describing: error))")
      }
    }
  }
}

import LensCore
import Testing

struct SpecValueTests {
  private let document = SpecValue.map([
    .init("seed", .scalar("1")),
    .init(
      "planes",
      .list([
        .map([.init("redshift", .scalar("0.5"))]), .map([.init("redshift", .scalar("1"))]),
      ])),
  ])

  private func changed(_ path: String, _ value: SpecValue = .scalar("9")) throws -> SpecValue {
    var copy = document
    try copy.set(path.split(separator: "."), to: value)
    return copy
  }

  @Test func `set replaces a value and keeps the order of the keys`() throws {
    let expected = SpecValue.map([
      .init("seed", .scalar("9")), .init("planes", try #require(document["planes"])),
    ])
    #expect(try changed("seed") == expected)
  }

  @Test func `set makes mappings on the way`() throws {
    let changed = try changed("instrument.psf.gaussian.fwhm")
    #expect(changed["instrument"]?["psf"]?["gaussian"]?["fwhm"] == .scalar("9"))
    #expect(changed["seed"] == .scalar("1"))
    #expect(try self.changed("seed.low")["seed"] == .map([.init("low", .scalar("9"))]))
  }

  @Test func `set reaches into lists by number`() throws {
    guard case .list(let planes) = try changed("planes.1.redshift")["planes"] else {
      Issue.record("the list is gone")
      return
    }
    #expect(planes[0]["redshift"] == .scalar("0.5") && planes[1]["redshift"] == .scalar("9"))
    #expect(try changed("planes.0", .scalar("x"))["planes"] != document["planes"])
  }

  @Test(arguments: ["planes.2.redshift", "planes.-1.redshift", "planes.first.redshift"])
  func `a position that a list lacks is refused with its whole path`(path: String) {
    let error = #expect(throws: SpecError.self) { _ = try changed(path) }
    #expect(error?.keyPath.hasPrefix("planes.") == true, "\(String(describing: error))")
    #expect(error?.requirement == "the list has the positions 0 to 1")
  }

  @Test func `an empty list has no positions`() {
    var value = SpecValue.list([])
    let error = #expect(throws: SpecError.self) { try value.set("0".split(separator: "."), to: .scalar("1")) }
    #expect(error?.requirement.contains("-1") == false, "\(String(describing: error))")
  }

  @Test func `nulls are no elements of lists, but keys keep theirs`() {
    let null = SpecValue.scalar("")
    let value = SpecValue.map([
      .init("a", null), .init("b", .list([null, .list([null]), .map([.init("c", null)])])),
    ])
    #expect(
      value.withoutNullElements
        == .map([.init("a", null), .init("b", .list([.list([]), .map([.init("c", null)])]))]))
    #expect(value.givenEntries?.map(\.key) == ["b"] && null.givenEntries == nil && null.isNull)
  }

  @Test func `the empty path replaces the whole document`() throws {
    var copy = document
    try copy.set([], to: .scalar("1"))
    #expect(copy == .scalar("1"))
  }

  @Test func `a failed set leaves the document as it was`() {
    var copy = document
    #expect(throws: SpecError.self) {
      try copy.set("planes.7.redshift".split(separator: "."), to: .scalar("1"))
    }
    #expect(copy == document)
  }

  @Test func `summaries show scalars as written and the rest by kind`() {
    #expect(SpecValue.scalar("x y").summary == "'x y'" && SpecValue.scalar("").summary == "nothing")
    #expect(SpecValue.list([.scalar("1"), .scalar("2")]).summary == "a list of 2")
    #expect(document.summary == "a mapping with the keys seed, planes")
  }

  @Test(arguments: [
    (SpecRange.finite, "must be a finite number"), (.positive, "must be greater than 0"),
    (.nonNegative, "must be at least 0"), (SpecRange(0.5...1), "must be at least 0.5 and at most 1"),
    (.above(0, upTo: 20), "must be greater than 0 and at most 20"),
    (.from(0, below: 1), "must be at least 0 and less than 1"),
  ])
  func `ranges say what they contain`(range: SpecRange, requirement: String) {
    #expect(range.requirement == requirement)
    #expect(range.contains(range.lower) == (range.includesLower && range.lower.isFinite))
    #expect(range.contains(range.upper) == (range.includesUpper && range.upper.isFinite))
    #expect(range.contains(range.lower.nextUp))
    #expect(!range.contains(.nan) && !range.contains(.infinity) && !range.contains(-.infinity))
  }

  @Test func `numbers are written as short as they read back`() {
    #expect(specNumber(3) == "3" && specNumber(-0.25) == "-0.25" && specNumber(1e22) == "1e+22")
    for value in [
      0.1 + 0.2, 1.0 / 3, Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude, 123_456_789,
    ] {
      #expect(Double(specNumber(value)) == value)
    }
  }
}

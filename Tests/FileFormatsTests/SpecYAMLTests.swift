import FileFormats
import Foundation
import LensCore
import LensTestSupport
import Testing

struct SpecYAMLTests {
  private static let awkward = [
    "", " ", "~", "null", "NULL", "true", "no", "1", "-1.5e-3", "+.5", ".inf", "0x1F", "1:30",
    "-", "- a", "?", "? a", ":", "a: b", "a:", "#", "a #b", "[", "]", "{}", "a, b", "!tag",
    "&anchor", "*alias", "|", ">", "%", "@", "`", "'", "\"", "\\", "it's", "a\nb", "\n", "a\r\nb",
    "\ttab", " lead", "trail ", "---", "...", "..", ".", "<<", "=", "é", "日本", "🔭", "\0",
    "\u{7F}", "\u{85}", "\u{2028}", "x\u{FEFF}", "\u{FFFF}", "2001-01-01", "~/a",
    "/data/a b.fits", "e-/s", "--", "+-1", "-.", String(repeating: "long ", count: 400) + "end",
    String(repeating: "é", count: 1100),
  ]

  @Test(arguments: awkward)
  func `awkward text survives as value, item and key`(text: String) throws {
    let scalar = SpecValue.scalar(text)
    let values: [SpecValue] = [
      scalar, .list([scalar]), .list([.list([scalar, .list([])]), .map([])]), .map([.init(text, scalar)]),
      .map([.init(text, .map([.init(text, .list([.map([.init(text, scalar), .init("x", .list([]))])]))]))]),
      .list([.map([.init(text, .list([.list([.map([])])]))]), scalar]),
    ]
    for value in values {
      let written = writeYAML(value)
      #expect(try parseYAML(written, path: "a.yaml") == value, "\(written)")
    }
  }

  @Test func `random values survive`() throws {
    var generator = Counter()
    func random(_ depth: Int) -> SpecValue {
      let text = Self.awkward.randomElement(using: &generator) ?? ""
      let count = Int.random(in: 0...3, using: &generator)
      switch Int.random(in: 0...(depth > 0 ? 2 : 0), using: &generator) {
      case 0: return .scalar(text)
      case 1: return .list((0..<count).map { _ in random(depth - 1) })
      default: return .map((0..<count).map { .init("\(text)\($0)", random(depth - 1)) })
      }
    }
    for _ in 0..<500 {
      let value = random(4)
      #expect(try parseYAML(writeYAML(value), path: "") == value)
    }
  }

  @Test func `a spec is written as a person would`() {
    let value = SpecValue.map([
      .init("seed", .scalar("42")), .init("name", .scalar("SLACS: like")), .init("empty", .map([])),
      .init(
        "lenses",
        .list([
          .map([.init("type", .scalar("sie")), .init("centre", .list([.scalar("0"), .scalar("-0.1")]))])
        ])),
      .init("points", .list([.list([.scalar("0")]), .list([])])),
    ])
    #expect(
      writeYAML(value) == """
        seed: 42
        name: "SLACS: like"
        empty: {}
        lenses:
          - type: sie
            centre: [0, -0.1]
        points:
          - [0]
          - []

        """)
  }

  @Test func `YAML and JSON give the same value`() throws {
    let yaml = "a: 1\nb:\n  - true\n  - 1e-3\n  - ~\nc: {d: 'x', e: \"null\", f: !!str null}\ng:\n"
    let json = #"{"a": 1, "b": [true, 1e-3, null], "c": {"d": "x", "e": "null", "f": "null"}, "g": ""}"#
    let value = try parseYAML(yaml, path: "a.yaml")
    #expect(try parseYAML(json, path: "a.json") == value)
    #expect(value["b"] == .list([.scalar("true"), .scalar("1e-3"), .scalar("")]))
    #expect(value["c"]?["f"] == .scalar("null") && value["g"] == .scalar(""))
    #expect(try parseYAML("", path: "") == .scalar(""))
    #expect(try parseYAML("# only a comment\n", path: "") == .scalar(""))
  }

  @Test func `aliases are resolved`() throws {
    #expect(try parseYAML("a: &x [1, 2]\nb: *x", path: "")["b"] == .list([.scalar("1"), .scalar("2")]))
  }

  @Test(arguments: [
    ("a: 1\nb: [1, 2\n", "line 3, column 1"),
    ("a: 1\na: 2", "line 1, column 1: given more than once: a"),
    ("a:\n  b: 1\n c: 2", "line 3"), ("a: 1\n---\nb: 2", "one document per file"),
    ("a: *x", "line 1, column 4"),
    ("a: \"x", "line 1"), ("a: @b", "column 4"), ("[a]: 1", "line 1, column 1: a key must be a word"),
    ("a: 1\nb: x\u{1}y", "line 2, column 5"), ("a:\tb\n\tc: 1", "line 2"),
    ("{\"a\": 1,\n \"b\": }}", "line 2"),
    ("a: \"\\ud83d\"", "line 1"),
  ])
  func `bad YAML is refused with its place`(text: String, words: String) {
    #expect(!reason(words) { try parseYAML(text, path: "a.yaml") }.contains("\n"))
    let error = #expect(throws: FileError.self) { try parseYAML(text, path: "a.yaml") }
    #expect(error?.kind == .spec)
  }

  @Test func `deep nesting and exploding aliases are refused`() {
    for text in ["[", "{a: ", "- "] {
      reason { try parseYAML(String(repeating: text, count: 100_000), path: "") }
    }
    let bomb = (1..<12).map { level in
      let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      return "a\(level): &a\(level) [\(aliases)]"
    }
    reason("more than a million") {
      try parseYAML("a0: &a0 x\n" + bomb.joined(separator: "\n"), path: "")
    }
  }
}

/// A reproducible source of numbers (Vigna's SplitMix64).
private struct Counter: RandomNumberGenerator {
  private var state: UInt64 = 1

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

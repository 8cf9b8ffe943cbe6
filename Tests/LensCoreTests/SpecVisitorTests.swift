import LensCore
import Testing

struct SpecVisitorTests {
  private func entries(_ pairs: (String, SpecValue)...) -> SpecValue {
    .map(pairs.map { .init($0.0, $0.1) })
  }

  private func numbers(_ values: String...) -> SpecValue { .list(values.map { .scalar($0) }) }

  @Test func `an empty document keeps every default`() throws {
    #expect(try SpecVisitor.read(Telescope.self, from: .map([])) == Telescope())
  }

  @Test func `given values are read and the others kept`() throws {
    let read = try SpecVisitor.read(
      Telescope.self,
      from: entries(
        ("aperture", .scalar("6.5")), ("mirrors", .scalar("18")), ("in_space", .scalar("true")),
        ("name", .scalar("Webb")), ("band", .scalar("near_infrared")), ("pointing", numbers("1e1", "-2")),
        ("camera", entries(("gain", .scalar("0.5")))), ("spare", entries(("gain", .scalar("3")))),
        ("filters", .list([entries(("gain", .scalar("1.5"))), .map([])])), ("focus", .scalar("0.25")),
        ("retries", .scalar("4")), ("mount", entries(("altazimuth", entries(("speed", .scalar("2"))))))))
    var expected = Telescope()
    (expected.aperture, expected.mirrors, expected.inSpace) = (6.5, 18, true)
    (expected.name, expected.band, expected.pointing) = ("Webb", .nearInfrared, [10, -2])
    expected.camera.gain = 0.5
    expected.spare = Camera(gain: 3)
    expected.filters = [Camera(gain: 1.5), Camera()]
    (expected.focus, expected.retries) = (0.25, 4)
    expected.mount = Mount(Altazimuth(speed: 2))
    #expect(read == expected)
  }

  @Test func `what is written reads back as the same value`() throws {
    var telescope = Telescope()
    #expect(try SpecVisitor.read(Telescope.self, from: SpecVisitor.write(telescope)) == telescope)
    (telescope.aperture, telescope.pointing) = (0.1 + 0.2, [1e-300, 1.0 / 3])
    (telescope.focus, telescope.retries, telescope.spare) = (
      1e22, -3, Camera(gain: Double.leastNonzeroMagnitude)
    )
    (telescope.mount, telescope.secondMount) = (Mount(Equatorial()), Mount(Altazimuth(speed: 0.7)))
    telescope.filters = [Camera(gain: 2), Camera(gain: 4)]
    let written = SpecVisitor.write(telescope)
    #expect(try SpecVisitor.read(Telescope.self, from: written) == telescope)
    #expect(SpecVisitor.write(try SpecVisitor.read(Telescope.self, from: written)) == written)
  }

  @Test func `writing names the fields in order and leaves absent ones out`() {
    guard case .map(let written) = SpecVisitor.write(Telescope()) else {
      Issue.record("not a mapping")
      return
    }
    #expect(
      written.map(\.key) == [
        "aperture", "mirrors", "in_space", "name", "band", "pointing", "camera", "filters", "mount",
      ])
    #expect(written.first?.value == .scalar("2.4"))
    #expect(SpecVisitor.write(Telescope())["mount"] == entries(("equatorial", .map([]))))
  }

  @Test(arguments: [
    ("aperture", SpecValue.scalar("0"), "aperture: 0 given, must be greater than 0 and at most 100"),
    ("aperture", .scalar("100.5"), "aperture: 100.5 given, must be greater than 0 and at most 100"),
    ("aperture", .scalar("nan"), "aperture: nan given, must be a finite number"),
    ("aperture", .scalar("-inf"), "aperture: -inf given, must be a finite number"),
    ("aperture", .scalar("1e999"), "aperture: 1e999 given, must be a finite number"),
    ("aperture", .scalar("big"), "aperture: 'big' given, must be a number"),
    (
      "aperture", .scalar(""),
      "aperture: null given, cannot be left out, its default (2.4) would stand; give the value that is meant"
    ),
    (
      "mount", .map([.init("equatorial", .scalar(""))]),
      "mount: a mapping with the keys equatorial given, must be one of equatorial, altazimuth"
    ),
    ("aperture", .list([]), "aperture: a list of 0 given, must be a number"),
    (
      "aperture", .map([.init("a", .scalar("1"))]),
      "aperture: a mapping with the keys a given, must be a number"
    ),
    ("focus", .scalar("-1"), "focus: -1 given, must be at least 0"),
    ("mirrors", .scalar("2.5"), "mirrors: '2.5' given, must be a whole number from 1 to 36"),
    ("mirrors", .scalar("37"), "mirrors: '37' given, must be a whole number from 1 to 36"),
    ("retries", .scalar("x"), "retries: 'x' given, must be a whole number from -5 to 5"),
    ("in_space", .scalar("yes"), "in_space: 'yes' given, must be true or false"),
    ("name", .list([]), "name: a list of 0 given, must be text"),
    ("band", .scalar("radio"), "band: 'radio' given, must be optical or near_infrared"),
    ("pointing", .list([.scalar("1")]), "pointing: a list of 1 given, must be a list of 2 numbers"),
    ("pointing", .list([.scalar("1"), .scalar("x")]), "pointing.1: 'x' given, must be a number"),
    ("camera", .scalar("x"), "camera: 'x' given, must be a mapping of keys to values"),
    ("filters", .scalar("x"), "filters: 'x' given, must be a list"),
    ("mount", .scalar("dobson"), "mount: 'dobson' given, allowed are equatorial, altazimuth"),
    (
      "mount", .scalar("altazimut"),
      "mount: 'altazimut' given, did you mean altazimuth? allowed are equatorial, altazimuth"
    ),
    ("mount", .list([]), "mount: a list of 0 given, must be one of equatorial, altazimuth"),
  ])
  func `a bad value is named with its place and what is allowed`(
    key: String, value: SpecValue, message: String
  ) {
    #expect(messages(of: .map([.init(key, value)])) == [message])
  }

  @Test func `nested places are dotted paths`() {
    let bad = entries(("gain", .scalar("-1")))
    #expect(
      messages(
        of: entries(
          ("camera", bad), ("filters", .list([.map([]), bad])),
          ("mount", entries(("altazimuth", entries(("speed", .scalar("0"))))))))
        == [
          "camera.gain: -1 given, must be greater than 0", "filters.1.gain: -1 given, must be greater than 0",
          "mount.altazimuth.speed: 0 given, must be greater than 0",
        ])
  }

  @Test func `an unknown key names its nearest neighbour`() {
    #expect(
      messages(of: entries(("camera", entries(("gian", .scalar("1"))))))
        == ["camera.gian: an unknown key given, did you mean gain? allowed are gain"])
    #expect(messages(of: entries(("mirors", .scalar("1")))).first?.contains("did you mean mirrors?") == true)
    let far = messages(of: entries(("zzzzzzzzzz", .scalar("1")))).first
    #expect(far?.contains("did you mean") == false && far?.contains("allowed are aperture, mirrors") == true)
  }

  @Test func `a key given twice is refused`() {
    #expect(
      messages(of: entries(("aperture", .scalar("1")), ("aperture", .scalar("2"))))
        == ["aperture: the key twice given, must be given once"])
  }

  @Test func `all errors of a document are collected`() {
    let document = entries(
      ("aperture", .scalar("-1")), ("mirrors", .scalar("0")), ("camera", entries(("gain", .scalar("x")))),
      ("pointing", numbers("nan", "inf")), ("colour", .scalar("red")))
    #expect(messages(of: document).count == 6)
    #expect(
      messages(of: .list([])) == ["the document: a list of 0 given, must be a mapping of keys to values"])
  }

  private func messages(of document: SpecValue) -> [String] {
    let errors = #expect(throws: SpecErrors.self) { _ = try SpecVisitor.read(Telescope.self, from: document) }
    return errors?.errors.map(\.description) ?? []
  }
}

// MARK: A document with a field of every sort

private enum Band: String, CaseIterable {
  case optical
  case nearInfrared = "near_infrared"
}

private struct Camera: SpecFields, Equatable {
  var gain = 1.0

  init() {}
  init(gain: Double) { self.gain = gain }

  mutating func visit(_ visitor: SpecVisitor) { visitor.number("gain", &gain, .positive) }
}

private struct Equatorial: SpecKind {
  static let kind = "equatorial"
  mutating func visit(_ visitor: SpecVisitor) {}
}

private struct Altazimuth: SpecKind {
  static let kind = "altazimuth"
  var speed = 1.0

  init() {}
  init(speed: Double) { self.speed = speed }

  mutating func visit(_ visitor: SpecVisitor) { visitor.number("speed", &speed, .positive) }
}

private struct Mount: SpecConvertible, Equatable {
  let parameters: any SpecKind

  init(_ parameters: any SpecKind) { self.parameters = parameters }

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> Mount? {
    visitor.readTagged(value, among: [Equatorial.self, Altazimuth.self]).map { Mount($0) }
  }

  func written() -> SpecValue { SpecVisitor.writeTagged(parameters) }

  static func == (first: Mount, second: Mount) -> Bool { first.written() == second.written() }
}

private struct Telescope: SpecFields, Equatable {
  var aperture = 2.4
  var mirrors = 1
  var inSpace = false
  var name = "Hubble"
  var band = Band.optical
  var pointing = [0.0, 0.0]
  var camera = Camera()
  var spare: Camera?
  var filters: [Camera] = []
  var focus: Double?
  var retries: Int?
  var mount = Mount(Equatorial())
  var secondMount: Mount?

  mutating func visit(_ visitor: SpecVisitor) {
    visitor.number("aperture", &aperture, .above(0, upTo: 100))
    visitor.integer("mirrors", &mirrors, 1...36)
    visitor.flag("in_space", &inSpace)
    visitor.text("name", &name)
    visitor.choice("band", &band)
    visitor.numbers("pointing", &pointing, .finite)
    visitor.object("camera", &camera)
    visitor.object("spare", &spare)
    visitor.objects("filters", &filters)
    visitor.number("focus", &focus, .nonNegative)
    visitor.integer("retries", &retries, -5...5)
    visitor.convertible("mount", &mount)
    visitor.convertible("second_mount", &secondMount)
  }
}

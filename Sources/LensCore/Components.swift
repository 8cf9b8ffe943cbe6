/// What a scene has several of, each under a name of its own, for instance the masses of a plane.
public protocol SpecComponent: SpecConvertible {
  /// What it is called where nobody has given it a name.
  var usualName: String { get }
}

/// Parts of a scene by name, in the order in which they are given and added up.
///
/// A document has them as a mapping of names, so that a path such as `planes.lens.mass.host` stays the same whatever else is
/// added or left out.
public struct Components<Element: SpecComponent>: Sendable {
  public private(set) var names: [String] = []
  public fileprivate(set) var values: [Element] = []

  /// - Parameter values: Get their usual names, numbered from the second of a name on.
  public init(_ values: some Sequence<Element>) { for value in values { append(value) } }

  public init() {}

  /// As many names as values, no two of them the same.
  public init(named names: some Sequence<String>, _ values: some Sequence<Element>) {
    (self.names, self.values) = (Array(names), Array(values))
  }

  /// - Parameter name: Must not be taken; left out, it is the usual one, with a number if that is taken.
  public mutating func append(_ value: Element, named name: String? = nil) {
    names.append(name ?? freeName(value.usualName))
    values.append(value)
  }

  /// Brings them into another order; equal ones stay as they are.
  public mutating func sort(by precedes: (Element, Element) -> Bool) {
    let order = values.indices.sorted {
      precedes(values[$0], values[$1]) || !precedes(values[$1], values[$0]) && $0 < $1
    }
    (names, values) = (order.map { names[$0] }, order.map { values[$0] })
  }

  private func freeName(_ usual: String) -> String {
    if !names.contains(usual) { return usual }
    // Of many that have their usual names, the next is most often one more than there are.
    var number = names.count { $0.hasPrefix(usual) } + 1
    while names.contains("\(usual)_\(number)") { number += 1 }
    return "\(usual)_\(number)"
  }

  /// The part of a name; set to nil, it is taken out, and a new one comes last.
  public subscript(name: String) -> Element? {
    get { names.firstIndex(of: name).map { values[$0] } }
    set {
      switch (names.firstIndex(of: name), newValue) {
      case (let position?, let value?): values[position] = value
      case (let position?, nil):
        names.remove(at: position)
        values.remove(at: position)
      case (nil, let value?): append(value, named: name)
      case (nil, nil): return
      }
    }
  }
}

extension Components: RandomAccessCollection, MutableCollection, ExpressibleByArrayLiteral {
  public init(arrayLiteral elements: Element...) { self.init(elements) }

  public var startIndex: Int { 0 }
  public var endIndex: Int { values.count }

  public subscript(position: Int) -> Element {
    get { values[position] }
    set { values[position] = newValue }
  }
}

extension SpecVisitor {
  /// A mapping of names to parts. Given, it stands for all of them.
  ///
  /// - Parameter isLeftOut: Whether no parts are written as nothing.
  public func components<Element: SpecComponent>(
    _ key: String, _ value: inout Components<Element>, ifAny isLeftOut: Bool = false
  ) {
    if filler != nil {
      guard let all = filling(key) else { return }
      for (position, name) in value.names.enumerated() {
        if let section = all.filling(name) { value.values[position].fill(section) }
      }
      return
    }
    let written = SpecValue.map(zip(value.names, value.values).map { .init($0, $1.written()) })
    guard let given = visited(key, writing: isLeftOut && value.isEmpty ? nil : written) else { return }
    guard case .map = given, let entries = given.givenEntries else {
      return fail(key, given: given.summary, "must be a mapping of names to what has them")
    }
    var read = Components<Element>()
    for entry in entries where isName(entry.key, of: key) {
      guard !read.names.contains(entry.key) else {
        fail("\(key).\(entry.key)", given: "the name twice", "must be given once")
        continue
      }
      if let element = Element.read(entry.value, child(at: "\(key).\(entry.key)")) {
        read.append(element, named: entry.key)
      }
    }
    value = read
  }

  /// Names become parts of key paths and of the columns of tables.
  private func isName(_ name: String, of key: String) -> Bool {
    guard let problem = problem(withName: name) else { return true }
    fail(key, given: "the name '\(name)'", problem)
    return false
  }
}

/// What is wrong with a name that becomes part of key paths, of files and of the columns of tables; nil for a good one.
package func problem(withName name: String) -> String? {
  let longest = 32
  let isPlain = name.utf8.enumerated().allSatisfy { position, byte in
    let character = Character(Unicode.Scalar(byte))
    return character.isASCII
      && (character.isLetter || position > 0 && (character.isNumber || character == "_"))
  }
  return isPlain && !name.isEmpty && name.utf8.count <= longest
    ? nil : "must be of up to \(longest) letters, digits and '_', beginning with a letter"
}

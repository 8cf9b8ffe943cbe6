/// A value under the name by which people know it.
package struct NamedValue: Codable, Equatable, Sendable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: some CustomStringConvertible) {
    (self.name, self.value) = (name, value.description)
  }
}

/// What two lists of values differ in, as the end of a sentence: "seed is 1 there and 2 here".
///
/// - Parameters:
///   - there: Of what is there already, in the order in which the values are told.
///   - here: Of what is asked for now.
///   - limit: Differences that are told; of more, only how many there are.
package func differences(_ there: [NamedValue], _ here: [NamedValue], limit: Int = 3) -> String {
  let (old, new) = (dictionary(there), dictionary(here))
  // A fact may be told twice, by a journal and by the spec beside it.
  var seen: Set<String> = []
  let names = (there + here).map(\.name).filter { seen.insert($0).inserted }
  let differing = names.filter { old[$0] != new[$0] }
  if differing.isEmpty { return "in what, it does not tell" }
  let told = differing.prefix(limit).map {
    "\($0) is \(old[$0] ?? "not given") there and \(new[$0] ?? "not given") here"
  }
  let rest = differing.count - told.count
  return told.joined(separator: ", ") + (rest > 0 ? ", and \(rest) more" : "")
}

private func dictionary(_ values: [NamedValue]) -> [String: String] {
  Dictionary(values.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
}

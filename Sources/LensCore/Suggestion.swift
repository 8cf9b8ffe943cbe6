/// Names the nearest valid key, and all of them.
package func suggestion(for name: String, among names: [String]) -> String {
  // `einstein_radius` is meant as `effective_einstein_radius`, not as `einstein_mass`.
  let containing = names.filter { name.count > 3 && $0.contains(name) }
  let nearest = (containing.isEmpty ? names : containing).min {
    editDistance(name, $0) < editDistance(name, $1)
  }
  let hint = nearest.map {
    !containing.isEmpty || editDistance(name, $0) <= max(2, name.count / 2) ? "did you mean \($0)? " : ""
  }
  return "\(hint ?? "")allowed are \(names.joined(separator: ", "))"
}

/// Levenshtein distance: the fewest insertions, deletions and substitutions.
package func editDistance(_ first: String, _ second: String) -> Int {
  let (a, b) = (Array(first.utf8), Array(second.utf8))
  var previous = Array(0...b.count)
  for (row, letter) in a.enumerated() {
    var current = [row + 1]
    for (column, other) in b.enumerated() {
      let substitution = previous[column] + (letter == other ? 0 : 1)
      current.append(min(substitution, previous[column + 1] + 1, current[column] + 1))
    }
    previous = current
  }
  return previous[b.count]
}

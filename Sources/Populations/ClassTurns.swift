/// The order in which samples take turns between classes of given weights.
///
/// One turn has every class as often as its weight says, in lowest terms, spread as evenly as can be; so the class of a
/// sample follows from its index alone, and no sample that is added changes it.
struct ClassTurns: Sendable {
  /// Of one turn, the numbers of the classes.
  let turn: [Int]
  /// Of each class, its places in the turn.
  private let places: [[Int]]

  /// - Parameter weights: Whole numbers above 0, at least one.
  init(weights: [Int]) {
    let divisor = weights.reduce(0, greatestCommonDivisor)
    let shares = weights.map { $0 / max(divisor, 1) }
    let total = shares.reduce(0, +)
    // Who is furthest behind its share goes next; among equals, who comes first.
    var credit = shares.map { _ in 0 }
    var turn: [Int] = []
    for _ in 0..<total {
      for k in shares.indices { credit[k] += shares[k] }
      let next = credit.indices.reduce(0) { credit[$1] > credit[$0] ? $1 : $0 }
      credit[next] -= total
      turn.append(next)
    }
    self.turn = turn
    places = shares.indices.map { k in turn.indices.filter { turn[$0] == k } }
  }

  subscript(index: Int) -> Int { turn[index % turn.count] }

  /// The index of a sample from its number within its class.
  func index(of number: Int, ofClass k: Int) -> Int {
    number / places[k].count * turn.count + places[k][number % places[k].count]
  }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }

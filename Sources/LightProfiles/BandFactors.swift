import LensCore

/// What a light's brightness is multiplied with in each band of the camera; 1 in bands that are not named.
public struct BandFactors: SpecConvertible, Equatable {
  /// Of bands.
  public private(set) var names: [String] = []
  private var values: [Double] = []

  private static let range = SpecRange(0...1e9)

  public init() {}

  /// The factor in a band; 1 in one that is not named.
  public subscript(band: String) -> Double {
    get { names.firstIndex(of: band).map { values[$0] } ?? 1 }
    set {
      if let place = names.firstIndex(of: band) {
        values[place] = newValue
      } else {
        names.append(band)
        values.append(newValue)
      }
    }
  }

  public static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> BandFactors? {
    guard case .map = value, let entries = value.givenEntries else {
      visitor.fail("", given: value.summary, "must be a mapping of bands to factors, for instance {g: 0.5}")
      return nil
    }
    var factors = BandFactors()
    for entry in entries {
      if factors.names.contains(entry.key) {
        visitor.fail(entry.key, given: "the band twice", "must be given once")
      } else {
        factors[entry.key] = visitor.readNumber(entry.value, entry.key, range) ?? 1
      }
    }
    return factors
  }

  public func written() -> SpecValue {
    .map(zip(names, values).map { .init($0, .scalar(specNumber($1))) })
  }

  public mutating func fill(_ visitor: SpecVisitor) {
    for place in names.indices { visitor.number(names[place], &values[place], Self.range) }
  }
}

import LensCore
import LensNumerics

/// A place in a template that is given in another way than by two numbers: about another place, by radius and angle, or as
/// the same place.
struct DrawnPoint: Sendable {
  enum Form: Sendable {
    case same
    /// Offsets along x and y.
    case offset
    case polar
  }

  let form: Form
  /// Of the place that it is the same as or lies about; nil for the middle of the image.
  let about: String?

  /// The numbers that it has under its own path.
  var keys: [String] {
    switch form {
    case .same: []
    case .offset: ["x", "y"]
    case .polar: ["radius", "angle"]
    }
  }

  /// - Parameter origin: The place that it lies about.
  func place(_ origin: [Double], _ numbers: [Double]) -> [Double] {
    switch form {
    case .same: return origin
    case .offset: return [origin[0] + numbers[0], origin[1] + numbers[1]]
    case .polar:
      let (sine, cosine) = sineAndCosine(numbers[1])
      return [origin[0] + numbers[0] * cosine, origin[1] + numbers[0] * sine]
    }
  }

  static func read(_ value: SpecValue, _ visitor: SpecVisitor) -> DrawnPoint? {
    let given = Set(value.givenEntries?.map(\.key) ?? [])
    if given == ["same_as"] {
      return SameAs.read(value["same_as"] ?? .scalar(""), visitor.child(at: "same_as")).map {
        DrawnPoint(form: .same, about: $0.path)
      }
    }
    var fields = Fields(isPolar: given.contains("radius"))
    fields = visitor.readObject(fields, value, at: "")
    return DrawnPoint(form: fields.isPolar ? .polar : .offset, about: fields.about)
  }

  /// What is read here are the bare numbers; drawn ones are taken by the template.
  private struct Fields: SpecFields {
    var isPolar = false
    var about: String?

    init() {}

    init(isPolar: Bool) { self.isPolar = isPolar }

    mutating func visit(_ visitor: SpecVisitor) {
      visitor.text("about", &about)
      let (first, second) = isPolar ? ("radius", "angle") : ("x", "y")
      var (a, b) = (0.0, 0.0)
      visitor.number(first, &a, isPolar ? .deflection : .position)
      visitor.number(second, &b, isPolar ? .angle : .position)
      for key in [first, second] {
        visitor.check(visitor.hasValue(key), key, given: "nothing", "must be given")
      }
    }
  }
}

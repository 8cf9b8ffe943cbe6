/// What kind of trouble an error is: what programs end with, and callers from other languages see.
public enum ErrorKind: String, Sendable {
  /// Something that was given: a spec, a setting.
  case spec
  case file
  /// A computation that failed.
  case numerical
  case other
}

/// An error of which a program knows what to do.
public protocol ClassifiedError: Error {
  var kind: ErrorKind { get }
}

/// One thing wrong with a spec: where, what was given, and what is allowed.
public struct SpecError: ClassifiedError, Equatable, Sendable, CustomStringConvertible {
  /// Dotted path of the key, for instance `source.axis_ratio`.
  public let keyPath: String
  /// What was given, as written.
  public let value: String
  /// What is allowed, as the end of the sentence "must be ...".
  public let requirement: String
  public var kind: ErrorKind { .spec }

  public init(keyPath: String, value: String, requirement: String) {
    self.keyPath = keyPath
    self.value = value
    self.requirement = requirement
  }

  public var description: String {
    let place = keyPath.isEmpty ? "the document" : keyPath
    return "\(place): \(value) given, \(requirement)"
  }
}

/// A key that a document gives although it changes nothing.
public struct SpecNote: Equatable, Sendable, CustomStringConvertible {
  /// Dotted path of the key, for instance `planes.lens.mass.host.nfw.concentration`.
  public let keyPath: String
  /// What is said of the key, as a rule that it has no effect.
  public let statement: String
  /// Why, as the end of the sentence "has no effect: ...".
  public let reason: String
  /// Whether the value is the one that the key has when it is left out, as in a spec that the program wrote, or one that is
  /// recorded all the same: who did not type it need not be told.
  public let isDefault: Bool

  public static let hasNoEffect = "has no effect"

  public init(
    keyPath: String, statement: String = SpecNote.hasNoEffect, reason: String, isDefault: Bool
  ) {
    (self.keyPath, self.statement, self.reason) = (keyPath, statement, reason)
    self.isDefault = isDefault
  }

  public var description: String { "\(keyPath) \(statement): \(reason)" }

  /// The same about a key of a section.
  package func within(_ section: String) -> SpecNote {
    SpecNote(
      keyPath: "\(section).\(keyPath)", statement: statement, reason: reason, isDefault: isDefault)
  }
}

/// Everything wrong with a spec, collected in one pass.
public struct SpecErrors: ClassifiedError, Equatable, Sendable, CustomStringConvertible {
  public let errors: [SpecError]
  public var kind: ErrorKind { .spec }

  public init(_ errors: [SpecError]) { self.errors = errors }

  public var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// A computation that could not give a trustworthy number.
public enum NumericalError: ClassifiedError, Equatable, Sendable, CustomStringConvertible {
  case notFinite(quantity: String, context: String)
  case noConvergence(method: String, context: String)
  case noSolution(quantity: String, context: String)

  public var kind: ErrorKind { .numerical }

  public var description: String {
    switch self {
    case .notFinite(let quantity, let context): "\(quantity) is not finite: \(context)"
    case .noConvergence(let method, let context): "\(method) did not converge: \(context)"
    case .noSolution(let quantity, let context): "no \(quantity) exists: \(context)"
    }
  }
}

/// A file that could not be read or written as asked.
public struct FileError: ClassifiedError, Equatable, Sendable, CustomStringConvertible {
  public let path: String
  /// What went wrong and, where there is one, what to do next.
  public let reason: String
  public let kind: ErrorKind

  /// - Parameter kind: Of what can be read, but is not written as it must be, `spec`.
  public init(path: String, reason: String, kind: ErrorKind = .file) {
    (self.path, self.reason, self.kind) = (path, reason, kind)
  }

  public var description: String { "\(path): \(reason)" }
}

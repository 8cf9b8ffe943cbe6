import LensCore
import Testing

/// The reason of the file error that the body must throw.
@discardableResult
public func reason(
  _ words: String..., sourceLocation: SourceLocation = #_sourceLocation, from body: () throws -> Any
) -> String {
  let error = #expect(throws: FileError.self, sourceLocation: sourceLocation) { _ = try body() }
  let reason = error?.reason ?? ""
  for word in words {
    #expect(reason.contains(word), "'\(reason)' lacks '\(word)'", sourceLocation: sourceLocation)
  }
  return reason
}

import Foundation
import Testing

/// Opens pages in Debian's Chromium, 400 and 1,200 pixels wide, and records whatever a person could not see there
/// (Tests/Pages/check_pages.py says what is looked for).
public func expectSeen(_ pages: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
  let script = repositoryRoot.appending(path: "Tests/Pages/check_pages.py").path
  let result = try runProcess("/usr/bin/python3", ["-B", script] + pages)
  let faults = result.output.split(separator: "\n").prefix(20).joined(separator: "\n")
  #expect(
    result.status == 0, "\(faults)\n\(result.errors.suffix(500))", sourceLocation: sourceLocation)
}

import FileFormats
import Foundation
import LensTestSupport
import Testing

/// A folder of Cases/: what is typed and what must come of it.
///
/// - `command`: the arguments, one per line.
/// - `setup/`: files that are in the working folder before; optional.
/// - `exit`: the exit code.
/// - `stdout`, `stderr`: texts that must occur, one per line; without the file nothing may be printed there.
struct CommandLineCase: CustomTestStringConvertible, Sendable {
  let name: String

  static let folder = repositoryRoot.appending(path: "Tests/CommandLineTests/Cases").path
  static let all = ((try? listFolder(folder)) ?? []).map { CommandLineCase(name: $0) }

  var testDescription: String { name }
  var path: String { "\(Self.folder)/\(name)" }

  func lines(_ file: String) throws -> [String] {
    guard fileExists("\(path)/\(file)") else { return [] }
    return try readText("\(path)/\(file)").split(separator: "\n").map(String.init)
  }

  func copySetup(to folder: String) throws {
    let setup = "\(path)/setup"
    guard fileExists(setup) else { return }
    for name in try listFolder(setup) {
      try FileManager.default.copyItem(atPath: "\(setup)/\(name)", toPath: "\(folder)/\(name)")
    }
  }
}

struct CommandLineCaseTests {
  @Test func `the cases are found`() { #expect(CommandLineCase.all.count >= 50) }

  @Test(arguments: CommandLineCase.all)
  func `the program answers as the case says`(_ example: CommandLineCase) throws {
    try withScratchFolder { folder in
      try example.copySetup(to: folder)
      let before = try contents(folder)
      let result = try lensing(try example.lines("command"), in: folder)
      #expect(try example.lines("exit") == ["\(result.status)"])
      try expect(result.output, contains: try example.lines("stdout"), "standard output")
      try expect(result.errors, contains: try example.lines("stderr"), "standard error")
      // What fails leaves everything as it was.
      if result.status != 0 { #expect(try contents(folder) == before) }
    }
  }

  private func expect(_ text: String, contains lines: [String], _ place: String) throws {
    if lines.isEmpty { #expect(text.isEmpty, "\(place)") }
    for line in lines { #expect(text.contains(line), "\(place) lacks the line") }
  }

  private func contents(_ folder: String) throws -> [String: [UInt8]] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
    return Dictionary(uniqueKeysWithValues: names.map { ($0, (try? readFile("\(folder)/\($0)")) ?? []) })
  }
}

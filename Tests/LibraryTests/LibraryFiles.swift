import Foundation
import LensTestSupport
import Testing

/// The shared library that was built together with the tests.
func sharedLibrary() throws -> String {
  let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
  let path = folder.appending(path: "libswiftlensing.so").path
  try #require(FileManager.default.fileExists(atPath: path), "there is no library at \(path)")
  return path
}

/// A program of Tests/LibraryTests/C, compiled against the header and the library with AddressSanitizer.
func compileC(_ name: String, in folder: String) throws -> String {
  let root = repositoryRoot.path
  let library = try sharedLibrary()
  let place = URL(filePath: library).deletingLastPathComponent().path
  let program = "\(folder)/\(name)"
  let result = try runProcess(
    "/usr/bin/env",
    [
      "clang", "-std=c11", "-Wall", "-Wextra", "-Werror", "-g", "-fsanitize=address", "-pthread", "-I",
      "\(root)/Sources/CSwiftLensing/include", "\(root)/Tests/LibraryTests/C/\(name).c", "-o", program,
      "-L\(place)", "-lswiftlensing", "-Wl,-rpath,\(place)",
    ])
  try #require(result.status == 0, "\(result.errors)")
  return program
}

/// Runs a script of Tests/LibraryTests/Python on the package's sources and the library that was just built.
func runPackage(script: String = "test_package", _ arguments: String...) throws -> ProcessResult {
  let path = repositoryRoot.appending(path: "Tests/LibraryTests/Python/\(script).py").path
  let result = try runPython(path, arguments)
  try #require(result.status == 0, "\(result.errors)")
  return result
}

/// Runs a script with Debian's Python, where the package is that of Sources/Python.
func runPython(_ script: String, _ arguments: [String]) throws -> ProcessResult {
  try runProcess(
    "/usr/bin/env",
    [
      "PYTHONPATH=\(repositoryRoot.path)/Sources/Python", "SWIFTLENSING_LIBRARY=\(try sharedLibrary())",
      "PYTHONDONTWRITEBYTECODE=1", "/usr/bin/python3", script,
    ] + arguments)
}

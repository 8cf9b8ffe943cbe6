import FileFormats
import Foundation
import LensCore

/// The program gnuplot, which draws all charts.
package enum Gnuplot {
  /// Colours that people tell apart who see no red or no green (Okabe & Ito 2008, jfly.uni-koeln.de/color), without the
  /// yellow, which is too faint on white; those after the fourth also have dashes.
  package static let colors = ["0072b2", "d55e00", "009e73", "cc79a7", "000000", "e69f00", "56b4e9"]

  static let lineTypes =
    colors.enumerated().map { number, color in
      "set linetype \(number + 1) linecolor rgb '#\(color)' linewidth 2 dashtype \(number < 4 ? 1 : number - 2)"
    }.joined(separator: "\n") + "\nset linetype cycle \(colors.count)"

  /// A text that its place in a picture has room for.
  static func shortened(_ text: String, to length: Int) -> String {
    text.count > length ? text.prefix(length - 2) + ".." : text
  }

  /// Text that gnuplot takes as it is: between double quotes it would run what stands in backquotes.
  static func quoted(_ text: String) -> String {
    "'" + text.filter { !$0.isNewline }.replacing("'", with: "''") + "'"
  }

  /// Of the program.
  ///
  /// - Throws: `FileError` if there is none.
  package static func version() throws -> String {
    String(decoding: try run(["--version"]), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// SVG files of figures, all drawn by one process.
  ///
  /// - Throws: `FileError` if gnuplot is not there or fails.
  package static func draw(_ figures: [any Figure]) throws -> [[UInt8]] {
    if figures.isEmpty { return [] }
    let scripts = figures.map { figure in
      // Not `dynamic`, which leaves out width and height: a browser may then give the picture no size at all.
      "reset\nset terminal svg size \(figure.size.width),\(figure.size.height) fixed font 'Arial,"
        + "\(figure.letterSize)' noenhanced background rgb 'white'\n\(figure.script)\nset output\n"
    }
    let start = "<?xml "
    let pictures = String(decoding: try run(["-"], input: scripts.joined()), as: UTF8.self)
      .components(separatedBy: start).dropFirst().map { Array((start + $0).utf8) }
    guard pictures.count == figures.count else {
      throw FileError(path: "gnuplot", reason: "drew \(pictures.count) of \(figures.count) figures")
    }
    return pictures
  }

  /// What gnuplot prints.
  private static func run(_ arguments: [String], input: String = "") throws -> Data {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gnuplot"] + arguments
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    process.standardInput = try file(holding: input)
    do { try process.run() } catch {
      throw FileError(path: "gnuplot", reason: "cannot be started: \(error)")
    }
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    let message = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let isMissing = process.terminationStatus == 127
      throw FileError(
        path: "gnuplot",
        reason: isMissing ? "is not there: install it (Debian: gnuplot-nox)" : "failed: \(message)")
    }
    return printed
  }

  /// A file without a name: a pipe that both sides fill would stand still.
  private static func file(holding text: String) throws -> FileHandle {
    guard let file = tmpfile() else {
      throw FileError(path: "gnuplot", reason: "no temporary file for its script: \(systemMessage())")
    }
    defer { fclose(file) }
    let bytes = Array(text.utf8)
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count, fseek(file, 0, SEEK_SET) == 0 else {
      throw FileError(path: "gnuplot", reason: "its script cannot be written: \(systemMessage())")
    }
    let descriptor = dup(fileno(file))
    guard descriptor >= 0 else {
      throw FileError(path: "gnuplot", reason: "its script cannot be read: \(systemMessage())")
    }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  private static func systemMessage() -> String { String(cString: strerror(errno)) }
}

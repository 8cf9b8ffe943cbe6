import Foundation

/// Writes YAML files into a Swift source, so that programs have their presets with them: EmbedProfiles OUTPUT FOLDER FILE...
@main
struct EmbedProfiles {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst().map { URL(filePath: $0) }
    guard arguments.count >= 2 else { throw CocoaError(.fileReadInvalidFileName) }
    let (output, folder) = (arguments[0], arguments[1])
    let entries = try arguments.dropFirst(2).map { file in
      let path = file.path.dropFirst(folder.path.count).trimmingPrefix("/")
      return "  (\"\(path)\", \(literal(try String(contentsOf: file, encoding: .utf8)))),\n"
    }
    let source = """
      // Made from the files of Profiles; every build makes it anew.
      let embeddedProfiles: [(path: String, yaml: String)] = [
      \(entries.joined())]

      """
    try source.write(to: output, atomically: true, encoding: .utf8)
  }

  /// A raw literal with more signs than the text has in a row.
  private static func literal(_ text: String) -> String {
    let most = text.split { $0 != "#" }.map(\.count).max() ?? 0
    let signs = String(repeating: "#", count: most + 1)
    return "\(signs)\"\"\"\n\(text)\n\"\"\"\(signs)"
  }
}

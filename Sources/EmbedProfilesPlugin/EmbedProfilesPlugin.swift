import Foundation
import PackagePlugin

/// Embeds every YAML file of the folder Profiles: a new one needs no code.
@main
struct EmbedProfilesPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = context.package.directoryURL.appending(path: "Profiles")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    let files = names.filter { $0.hasSuffix(".yaml") }.sorted().map { folder.appending(path: $0) }
    let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedProfiles.swift")
    return [
      .buildCommand(
        displayName: "Embedding \(files.count) profiles",
        executable: try context.tool(named: "EmbedProfiles").url,
        arguments: [output.path, folder.path] + files.map(\.path), inputFiles: files, outputFiles: [output])
    ]
  }
}

import SwiftLensing

/// The rule of all commands: files are never replaced unasked.
///
/// Only a dataset's own `preview.png` and `report.html` are, which follow from it.
func refuseExisting(_ paths: [String], overwrite: Bool) throws {
  if let path = paths.first(where: { fileExists($0) }), !overwrite {
    throw FileError(path: path, reason: "exists already; choose another --output, or --overwrite it")
  }
}

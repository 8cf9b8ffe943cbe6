import Foundation
import Testing

/// The Python with PyTorch and safetensors that `make test` prepares.
func learningPython() throws -> String {
  let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: ".build/learning-python/bin/python").path
  try #require(FileManager.default.fileExists(atPath: path), "\(path) is missing: make test prepares it")
  return path
}

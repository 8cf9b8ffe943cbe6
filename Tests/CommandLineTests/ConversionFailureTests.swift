import FileFormats
import Foundation
import LensTestSupport
import Testing

/// Conversions that cannot end, or are ended, leave nothing that is taken for a result.
@Suite(.serialized) struct ConversionFailureTests {
  private static let formats = [
    "npy", "npz", "fits", "hdf5", "mat", "webdataset", "npy-files", "fits-files", "png8", "png16",
  ]

  private func generate(_ folder: String, count: Int) throws {
    let result = try lensing(
      "generate", "model-a", "--count", "\(count)", "--set", "instrument.width=40", "--set",
      "instrument.height=40", "--set", "instrument.psf=none", "--output", "\(folder)/set")
    try #require(result.status == 0, "\(result.errors)")
  }

  @Test(arguments: formats) func `a disk that is full`(format: String) throws {
    try withScratchFolder { folder in
      try generate(folder, count: 20)
      // Less than an image of a tree; more than the description, so that it is the images that do not fit.
      let limit = format.hasSuffix("files") || format.hasPrefix("png") ? 6000 : 50_000
      let result = try lensing(
        ["convert", "\(folder)/set", "--to", format, "--output", "\(folder)/out", "--quiet"],
        fileSizeLimit: limit)
      #expect(result.status == 3 && result.errors.hasPrefix("lensing: \(folder)/out"), "\(result)")
      // HDF5 tells the reason in its own words only, and matio often forgets it.
      let told = ["hdf5": ["File too large"], "mat": ["File too large", "the disk may be full"]][format]
      #expect(told?.contains(where: result.errors.contains) ?? true, "\(result.errors)")
      #expect(try listFolder(folder) == ["set"])
    }
  }

  /// Nobody can make files in /proc, root included.
  @Test(arguments: formats) func `a folder that takes no files`(format: String) throws {
    try withScratchFolder { folder in
      try generate(folder, count: 1)
      let result = try lensing(
        "convert", "\(folder)/set", "--to", format, "--output", "/proc/lensing-converts", "--quiet")
      #expect(result.status == 3 && result.errors.contains("/proc"), "\(result)")
    }
  }

  @Test func `what a killed conversion leaves is removed by the next`() throws {
    try withScratchFolder { folder in
      try generate(folder, count: 300)
      let arguments = ["convert", "\(folder)/set", "--to", "npy-files", "--output", "\(folder)/out"]
      try killWhenBegun(arguments, in: folder)
      #expect(try listFolder(folder).count == 2)
      // Another target's leftovers are not this one's.
      try createFolder("\(folder)/.tmp-elsewhere-1-out")
      let result = try lensing(arguments + ["--quiet"])
      #expect(result.status == 0, "\(result.errors)")
      #expect(try listFolder(folder) == [".tmp-elsewhere-1-out", "out", "set"])
    }
  }

  /// HDF5 is read in a process of its own, which must not go on alone.
  @Test func `a killed conversion of HDF5 takes its child with it`() throws {
    try withScratchFolder { folder in
      try generate(folder, count: 300)
      let packed = try lensing("convert", "\(folder)/set", "--to", "hdf5", "--output", "\(folder)/set.h5")
      try #require(packed.status == 0)
      let arguments = ["convert", "\(folder)/set.h5", "--to", "npy-files", "--output", "\(folder)/out"]
      try killWhenBegun(arguments, in: folder)
      let end = Date(timeIntervalSinceNow: 20)
      while try listFolder(folder).count > 2 && Date() < end { usleep(10_000) }
      #expect(try listFolder(folder) == ["set", "set.h5"])
    }
  }

  private func killWhenBegun(_ arguments: [String], in folder: String) throws {
    let process = Process()
    process.executableURL = builtProgram("lensing")
    process.arguments = arguments + ["--quiet"]
    process.standardError = FileHandle.nullDevice
    try process.run()
    func hasBegun() throws -> Bool {
      try listFolder(folder).contains { $0.hasPrefix(".tmp-") && isFolder("\(folder)/\($0)/train") }
    }
    while try !hasBegun() && process.isRunning { usleep(1000) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try #require(process.terminationReason == .uncaughtSignal, "it ended before it was killed")
  }
}

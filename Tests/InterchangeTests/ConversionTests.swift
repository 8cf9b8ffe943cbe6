import FileFormats
import Foundation
import Interchange
import LensCore
import LensTestSupport
import Testing

/// Images and numbers go from any format to any other and stay what they are.
struct ConversionTests {
  private static let exact: [CollectionFormat] = [
    .npy, .batches, .npz, .fits, .hdf5, .mat, .webdataset, .npyFiles, .fitsFiles,
  ]

  private func convert(
    _ source: String, to target: String, _ format: CollectionFormat, _ options: ConversionOptions? = nil
  ) throws {
    try Conversion(source, to: target, format, options ?? format.testOptions).run()
  }

  @Test(arguments: exact)
  func `what is written reads back to the same bits`(_ format: CollectionFormat) throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      let source = try Contents("\(folder)/set")
      #expect(source.order.count == 30 && Set(source.order).count == 30)
      let target = format.path(in: folder)
      try convert("\(folder)/set", to: target, format)
      let found = try Contents(target)
      #expect(found.pixels == source.pixels)
      #expect(found.numbers == source.numbers)
      #expect(source.numbers.values.contains { $0.contains(0x7FF8_0000_0000_0000) })
      // From there to another format and back.
      try convert(target, to: "\(folder)/second.h5", .hdf5)
      #expect(try Contents("\(folder)/second.h5").pixels == source.pixels)
      try convert(target, to: "\(folder)/third", .npyFiles)
      let third = try Contents("\(folder)/third")
      #expect(third.pixels == source.pixels && third.numbers == source.numbers)
    }
  }

  @Test(arguments: exact, [["r"], ["g", "r", "i"], ["u", "g", "r", "i", "z"]])
  func `images of several bands too`(_ format: CollectionFormat, bands: [String]) throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set", bands: bands)
      let source = try Contents("\(folder)/set")
      let target = format.path(in: folder)
      try convert("\(folder)/set", to: target, format)
      let (found, description) = (
        try Contents(target), try CollectionFormat(detecting: target).reader(target).description
      )
      #expect(found.pixels == source.pixels && found.numbers == source.numbers)
      #expect(source.pixels.values.allSatisfy { $0.count == bands.count * 24 * 20 })
      #expect(description.bands == (bands.count == 1 ? nil : bands.count))
      #expect(
        description.attributes.contains { $0.name == "bands" && $0.value == bands.joined(separator: ",") })
      try convert(target, to: "\(folder)/second.npz", .npz)
      #expect(try Contents("\(folder)/second.npz").pixels == source.pixels)
    }
  }

  @Test func `gray pictures take one band`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set", bands: ["g", "r"])
      let error = #expect(throws: FileError.self) {
        try convert("\(folder)/set", to: "\(folder)/pictures", .png8)
      }
      #expect(error?.reason.contains("one band, these images have 2") == true)
      #expect(try listFolder(folder) == ["set"])
    }
  }

  /// All but MATLAB's files, in which matio keeps the time.
  @Test(arguments: exact.filter { $0 != .mat } + [.png8, .png16])
  func `the same input gives the same bytes`(_ format: CollectionFormat) throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      for name in ["a", "b"] {
        try createFolder("\(folder)/\(name)")
        try convert("\(folder)/set", to: format.path(in: "\(folder)/\(name)"), format)
        // Whatever keeps a time in whole seconds would notice.
        if name == "a" { Thread.sleep(forTimeInterval: 1.1) }
      }
      let names = try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/a").sorted()
      #expect(
        try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/b").sorted() == names && !names.isEmpty
      )
      for name in names where !isFolder("\(folder)/a/\(name)") {
        let isSame = try readFile("\(folder)/a/\(name)") == readFile("\(folder)/b/\(name)")
        #expect(isSame, "\(name)")
      }
    }
  }

  @Test(arguments: [(CollectionFormat.png8, 255), (.png16, 65535)] as [(CollectionFormat, Float)])
  func `pictures hold the stretched image`(format: CollectionFormat, levels: Float) throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      try convert("\(folder)/set", to: "\(folder)/pictures", format)
      let (source, found) = (try Contents("\(folder)/set"), try Contents("\(folder)/pictures"))
      #expect(found.pixels.count == 30)
      for (key, pixels) in found.pixels {
        let stretched = Normalizer(.minMax).apply(try #require(source.pixels[key]))
        for (a, b) in zip(pixels, stretched) { #expect(abs(a - b) <= 0.5001 / levels) }
      }
      let error = #expect(throws: FileError.self) {
        try convert("\(folder)/set", to: "\(folder)/raw", format, ConversionOptions())
      }
      #expect(error?.reason.contains("--normalize") == true)
      #expect(try listFolder(folder) == ["pictures", "set"])
    }
  }

  @Test(arguments: [(CollectionFormat.npyFiles, "samples.csv"), (.npy, "no_sub_train.csv")])
  func `whole numbers stay whole in tables`(format: CollectionFormat, name: String) throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      let path = format.path(in: folder)
      try Conversion("\(folder)/set", to: path, format, format.testOptions).run()
      // And on from there.
      try Conversion(path, to: "\(folder)/x.npz", .npz, format.testOptions).run()
      try Conversion("\(folder)/x.npz", to: path + "-again", format, format.testOptions).run()
      for table in ["\(path)/\(name)", "\(path)-again/\(name)"] {
        let rows = try parseCSV(try readText(table), path: table)
        for column in ["index", "row"] {
          let place = try #require(rows[0].firstIndex(of: column))
          #expect(rows.count > 5 && rows.dropFirst().allSatisfy { Int($0[place]) != nil }, "\(column)")
        }
        let ratio = try #require(rows[0].firstIndex(of: "planes_lens_mass_host_sie_axis_ratio"))
        #expect(rows.dropFirst().allSatisfy { $0[ratio].contains(".") })
      }
    }
  }

  @Test func `classes alternate in shards as in the dataset`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      try convert("\(folder)/set", to: "\(folder)/web", .webdataset)
      #expect(try listFolder("\(folder)/web").count > 5)
      let order = try Contents("\(folder)/web").order.filter { $0.contains("_train") }
      #expect(order == (try Contents("\(folder)/set").order.filter { $0.contains("_train") }))
    }
  }

  @Test func `nobody's files are replaced`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      try convert("\(folder)/set", to: "\(folder)/npy", .npy)
      reason("exists already") { try convert("\(folder)/set", to: "\(folder)/npy", .npy) }
      reason("not what a conversion makes") {
        try Conversion("\(folder)/npy", to: "\(folder)/set", .npy, ConversionOptions()).run(
          isOverwriting: true)
      }
      try Conversion("\(folder)/set", to: "\(folder)/npy", .npyFiles, ConversionOptions()).run(
        isOverwriting: true)
      #expect(try Contents("\(folder)/npy").pixels.count == 30)
      #expect(try listFolder(folder) == ["npy", "set"])
    }
  }

  @Test func `batches must come out even`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      var options = ConversionOptions()
      options.batch = 1000
      reason("do not make whole batches of 1000", "may be, for instance, 1") {
        try convert("\(folder)/set", to: "\(folder)/batches", .batches, options)
      }
      #expect(try listFolder(folder) == ["set"])
    }
  }

  @Test func `damage in the source is named and nothing is written`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      for format in Self.exact where format != .batches {
        let path = format.path(in: folder)
        try convert("\(folder)/set", to: path, format)
        let file = try #require(
          try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().map { "\(folder)/\($0)" }
            .last {
              $0.hasPrefix(path)
                && ["npy", "fits", "tar", "npz", "h5", "mat"].contains(($0 as NSString).pathExtension)
            })
        let bytes = try readFile(file)
        try writeFileAtomically(Array(bytes.prefix(bytes.count / 2)), to: file)
        #expect(throws: FileError.self, "\(format)") { try convert(path, to: "\(folder)/again.npz", .npz) }
        #expect(!fileExists("\(folder)/again.npz"))
      }
      #expect(try listFolder(folder).allSatisfy { !$0.hasPrefix(".tmp") })
    }
  }

  @Test func `files of others in a folder are kept`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      try convert("\(folder)/set", to: "\(folder)/npy", .npy)
      try writeFileAtomically([1], to: "\(folder)/npy/my_notes.txt")
      reason("my_notes.txt") {
        try Conversion("\(folder)/set", to: "\(folder)/npy", .npy, ConversionOptions()).run(
          isOverwriting: true)
      }
      #expect(fileExists("\(folder)/npy/my_notes.txt"))
    }
  }

  @Test func `a table that does not fit its arrays is refused`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      try convert("\(folder)/set", to: "\(folder)/npy", .npy)
      let path = "\(folder)/npy/no_sub_train.csv"
      let text = try readText(path)
      let lines = text.split(separator: "\n").map(String.init)
      let heading = lines[0].split(separator: ",").reversed().joined(separator: ",")
      for broken in [
        text + lines[1] + "\n", text.replacing(lines[1] + "\n", with: ""),
        heading + "\n" + lines.dropFirst().joined(separator: "\n"),
        text.replacing(lines[1], with: "oops" + lines[1]),
      ] {
        try writeFileAtomically(Array(broken.utf8), to: path)
        reason() { try convert("\(folder)/npy", to: "\(folder)/out", .npyFiles) }
      }
      #expect(!fileExists("\(folder)/out"))
    }
  }

  @Test func `a conversion that is stopped leaves nothing`() throws {
    try withScratchFolder { folder in
      try makeDataset("\(folder)/set")
      #expect(throws: CancellationError.self) {
        try Conversion("\(folder)/set", to: "\(folder)/npy", .npy, ConversionOptions()).run(shouldStop: {
          true
        })
      }
      #expect(try listFolder(folder) == ["set"])
    }
  }
}

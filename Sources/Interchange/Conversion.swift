import FileFormats
import Foundation
import LensCore

/// What a conversion may do to the images on their way.
public struct ConversionOptions: Sendable {
  public var normalization = Normalization.none
  /// Images per batch of `batches`.
  public var batch = 100
  /// Images per tar file of `webdataset`.
  public var imagesPerShard = 1000

  public init() {}
}

/// Takes labelled images from one kind of file to another.
public struct Conversion: Sendable {
  public let source: String
  public let target: String
  public let format: CollectionFormat
  public let options: ConversionOptions

  /// - Throws: `SpecError` for options out of range.
  public init(_ source: String, to target: String, _ format: CollectionFormat, _ options: ConversionOptions)
    throws
  {
    for (name, size) in [("batch", options.batch), ("per-shard", options.imagesPerShard)] where size < 1 {
      throw SpecError(keyPath: name, value: "\(size)", requirement: "must be at least 1")
    }
    guard !target.isEmpty, !target.hasSuffix("/") || !format.isFile else {
      throw SpecError(keyPath: "output", value: "'\(target)'", requirement: "must name a file")
    }
    var name = target[...]
    while name.count > 1 && name.hasSuffix("/") { name.removeLast() }
    (self.source, self.target, self.format, self.options) = (source, String(name), format, options)
  }

  /// What is written appears under its name when it is whole; a failure leaves nothing.
  ///
  /// - Parameters:
  ///   - shouldStop: Asked after every image; if true, the conversion ends with a `CancellationError`.
  ///   - progress: Called after every image with the number done and the number of all.
  /// - Returns: What was written.
  /// - Throws: `FileError` if the source is damaged or unknown, if the target exists, and when the disk refuses.
  @discardableResult
  public func run(
    from given: CollectionFormat? = nil, isOverwriting: Bool = false, shouldStop: () -> Bool = { false },
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> CollectionDescription {
    let reader = try (given ?? CollectionFormat(detecting: source)).reader(source)
    try reader.description.validate(source)
    try finishInterruptedReplacement()
    try checkTarget(isOverwriting)
    let partial = Self.temporaryPath(of: target, process: getpid())
    try? FileManager.default.removeItem(atPath: partial)
    do {
      if !format.isFile { try createFolder(partial) }
      let writer = try format.writer(partial, reader.description, options)
      try copy(reader, to: writer, shouldStop, progress)
      try writer.finish()
      try publish(partial)
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
    return reader.description
  }

  private func copy(
    _ reader: some CollectionReader, to writer: some CollectionWriter, _ shouldStop: () -> Bool,
    _ progress: (Int, Int) -> Void
  ) throws {
    let description = reader.description
    let normalizer = try Normalizer(options.normalization, of: reader, path: source)
    var rows = description.groups.map { _ in 0 }
    var done = 0
    try reader.forEach { item in
      // Writers rely on it, and a damaged table may say otherwise.
      guard item.row == rows[item.group] else {
        throw FileError(
          path: source,
          reason:
            "\(description.groups[item.group].name): row \(item.row) comes where row \(rows[item.group]) must"
        )
      }
      rows[item.group] += 1
      try requireFinite(item, description, source)
      if let reason = normalizer.refusal(of: item.pixels) {
        throw FileError(
          path: source, reason: "\(description.groups[item.group].name), row \(item.row): \(reason)")
      }
      var item = item
      item.pixels = normalizer.apply(item.pixels)
      try requireFinite(item, description, source)
      try writer.write(item)
      done += 1
      progress(done, description.count)
      if shouldStop() { throw CancellationError() }
    }
    guard rows == description.groups.map(\.count) else {
      throw FileError(
        path: source, reason: "\(rows) images were found, must be \(description.groups.map(\.count))")
    }
  }

  /// Where a process writes until all is whole.
  public static func temporaryPath(of target: String, process: Int32) -> String {
    "\(folder(of: target))/.tmp-\(process)-\(URL(filePath: target).lastPathComponent)"
  }

  private func checkTarget(_ isOverwriting: Bool) throws {
    guard fileExists(target) else { return }
    guard isOverwriting else {
      throw FileError(path: target, reason: "exists already; choose another --output, or --overwrite it")
    }
    if format.isFile {
      if isFolder(target) {
        throw FileError(path: target, reason: "is a folder; a file of that name cannot be made")
      }
      return
    }
    let others = try filesOfOthers()
    guard others.isEmpty else {
      throw FileError(
        path: target,
        reason:
          "holds files that no conversion made: \(others.prefix(5).joined(separator: ", ")); move them elsewhere"
      )
    }
  }

  /// Only what a conversion made may be replaced; anything else is somebody's work.
  private func filesOfOthers() throws -> [String] {
    let stated = "\(target)/\(CollectionDescription.fileName)"
    guard isFolder(target), fileExists(stated) else {
      throw FileError(path: target, reason: "is not what a conversion makes; remove it yourself")
    }
    let groups = try CollectionDescription(json: try readFile(stated), path: stated).groups
    let endings = [".npy", ".csv", ".fits"]
    let own = Set(
      [CollectionDescription.fileName, "samples.csv"] + groups.map(\.split)
        + groups.flatMap { group in endings.map { group.name + $0 } })
    return try listFolder(target).filter { name in
      let isShard = name.hasSuffix(".tar") && groups.contains { name.hasPrefix("\($0.split)-") }
      return !own.contains(name) && !isShard
    }
  }

  /// Where a folder that is replaced waits to be removed.
  private var retired: String { target + ".replaced" }

  private func publish(_ partial: String) throws {
    guard isFolder(target) else { return try moveFile(partial, to: target) }
    try moveFile(target, to: retired)
    try moveFile(partial, to: target)
    try? FileManager.default.removeItem(atPath: retired)
  }

  /// A kill between the two moves of `publish` leaves the old folder under a name that is not its own.
  private func finishInterruptedReplacement() throws {
    guard fileExists("\(retired)/\(CollectionDescription.fileName)") else { return }
    if fileExists(target) {
      try? FileManager.default.removeItem(atPath: retired)
    } else {
      try moveFile(retired, to: target)
    }
  }
}

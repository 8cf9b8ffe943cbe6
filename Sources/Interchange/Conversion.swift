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
    guard options.batch > 0, options.imagesPerShard > 0 else {
      throw SpecError(keyPath: "batch", value: "\(options.batch)", requirement: "sizes must be at least 1")
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
  /// - Parameter progress: Called after every image with the number done and the number of all.
  /// - Returns: What was written.
  /// - Throws: `FileError` if the source is damaged or unknown, if the target exists, and when the disk refuses.
  @discardableResult
  public func run(
    from given: CollectionFormat? = nil, isOverwriting: Bool = false,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> CollectionDescription {
    let reader = try (given ?? CollectionFormat(detecting: source)).reader(source)
    try checkTarget(isOverwriting)
    let normalizer = try Normalizer(options.normalization, of: reader, path: source)
    let partial = Self.temporaryPath(of: target, process: getpid())
    try? FileManager.default.removeItem(atPath: partial)
    do {
      if !format.isFile { try createFolder(partial) }
      let writer = try format.writer(partial, reader.description, options)
      var done = 0
      try reader.forEach { item in
        try requireFinite(item, reader.description, source)
        var item = item
        item.pixels = normalizer.apply(item.pixels)
        try writer.write(item)
        done += 1
        progress(done, reader.description.count)
      }
      try writer.finish()
      try publish(partial)
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
    return reader.description
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
    // Only what a conversion made may be replaced; anything else is somebody's work.
    guard format.isFile ? !isFolder(target) : fileExists("\(target)/\(CollectionDescription.fileName)") else {
      throw FileError(path: target, reason: "is not what a conversion makes; remove it yourself")
    }
  }

  private func publish(_ partial: String) throws {
    if isFolder(target) {
      let retired = partial + "-replaced"
      try moveFile(target, to: retired)
      try moveFile(partial, to: target)
      try? FileManager.default.removeItem(atPath: retired)
    } else {
      try moveFile(partial, to: target)
    }
  }
}

import FileFormats
import Foundation
import LensCore

/// What a conversion may do to the images on their way.
package struct ConversionOptions: Sendable {
  package var normalization = Normalization.none
  /// Images per batch of `batches`.
  package var batch = 100
  /// Images per tar file of `webdataset`.
  package var imagesPerShard = 1000

  package init() {}
}

/// Takes labelled images from one kind of file to another.
package struct Conversion: Sendable {
  package let source: String
  package let target: String
  package let format: CollectionFormat
  package let options: ConversionOptions

  /// - Throws: `SpecError` for options out of range.
  package init(_ source: String, to target: String, _ format: CollectionFormat, _ options: ConversionOptions)
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
  package func run(
    from given: CollectionFormat? = nil, isOverwriting: Bool = false, shouldStop: () -> Bool = { false },
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> CollectionDescription {
    let reader = try (given ?? CollectionFormat(detecting: source)).reader(source)
    try reader.description.validate(source)
    let place = ConversionTarget(path: target, isFile: format.isFile)
    try place.prepare(isOverwriting: isOverwriting)
    let partial = place.partial(process: getpid())
    let description: CollectionDescription
    do {
      let normalizer = try Normalizer(options.normalization, of: reader, path: source)
      description = normalizer.describing(reader.description)
      if !format.isFile { try createFolder(partial) }
      let writer = try format.writer(partial, description, options)
      try copy(reader, to: writer, normalizer, shouldStop, progress)
      try writer.finish()
      try place.publish(partial)
    } catch {
      place.removePartial(process: getpid())
      throw place.naming(error)
    }
    return description
  }

  private func copy(
    _ reader: some CollectionReader, to writer: some CollectionWriter, _ normalizer: Normalizer,
    _ shouldStop: () -> Bool, _ progress: (Int, Int) -> Void
  ) throws {
    let description = reader.description
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
}

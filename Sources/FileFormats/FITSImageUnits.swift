import CCFITSIO
import LensCore

/// One part of a FITS file: the primary header or an extension.
struct FITSUnit {
  /// Counted as astropy and CFITSIO's file names do: the primary header is 0.
  let number: Int
  /// EXTNAME; empty if it has none.
  let name: String
  /// Lengths of the image's axes, fastest first, also of a compressed one; nil for a table.
  let axes: [Int]?

  /// The axes of an image of at least two, without those behind the second that have the length 1.
  var imageAxes: [Int]? {
    guard let axes, axes.count >= 2, axes.allSatisfy({ $0 >= 0 }), axes[0] > 0, axes[1] > 0 else {
      return nil
    }
    return Array(axes.prefix(2)) + axes.dropFirst(2).filter { $0 != 1 }
  }

  /// For instance `1 MASK (31 x 31)`.
  var words: String {
    let size = axes.map { $0.isEmpty ? "no data" : $0.map(String.init).joined(separator: " x ") } ?? "a table"
    return "\(number)\(name.isEmpty ? "" : " \(name)") (\(size))"
  }
}

extension FITSFile {
  /// All parts of the file.
  func units() throws -> [FITSUnit] {
    var count: Int32 = 0
    try call("count the extensions") { ffthdu($0, &count, &$1) }
    return try (0..<max(1, Int(count))).map { number in
      let isImage = try go(to: number)
      var value = [CChar](repeating: 0, count: Int(FLEN_VALUE))
      let hasName = (try? call("read EXTNAME") { ffgkys($0, "EXTNAME", &value, nil, &$1) }) != nil
      return FITSUnit(number: number, name: hasName ? string(value) : "", axes: isImage ? try axes() : nil)
    }
  }

  /// The text of a card of the current part; nil without it.
  func textCard(_ key: String) -> String? {
    var value = [CChar](repeating: 0, count: Int(FLEN_VALUE))
    let isThere = (try? call("read \(key)") { ffgkys($0, key, &value, nil, &$1) }) != nil
    return isThere ? string(value) : nil
  }

  /// Makes a part the current one.
  ///
  /// - Returns: Whether it is an image.
  @discardableResult
  func go(to number: Int) throws -> Bool {
    var kind: Int32 = 0
    try call("go to extension \(number)") { ffmahd($0, Int32(number + 1), &kind, &$1) }
    return kind == IMAGE_HDU
  }
}

/// Which of a file's parts is meant.
struct FITSUnitChoice {
  let path: String
  /// A number, or an EXTNAME in capitals or not; nil where the file must have one image only.
  let wanted: String?
  /// What to do about a file with several images.
  let advice: String

  func chosen(among units: [FITSUnit]) throws -> FITSUnit {
    let fits = wanted.map { wanted in units.filter { isMeant($0, wanted) } }
    let images = (fits ?? units).filter { $0.imageAxes != nil }
    if let image = images.first, images.count == 1 { return image }
    let list = units.prefix(20).map(\.words).joined(separator: ", ") + (units.count > 20 ? ", ..." : "")
    let problem =
      switch (wanted, images.isEmpty) {
      case (let wanted?, true):
        fits?.isEmpty == true
          ? "has no extension '\(wanted)'" : "has no two-dimensional image in extension '\(wanted)'"
      case (let wanted?, false): "has \(images.count) extensions '\(wanted)'; give the number of one"
      case (nil, true): "has no two-dimensional image"
      case (nil, false): "holds \(images.count) images; \(advice)"
      }
    throw FileError(path: path, reason: "\(problem); there are \(list)")
  }

  private func isMeant(_ unit: FITSUnit, _ wanted: String) -> Bool {
    if let number = Int(wanted) { return unit.number == number }
    return unit.name.uppercased() == wanted.uppercased()
  }
}

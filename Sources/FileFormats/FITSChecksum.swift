import CCFITSIO
import Glibc
import LensCore

extension FITSCard {
  /// Room for checksums from the beginning: a header that grows later would move its data.
  package static let checksumRoom = [
    FITSCard("CHECKSUM", .text("0000000000000000"), "of the whole unit"),
    FITSCard("DATASUM", .text("0"), "of the data"),
  ]
}

/// Gives every header of a file its CHECKSUM and DATASUM (FITS standard 4.0, section 4.4.2.7 and appendix J).
///
/// CFITSIO's own call would write the date beside them, so that equal content gave other bytes, and reads the data twice.
package func addFITSChecksums(_ path: String) throws {
  try sumHeaders(path)
  try synchronizeFile(path)
}

private func sumHeaders(_ path: String) throws {
  let file = try FITSFile(changing: path)
  let bytes = try OpenFile(path, O_RDONLY)
  var count: Int32 = 0
  try file.call("count the headers") { ffthdu($0, &count, &$1) }
  for number in 1...max(1, count) {
    var kind: Int32 = 0
    try file.call("go to header \(number)") { ffmahd($0, number, &kind, &$1) }
    // Space for both cards first: a header that grows moves its data.
    try file.call("write CHECKSUM") { ffukys($0, "CHECKSUM", "0000000000000000", "of the whole unit", &$1) }
    try file.call("write DATASUM") { ffukys($0, "DATASUM", "0", "of the data", &$1) }
    let unit = try place(file)
    var sum = OnesComplementSum()
    try sum.add(bytes, unit.data)
    try file.call("write DATASUM") { ffukys($0, "DATASUM", "\(sum.value)", "of the data", &$1) }
    try sum.add(bytes, try place(file).header)
    var text = [CChar](repeating: 0, count: 17)
    ffesum(UInt(sum.value), 1, &text)
    try file.call("write CHECKSUM") { ffukys($0, "CHECKSUM", &text, "of the whole unit", &$1) }
    // Closing the file would not tell of an error.
    try file.call("bring the header up to date") { ffflus($0, &$1) }
  }
}

/// Where the current header and its data are, after all that was changed has been written.
private func place(_ file: FITSFile) throws -> (header: Range<Int>, data: Range<Int>) {
  // A mere flush of buffers would leave END where it was before the cards came.
  try file.call("bring the header up to date") { ffflus($0, &$1) }
  let extent = try file.extent()
  return (extent.header..<extent.data, extent.data..<extent.end)
}

/// The sum of 32-bit words in ones' complement, big-endian, in which the order of blocks does not matter.
private struct OnesComplementSum {
  private var sum: UInt64 = 0

  var value: UInt32 {
    var folded = sum
    while folded >> 32 != 0 { folded = (folded & 0xFFFF_FFFF) + folded >> 32 }
    return UInt32(truncatingIfNeeded: folded)
  }

  /// - Parameter range: Of bytes in the file, in whole words, as all FITS blocks are.
  mutating func add(_ file: OpenFile, _ range: Range<Int>) throws {
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
      let size = min(1 << 20, range.upperBound - start)
      let block = try file.read(count: size, at: start)
      guard block.count == size else { throw FileError(path: file.path, reason: "ends before its data do") }
      block.withUnsafeBytes { block in
        for word in block.bindMemory(to: UInt32.self) { sum &+= UInt64(UInt32(bigEndian: word)) }
      }
      sum = UInt64(value)
    }
  }
}

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

/// Gives every header of a file its CHECKSUM and DATASUM (FITS standard 4.0, section 4.4.2.7).
///
/// CFITSIO's own call would write the date beside them, so that equal content gave other bytes.
package func addFITSChecksums(_ path: String) throws {
  try sumHeaders(path)
  let file = try OpenFile(path, O_RDONLY)
  try file.synchronize()
  try file.close()
}

private func sumHeaders(_ path: String) throws {
  let file = try FITSFile(changing: path)
  var count: Int32 = 0
  try file.call("count the headers") { ffthdu($0, &count, &$1) }
  for number in 1...max(1, count) {
    var kind: Int32 = 0
    try file.call("go to header \(number)") { ffmahd($0, number, &kind, &$1) }
    // Space for both cards first: a header that grows moves its data.
    try file.call("write CHECKSUM") { ffukys($0, "CHECKSUM", "0000000000000000", "of the whole unit", &$1) }
    try file.call("write DATASUM") { ffukys($0, "DATASUM", "0", "of the data", &$1) }
    let (data, _) = try sums(file)
    try file.call("write DATASUM") { ffukys($0, "DATASUM", "\(data)", "of the data", &$1) }
    let (_, whole) = try sums(file)
    var text = [CChar](repeating: 0, count: 17)
    ffesum(whole, 1, &text)
    try file.call("write CHECKSUM") { ffukys($0, "CHECKSUM", &text, "of the whole unit", &$1) }
  }
}

private func sums(_ file: FITSFile) throws -> (data: UInt, whole: UInt) {
  var (data, whole) = (UInt(0), UInt(0))
  // A mere flush of buffers would leave END where it was before the cards came.
  try file.call("bring the header up to date") { ffflus($0, &$1) }
  try file.call("sum the data") { ffgcks($0, &data, &whole, &$1) }
  return (data, whole)
}

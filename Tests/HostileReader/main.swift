// Reads mutations of a file and says of each how it went: a character on standard output, `r` for refused with a typed
// error, `.` for read. The number of characters tells the tests which input ended the process.
//
// HostileReader FILE FIRST END: the mutations FIRST..<END of FILE, each written over a file of its name in `broken/`.
import FileFormats
import Glibc
import LensCore

let arguments = CommandLine.arguments
guard arguments.count == 4, let first = Int(arguments[2]), let end = Int(arguments[3]), first <= end else {
  stop("usage: HostileReader FILE FIRST END", 64)
}
let home = folder(of: arguments[1])
let name = String(arguments[1].dropFirst(home.count + 1))
let original = try readFile(arguments[1])
let stream = RandomKey(seed: 5, sample: 0).stream(name)
let broken = "\(home)/broken/\(name)"

Limits.begin()
for number in first..<end {
  var mutation = Mutation(stream: stream, number: number)
  try writeFile(mutation.mutated(original), to: broken)
  Limits.beginFile()
  var verdict = "."
  do {
    try readAll(broken)
  } catch is FileError {
    verdict = "r"
  } catch {
    stop("input \(number): an error of another type: \(error)", 65)
  }
  if !Limits.areKept(reading: name) {
    stop("input \(number) took more memory than the bound", 66)
  }
  write(1, verdict, 1)
}

/// Ends the process with a reason on the standard error.
func stop(_ reason: String, _ status: Int32) -> Never {
  let line = reason + "\n"
  write(2, line, line.utf8.count)
  exit(status)
}

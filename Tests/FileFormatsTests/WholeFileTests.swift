import FileFormats
import Foundation
import LensTestSupport
import Testing

struct WholeFileTests {
  @Test func `a file is replaced as a whole and nothing else is left`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a"
      try writeFileAtomically([1, 2, 3], to: path)
      try writeFileAtomically(Array("Größe".utf8), to: path)
      #expect(try readText(path) == "Größe")
      #expect(try fileSize(path) == 7)
      try moveFile(path, to: "\(folder)/b")
      #expect(try listFolder(folder) == ["b"])
      #expect(fileExists("\(folder)/b") && !fileExists(path))
      try removeFile("\(folder)/b")
      #expect(try listFolder(folder) == [])
    }
  }

  @Test func `the system's reasons are told`() throws {
    try withScratchFolder { folder in
      reason("No such file or directory") { try writeFileAtomically([1], to: "\(folder)/none/a") }
      reason("Is a directory") { try writeFileAtomically([1], to: folder) }
      reason("Is a directory") { try readFile(folder) }
      reason("No such file") { try readFile("\(folder)/a") }
      reason("No such file") { try removeFile("\(folder)/a") }
      reason("No such file") { try moveFile("\(folder)/a", to: "\(folder)/b") }
      reason("No such file") { try listFolder("\(folder)/a") }
      reason("No such file") { try fileSize("\(folder)/a") }
      reason("empty") { try readFile("") }
      #expect(try listFolder(folder) == [])
      try writeFileAtomically([0xFF, 0x41], to: "\(folder)/a")
      reason("not text") { try readText("\(folder)/a") }
      reason("Not a directory") { try createFolder("\(folder)/a/b") }
      reason("Not a directory", "a part of the path is a file") { try createFolder("\(folder)/a") }
    }
  }

  @Test func `a read-only file system is reported`() throws {
    // sysfs refuses new files to root, too.
    let words = reason { try writeFileAtomically([1], to: "/sys/kernel/lensing") }
    #expect(["Permission denied", "Read-only", "not permitted"].contains { words.contains($0) })
  }

  @Test func `folders are created with those above`() throws {
    try withScratchFolder { folder in
      try createFolder("\(folder)/a/b/c/")
      try createFolder("\(folder)/a/b/c")
      try createFolder("/")
      #expect(try listFolder("\(folder)/a/b") == ["c"])
    }
  }

  @Test func `known digests are found`() throws {
    // NIST FIPS 180-2, appendix B: examples 1 and 3; and the empty message.
    #expect(
      try sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      try sha256(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    try withScratchFolder { folder in
      let path = "\(folder)/a"
      try writeFileAtomically(Array(repeating: 0x61, count: 1_000_000), to: path)
      let millionLetters = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
      #expect(try sha256(ofFile: path) == millionLetters)
      let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      try writeFileAtomically(bytes, to: path)
      #expect(try sha256(ofFile: path) == sha256(bytes))
      reason("No such file") { try sha256(ofFile: path + "x") }
    }
  }

  @Test func `a picture survives the round trip and is the same each time`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.png"
      let rgb = (0..<(3 * 17 * 5)).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      try writePNG(width: 17, height: 5, rgb: rgb, to: path)
      let first = try readFile(path)
      let picture = try readPNG(path)
      #expect(picture.width == 17 && picture.height == 5 && picture.rgb == rgb)
      try writePNG(width: 17, height: 5, rgb: rgb, to: path)
      #expect(try readFile(path) == first)
      for count in stride(from: 0, to: first.count - 12, by: 7) {
        try writeFileAtomically(Array(first.prefix(count)), to: path)
        reason { try readPNG(path) }
      }
    }
  }

  @Test func `impossible pictures are refused`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a.png"
      for (width, height) in [(0, 1), (1, 2), (Int.max, Int.max), (-1, -1)] {
        reason("three bytes") { try writePNG(width: width, height: height, rgb: [1, 2, 3], to: path) }
      }
      reason("No such file") {
        try writePNG(width: 1, height: 1, rgb: [1, 2, 3], to: "\(folder)/none/a.png")
      }
      try writeFileAtomically(Array("no picture".utf8), to: path)
      reason("libpng") { try readPNG(path) }
    }
  }
}

/// What editors and macOS add to files and folders.
struct ForeignMarkTests {
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  @Test func `a byte-order mark is no part of a text`() throws {
    try withScratchFolder { folder in
      let path = "\(folder)/a"
      for text in ["", "a: 1\n", "{\"a\": 1}", "a,b\n\"c\",2\n", "é"] {
        try writeFileAtomically(Self.mark + Array(text.utf8), to: path)
        #expect(try readText(path) == text)
        #expect(try parseYAML("\u{FEFF}a: 1", path: path) == parseYAML("a: 1", path: path))
      }
      try writeFileAtomically(Self.mark + Array("\"a,b\",c\n1,2\n".utf8), to: path)
      let table = try CSVTableReader(path)
      #expect(table.heading == ["a,b", "c"])
      #expect(try table.next() == ["1", "2"])
      try writeFileAtomically([0xFF, 0xFE, 0x61, 0], to: path)
      reason("UTF-16; save it as UTF-8") { try readText(path) }
    }
  }

  @Test func `what macOS leaves in a folder is passed over`() throws {
    try withScratchFolder { folder in
      for name in ["a.npy", "._a.npy", ".DS_Store", ".hidden", "DS_Store"] {
        try writeFileAtomically([1], to: "\(folder)/\(name)")
      }
      #expect(try listFolder(folder) == [".hidden", "DS_Store", "a.npy"])
    }
    for name in ["__MACOSX/._a.npy", "x/__MACOSX/a.npy", "x/._a", "./.DS_Store"] {
      #expect(isLeftByMacOS(name))
    }
    for name in ["a._b", "x/.a", "._x/a", "MACOSX/a"] { #expect(!isLeftByMacOS(name)) }
  }
}

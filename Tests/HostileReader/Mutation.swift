import LensCore

/// One way to break a file.
struct Mutation {
  private let stream: RandomStream
  private let number: Int
  private var drawn: UInt32 = 0

  init(stream: RandomStream, number: Int) { (self.stream, self.number) = (stream, number) }

  private mutating func random(_ bound: Int) -> Int {
    drawn += 1
    return Int(stream.uniform(UInt32(truncatingIfNeeded: number * 64) &+ drawn) * Double(max(1, bound)))
  }

  mutating func mutated(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0..<(1 + random(3)) where !bytes.isEmpty {
      let place = random(bytes.count)
      switch random(6) {
      case 0: bytes = Array(bytes.prefix(place))
      case 1: bytes[place] ^= 1 << UInt8(random(8))
      case 2: bytes[place] = UInt8(random(256))
      // Sizes that are huge or negative.
      case 3:
        for k in place..<min(bytes.count, place + [1, 2, 4, 8][random(4)]) {
          bytes[k] = random(2) == 0 ? 0xFF : 0x7F
        }
      case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random(40)))
      // Words of another array's header, in the same place.
      default:
        let words = ["<f8", ">f4", "|O", "True", "-1", "99999999999", "../", "(0,)"]
        let word = Array(words[random(words.count)].utf8)
        bytes.replaceSubrange(place..<min(bytes.count, place + word.count), with: word)
      }
    }
    return bytes
  }
}

import FileFormats
import LensCore

/// Interprets the few instructions of pickle that arrays of floats and numbers need.
struct PickleMachine {
  private let bytes: [UInt8]
  private var position: Int
  private let path: String
  private var stack: [PickleValue] = []
  private var memo: [Int: PickleValue] = [:]

  /// An array of image and mass needs about a hundred; more could nest so deeply that it cannot even be thrown away.
  private static let largestCount = 2000
  private var instructions = 0
  /// Bytes of arrays so far: no more than the file has, however often it recalls them.
  private var decoded = 0

  init(bytes: [UInt8], position: Int, path: String) {
    (self.bytes, self.position, self.path) = (bytes, position, path)
  }

  /// The value that the pickle is.
  mutating func run() throws -> PickleValue {
    while true {
      let code = try byte()
      if code == UInt8(ascii: ".") { return try pop() }
      try execute(code)
      instructions += 1
      if instructions > Self.largestCount {
        throw broken("it has more than \(Self.largestCount) instructions")
      }
    }
  }

  private mutating func execute(_ code: UInt8) throws {
    switch code {
    case 0x80: _ = try byte()  // PROTO
    case 0x95: _ = try take(8)  // FRAME: only tells how much to read ahead
    case UInt8(ascii: "("): stack.append(.mark)
    case UInt8(ascii: "N"): stack.append(.none)
    case 0x88: stack.append(.flag(true))
    case 0x89: stack.append(.flag(false))
    case UInt8(ascii: "K"): stack.append(.integer(Int(try byte())))
    case UInt8(ascii: "M"): stack.append(.integer(try unsigned(2)))
    case UInt8(ascii: "J"): stack.append(.integer(Int(Int32(truncatingIfNeeded: try unsigned(4)))))
    case 0x8A: stack.append(.integer(try longInteger()))
    case UInt8(ascii: "G"): stack.append(.number(Double(bitPattern: try bigEndian())))
    case UInt8(ascii: "X"): stack.append(.text(try text(try unsigned(4))))
    case 0x8C: stack.append(.text(try text(Int(try byte()))))
    case UInt8(ascii: "C"): stack.append(.bytes(try take(Int(try byte()))))
    case UInt8(ascii: "B"): stack.append(.bytes(try take(try unsigned(4))))
    case UInt8(ascii: ")"): stack.append(.tuple([]))
    case UInt8(ascii: "]"): stack.append(.list([]))
    case 0x85...0x87: try collect(Int(code) - 0x84)
    case UInt8(ascii: "t"): stack.append(.tuple(try popToMark()))
    case UInt8(ascii: "a"): try extend([try pop()])
    case UInt8(ascii: "e"): try extend(try popToMark())
    default: try executeOther(code)
    }
  }

  private mutating func executeOther(_ code: UInt8) throws {
    switch code {
    case UInt8(ascii: "q"): memo[Int(try byte())] = try top()
    case UInt8(ascii: "r"): memo[try unsigned(4)] = try top()
    case 0x94: memo[memo.count] = try top()
    case UInt8(ascii: "h"): try recall(Int(try byte()))
    case UInt8(ascii: "j"): try recall(try unsigned(4))
    case UInt8(ascii: "c"): stack.append(try function(module: try line(), name: try line()))
    case 0x93:
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
        throw broken("a name is no text")
      }
      stack.append(try function(module: module, name: name))
    case UInt8(ascii: "R"): try reduce()
    case UInt8(ascii: "b"): try build()
    default: throw broken("it has the instruction \(code), which no array of floats needs")
    }
  }

  // MARK: Functions

  private func function(module: String, name: String) throws -> PickleValue {
    guard let function = PickleFunction(module: module, name: name) else {
      throw broken("it would call \(module.prefix(60)).\(name.prefix(60))")
    }
    return .function(function)
  }

  private mutating func reduce() throws {
    guard case .tuple(let arguments) = try pop(), case .function(let function) = try pop() else {
      throw broken("it calls what is no function")
    }
    switch (function, arguments.first) {
    case (.reconstruct, .function(.arrayClass)?): stack.append(.array(PickleArray()))
    case (.typeClass, .text(let name)?):
      guard name == "O8" || NpyElementType(name: "<\(name)") != nil else {
        throw broken("it holds numbers of type \(name.prefix(20))")
      }
      stack.append(.type(PickleType(name: name)))
    case (.scalar, .type(let type)?):
      guard arguments.count == 2, case .bytes(let data) = arguments[1], let numbers = type.numbers,
        data.count == numbers.size
      else { throw broken("a number is of an unknown type") }
      stack.append(.number(numbers.doubles(data)[0]))
    case (.encode, .text(let text)?): stack.append(.bytes(try latin1(text)))
    default: throw broken("it calls a function with unknown arguments")
    }
  }

  /// Gives an object its state.
  private mutating func build() throws {
    guard case .tuple(let state) = try pop() else { throw broken("a state is no tuple") }
    switch try pop() {
    case .type(let type):
      guard state.count >= 2, case .text(let order) = state[1] else {
        throw broken("a type has no byte order")
      }
      type.order = order
      stack.append(.type(type))
    case .array: stack.append(.array(try array(state)))
    default: throw broken("it gives a state to what has none")
    }
  }

  /// - Parameter state: (version, shape, type, whether in Fortran order, data)
  private mutating func array(_ state: [PickleValue]) throws -> PickleArray {
    guard state.count == 5, case .tuple(let lengths) = state[1], case .type(let type) = state[2],
      case .flag(let isFortranOrder) = state[3]
    else { throw broken("an array's state is unknown") }
    var (shape, count) = ([Int](), 1)
    for length in lengths {
      guard let length = length.integerValue, length >= 0,
        case let (product, overflow) = count.multipliedReportingOverflow(by: length),
        !overflow
      else { throw broken("an array has an impossible shape") }
      shape.append(length)
      count = product
    }
    switch state[4] {
    case .bytes(let data) where !type.isObject:
      decoded += data.count
      guard decoded <= bytes.count else { throw broken("its arrays are larger than the file") }
      guard let numbers = type.numbers, data.count % numbers.size == 0, data.count / numbers.size == count
      else {
        throw broken("an array's data are not those of its shape \(shape) and type \(type.order)\(type.name)")
      }
      let ordered =
        isFortranOrder ? inCOrder(data, shape: shape, numberSize: numbers.size)[...] : data
      return PickleArray(shape: shape, content: .numbers(numbers.doubles(ordered)))
    case .list(let items) where type.isObject && !isFortranOrder && items.count == count:
      return PickleArray(shape: shape, content: .list(items))
    default: throw broken("an array's data are not those of its type")
    }
  }

  private func latin1(_ text: String) throws -> ArraySlice<UInt8> {
    let values = text.unicodeScalars.map(\.value)
    guard values.allSatisfy({ $0 < 256 }) else { throw broken("bytes are no bytes") }
    return values.map { UInt8($0) }[...]
  }

  // MARK: Stack and input

  private mutating func collect(_ count: Int) throws {
    var items: [PickleValue] = []
    for _ in 0..<count { items.append(try pop()) }
    stack.append(.tuple(items.reversed()))
  }

  private mutating func extend(_ items: [PickleValue]) throws {
    guard case .list(let list) = try pop() else { throw broken("it appends to what is no list") }
    stack.append(.list(list + items))
  }

  private mutating func recall(_ key: Int) throws {
    guard let value = memo[key] else { throw broken("it recalls what it has not stored") }
    stack.append(value)
  }

  private func top() throws -> PickleValue {
    guard let value = stack.last else { throw broken("its stack is empty") }
    return value
  }

  private mutating func pop() throws -> PickleValue {
    guard let value = stack.popLast() else { throw broken("its stack is empty") }
    if case .mark = value { throw broken("a mark stands where a value must") }
    return value
  }

  private mutating func popToMark() throws -> [PickleValue] {
    var items: [PickleValue] = []
    while let value = stack.popLast() {
      if case .mark = value { return items.reversed() }
      items.append(value)
    }
    throw broken("a mark is missing")
  }

  private mutating func byte() throws -> UInt8 { try take(1).first ?? 0 }

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count <= bytes.count - position else { throw broken("it is truncated") }
    defer { position += count }
    return bytes[position..<(position + count)]
  }

  private mutating func unsigned(_ count: Int) throws -> Int {
    try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// LONG1: any integer beyond 32 bits, of as many bytes as it needs.
  private mutating func longInteger() throws -> Int {
    let count = Int(try byte())
    guard count <= MemoryLayout<Int>.size else { throw broken("it holds an integer of \(count) bytes") }
    let unused = Int.bitWidth - 8 * count
    return (try unsigned(count) << unused) >> unused
  }

  private mutating func bigEndian() throws -> UInt64 { try take(8).reduce(0) { $0 << 8 | UInt64($1) } }

  private mutating func text(_ count: Int) throws -> String {
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw broken("a text is no UTF-8")
    }
    return text
  }

  private mutating func line() throws -> String {
    guard let end = bytes[position...].prefix(200).firstIndex(of: 0x0A) else {
      throw broken("a name has no end")
    }
    let name = try text(end - position)
    position += 1
    return name
  }

  private func broken(_ reason: String) -> FileError {
    FileError(
      path: path,
      reason: "the pickle in this file is not what numpy.save writes for an image and its mass: \(reason)")
  }
}

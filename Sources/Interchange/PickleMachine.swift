import FileFormats
import LensCore

/// Interprets the few instructions of pickle that arrays of floats and numbers need.
struct PickleMachine {
  private var input: PickleInput
  private var stack: [PickleValue] = []
  private var memo: [Int: PickleValue] = [:]

  /// An array of image and mass needs about a hundred; more could nest so deeply that it cannot even be thrown away.
  private static let largestCount = 2000
  private var instructions = 0
  /// Bytes of arrays so far: no more than the file has, however often it recalls them.
  private var decoded = 0

  init(bytes: [UInt8], position: Int, path: String) {
    input = PickleInput(bytes: bytes, position: position, path: path)
  }

  /// The value that the pickle is.
  mutating func run() throws -> PickleValue {
    while true {
      let code = try input.byte()
      if code == UInt8(ascii: ".") { return try pop() }
      try execute(code)
      instructions += 1
      if instructions > Self.largestCount {
        throw input.broken("it has more than \(Self.largestCount) instructions")
      }
    }
  }

  private mutating func execute(_ code: UInt8) throws {
    switch code {
    case 0x80: _ = try input.byte()  // PROTO
    case 0x95: _ = try input.take(8)  // FRAME: only tells how much to read ahead
    case UInt8(ascii: "("): stack.append(.mark)
    case UInt8(ascii: "N"): stack.append(.none)
    case 0x88: stack.append(.flag(true))
    case 0x89: stack.append(.flag(false))
    case UInt8(ascii: "K"): stack.append(.integer(Int(try input.byte())))
    case UInt8(ascii: "M"): stack.append(.integer(try input.unsigned(2)))
    case UInt8(ascii: "J"): stack.append(.integer(Int(Int32(truncatingIfNeeded: try input.unsigned(4)))))
    case 0x8A: stack.append(.integer(try input.longInteger()))
    case UInt8(ascii: "G"): stack.append(.number(Double(bitPattern: try input.bigEndian())))
    case UInt8(ascii: "X"): stack.append(.text(try input.text(try input.unsigned(4))))
    case 0x8C: stack.append(.text(try input.text(Int(try input.byte()))))
    case UInt8(ascii: "C"): stack.append(.bytes(try input.take(Int(try input.byte()))))
    case UInt8(ascii: "B"): stack.append(.bytes(try input.take(try input.unsigned(4))))
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
    case UInt8(ascii: "q"): memo[Int(try input.byte())] = try top()
    case UInt8(ascii: "r"): memo[try input.unsigned(4)] = try top()
    case 0x94: memo[memo.count] = try top()
    case UInt8(ascii: "h"): try recall(Int(try input.byte()))
    case UInt8(ascii: "j"): try recall(try input.unsigned(4))
    case UInt8(ascii: "c"): stack.append(try function(module: try input.line(), name: try input.line()))
    case 0x93:
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
        throw input.broken("a name is no text")
      }
      stack.append(try function(module: module, name: name))
    case UInt8(ascii: "R"): try reduce()
    case UInt8(ascii: "b"): try build()
    default: throw input.broken("it has the instruction \(code), which no array of floats needs")
    }
  }

  // MARK: Functions

  private func function(module: String, name: String) throws -> PickleValue {
    guard let function = PickleFunction(module: module, name: name) else {
      throw input.broken("it would call \(module.prefix(60)).\(name.prefix(60))")
    }
    return .function(function)
  }

  private mutating func reduce() throws {
    guard case .tuple(let arguments) = try pop(), case .function(let function) = try pop() else {
      throw input.broken("it calls what is no function")
    }
    switch (function, arguments.first) {
    case (.reconstruct, .function(.arrayClass)?): stack.append(.array(PickleArray()))
    case (.typeClass, .text(let name)?):
      guard name == "O8" || NpyElementType(name: "<\(name)") != nil else {
        throw input.broken("it holds numbers of type \(name.prefix(20))")
      }
      stack.append(.type(PickleType(name: name)))
    case (.scalar, .type(let type)?):
      guard arguments.count == 2, case .bytes(let data) = arguments[1], let numbers = type.numbers,
        data.count == numbers.size
      else { throw input.broken("a number is of an unknown type") }
      stack.append(.number(numbers.doubles(data)[0]))
    case (.encode, .text(let text)?): stack.append(.bytes(try latin1(text)))
    default: throw input.broken("it calls a function with unknown arguments")
    }
  }

  /// Gives an object its state.
  private mutating func build() throws {
    guard case .tuple(let state) = try pop() else { throw input.broken("a state is no tuple") }
    switch try pop() {
    case .type(let type):
      guard state.count >= 2, case .text(let order) = state[1] else {
        throw input.broken("a type has no byte order")
      }
      type.order = order
      stack.append(.type(type))
    case .array: stack.append(.array(try array(state)))
    default: throw input.broken("it gives a state to what has none")
    }
  }

  /// - Parameter state: (version, shape, type, whether in Fortran order, data)
  private mutating func array(_ state: [PickleValue]) throws -> PickleArray {
    guard state.count == 5, case .tuple(let lengths) = state[1], case .type(let type) = state[2],
      case .flag(let isFortranOrder) = state[3]
    else { throw input.broken("an array's state is unknown") }
    var (shape, count) = ([Int](), 1)
    for length in lengths {
      guard let length = length.integerValue, length >= 0,
        case let (product, overflow) = count.multipliedReportingOverflow(by: length),
        !overflow
      else { throw input.broken("an array has an impossible shape") }
      shape.append(length)
      count = product
    }
    switch state[4] {
    case .bytes(let data) where !type.isObject:
      decoded += data.count
      guard decoded <= input.bytes.count else { throw input.broken("its arrays are larger than the file") }
      guard let numbers = type.numbers, data.count % numbers.size == 0, data.count / numbers.size == count
      else {
        throw input.broken(
          "an array's data are not those of its shape \(shape) and type \(type.order)\(type.name)")
      }
      let ordered =
        isFortranOrder ? inCOrder(data, shape: shape, numberSize: numbers.size)[...] : data
      return PickleArray(shape: shape, content: .numbers(numbers.doubles(ordered)))
    case .list(let items) where type.isObject && !isFortranOrder && items.count == count:
      return PickleArray(shape: shape, content: .list(items))
    default: throw input.broken("an array's data are not those of its type")
    }
  }

  private func latin1(_ text: String) throws -> ArraySlice<UInt8> {
    let values = text.unicodeScalars.map(\.value)
    guard values.allSatisfy({ $0 < 256 }) else { throw input.broken("bytes are no bytes") }
    return values.map { UInt8($0) }[...]
  }

  // MARK: Stack

  private mutating func collect(_ count: Int) throws {
    var items: [PickleValue] = []
    for _ in 0..<count { items.append(try pop()) }
    stack.append(.tuple(items.reversed()))
  }

  private mutating func extend(_ items: [PickleValue]) throws {
    guard case .list(let list) = try pop() else { throw input.broken("it appends to what is no list") }
    stack.append(.list(list + items))
  }

  private mutating func recall(_ key: Int) throws {
    guard let value = memo[key] else { throw input.broken("it recalls what it has not stored") }
    stack.append(value)
  }

  private func top() throws -> PickleValue {
    guard let value = stack.last else { throw input.broken("its stack is empty") }
    return value
  }

  private mutating func pop() throws -> PickleValue {
    guard let value = stack.popLast() else { throw input.broken("its stack is empty") }
    if case .mark = value { throw input.broken("a mark stands where a value must") }
    return value
  }

  private mutating func popToMark() throws -> [PickleValue] {
    var items: [PickleValue] = []
    while let value = stack.popLast() {
      if case .mark = value { return items.reversed() }
      items.append(value)
    }
    throw input.broken("a mark is missing")
  }
}

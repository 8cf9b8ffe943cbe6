import Foundation

/// A value as the JSON that this module writes: sorted snake_case keys, a line feed at the end.
func jsonBytes(_ value: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.keyEncodingStrategy = .convertToSnakeCase
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
  return Array(try encoder.encode(value)) + [0x0A]
}

/// What `jsonBytes` wrote.
///
/// - Throws: `DecodingError`.
func decoded<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
  let decoder = JSONDecoder()
  decoder.keyDecodingStrategy = .convertFromSnakeCase
  return try decoder.decode(type, from: Data(bytes))
}

import CCrypto
import Glibc
import LensCore

/// The SHA-256 digest of a file, as 64 lower-case hexadecimal digits.
///
/// - Throws: `FileError` when the file cannot be read.
/// - Complexity: One pass, with memory for a block of 1 MiB.
package func sha256(ofFile path: String) throws -> String {
  let digest = try RunningDigest(path: path)
  try forEachBlock(of: OpenFile(path, O_RDONLY)) { try digest.update($0) }
  return try digest.finish()
}

/// The SHA-256 digest of bytes in memory, as 64 lower-case hexadecimal digits.
///
/// - Throws: `FileError` when OpenSSL is set up without SHA-256.
package func sha256(_ bytes: [UInt8]) throws -> String {
  let digest = try RunningDigest(path: "(memory)")
  try bytes.withUnsafeBytes { try digest.update($0) }
  return try digest.finish()
}

/// An OpenSSL digest that is fed piece by piece.
private final class RunningDigest {
  private let path: String
  private let context: OpaquePointer

  init(path: String) throws {
    guard let context = EVP_MD_CTX_new() else {
      throw FileError(path: path, reason: "no memory is left for a SHA-256 digest; close other programs")
    }
    self.path = path
    self.context = context
    try check(EVP_DigestInit_ex(context, EVP_sha256(), nil))
  }

  deinit { EVP_MD_CTX_free(context) }

  func update(_ bytes: UnsafeRawBufferPointer) throws {
    try check(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
  }

  func finish() throws -> String {
    var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var size: UInt32 = 0
    try check(EVP_DigestFinal_ex(context, &bytes, &size))
    return bytes.prefix(Int(size)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  private func check(_ result: Int32) throws {
    if result != 1 {
      throw FileError(path: path, reason: "OpenSSL has no working SHA-256; check its openssl.cnf")
    }
  }
}

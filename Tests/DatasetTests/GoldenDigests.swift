import FileFormats
import LensCore

/// What Golden/digests.json holds.
struct GoldenDigests: Codable {
  /// A rendering revision and the images that it makes.
  struct Revision: Codable, Equatable {
    let number: Int
    /// SHA-256 of all digests that were recorded.
    let digest: String
  }

  /// SHA-256 of the float32 images of each preset, little-endian, one after the other.
  var digests: [String: String]
  /// Where they were recorded, for whoever has to find out why they differ elsewhere.
  var instructionSet: String
  /// From old to new.
  var revisions: [Revision]

  static func sum(of digests: [String: String]) throws -> String {
    try sha256(Array(digests.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined().utf8))
  }

  /// These with the digests of today.
  ///
  /// - Throws: `FileError` if images changed and the revision was not raised, or the other way round.
  func recording(
    _ new: [String: String], revision: Int, instructionSet: String
  ) throws -> GoldenDigests {
    let last = revisions.last?.number ?? revision
    let isChanged = new.contains { digests[$0.key] != nil && digests[$0.key] != $0.value }
    guard isChanged ? revision > last : revision == last else {
      throw FileError(
        path: "Sources/LensCore/Version.swift",
        reason: isChanged
          ? "renderingRevision is \(revision): images have changed, it must be raised above \(last)"
          : "renderingRevision is \(revision): no image has changed, it must stay \(last)")
    }
    let entry = Revision(number: revision, digest: try Self.sum(of: new))
    let kept = isChanged ? revisions : Array(revisions.dropLast())
    return GoldenDigests(digests: new, instructionSet: instructionSet, revisions: kept + [entry])
  }
}

import FileFormats
import LensCore

/// A spec written in a test.
public func parseSpec(_ yaml: String) throws -> SpecValue { try parseYAML(yaml, path: "test") }

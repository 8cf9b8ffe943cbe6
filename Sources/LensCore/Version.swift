/// The version of this package; recorded in every manifest.
public let swiftLensingVersion = "0.2.0"

/// Of the samples that a spec, a seed and an index give: raised when any of them changes in a bit, so that no dataset or training
/// joins what two programs made. `GoldenDigestTests` asks for it; docs/reproducibility.md says when.
public let renderingRevision = 15

/// The version of this package; recorded in every manifest.
public let swiftLensingVersion = "0.1.0"

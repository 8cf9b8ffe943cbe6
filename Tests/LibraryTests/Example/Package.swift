// swift-tools-version: 6.3
import PackageDescription

// A package that uses SwiftLensing. The tests put the address of a clone here.
let package = Package(
  name: "example",
  dependencies: [.package(url: "https://example.org/SwiftLensing", from: "0.2.0")],
  targets: [
    .executableTarget(
      name: "example", dependencies: [.product(name: "SwiftLensing", package: "SwiftLensing")])
  ]
)

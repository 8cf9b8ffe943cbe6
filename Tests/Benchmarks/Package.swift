// swift-tools-version: 6.3
import PackageDescription

// A package of its own, so that users of SwiftLensing never resolve what only benchmarks need.
let package = Package(
  name: "LensingBenchmarks",
  dependencies: [.package(name: "SwiftLensing", path: "../..")],
  targets: [
    .target(name: "CAllocationCount"),
    .executableTarget(
      name: "lensing-benchmarks",
      dependencies: ["CAllocationCount", .product(name: "SwiftLensing", package: "SwiftLensing")]),
  ],
  swiftLanguageModes: [.v6]
)

// swift-tools-version: 6.3
import PackageDescription

// The manifest is the architecture diagram: a target may depend only on targets of lower floors
// (docs/architecture.md; Tests/ArchitectureTests asserts it from the sources' own imports).

// Floor 0: system libraries, each imported by exactly one Swift module.
let systemLibraries: [Target] = [
  .systemLibrary(name: "CFFTW", pkgConfig: "fftw3 fftw3f", providers: [.apt(["libfftw3-dev"])]),
  .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"])]),
  .systemLibrary(name: "CCFITSIO", pkgConfig: "cfitsio", providers: [.apt(["libcfitsio-dev"])]),
  .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
  .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
  .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
  .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
  .systemLibrary(name: "CMatIO", pkgConfig: "matio", providers: [.apt(["libmatio-dev"])]),
  .systemLibrary(name: "CMalloc"),
  .systemLibrary(name: "CSVM", providers: [.apt(["libsvm-dev"])]),
]

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

// libtorch is an island: without the trait its functions are there, but fail.
let withTorch = BuildSettingCondition.when(traits: ["Torch"])
let onlyWithTorch = TargetDependencyCondition.when(traits: ["Torch"])

// Debian's libtorch, unless the environment's LIBTORCH names the folder of another one. The Makefile then gives the linker its libraries by
// their paths: by their names Debian's would be found first.
let torchLibraries: [LinkerSetting] =
  (Context.environment["LIBTORCH"] ?? "").isEmpty
  ? ["torch", "torch_cpu", "c10"].map { .linkedLibrary($0, withTorch) } : []

// Every YAML file of Profiles/ comes with the programs.
let embedding: [Target] = [
  .executableTarget(name: "EmbedProfiles"),
  .plugin(
    name: "EmbedProfilesPlugin", capability: .buildTool(), dependencies: ["EmbedProfiles"],
    path: "Sources/EmbedProfilesPlugin"),
]

let floors: [Target] = [
  .target(name: "CLensMath"),
  .target(name: "CSwiftLensing"),
  .target(
    name: "CLensTorch", cSettings: [.define("LENS_TORCH", withTorch)],
    cxxSettings: [.define("LENS_TORCH", withTorch)],
    linkerSettings: torchLibraries),
  // Floor 1
  .target(name: "LensCore"),
  // Floor 2
  .target(name: "LensNumerics", dependencies: ["LensCore", "CLensMath", "CFFTW", "CGSL"]),
  .target(name: "ProgramOutput", dependencies: ["LensCore", "CMalloc", argumentParser]),
  // Floor 3
  .target(name: "Cosmology", dependencies: ["LensNumerics"]),
  .target(name: "LightProfiles", dependencies: ["LensNumerics"]),
  .target(name: "Priors", dependencies: ["LensNumerics"]),
  // Floor 4
  .target(name: "StructureFormation", dependencies: ["Cosmology"]),
  .target(name: "MassProfiles", dependencies: ["Cosmology"]),
  .target(name: "Instrument", dependencies: ["LensNumerics"]),
  // Floor 5
  .target(name: "RayTracing", dependencies: ["MassProfiles", "Cosmology"]),
  .target(name: "Substructure", dependencies: ["MassProfiles", "Priors", "StructureFormation"]),
  // Floor 6
  .target(name: "Legacy", dependencies: ["Substructure"]),
  // Floor 7
  .target(
    name: "Simulation",
    dependencies: ["RayTracing", "Legacy", "Substructure", "LightProfiles", "Cosmology", "Instrument"]),
  // Floor 8
  .target(name: "Populations", dependencies: ["Simulation", "Substructure", "Priors"]),
  .target(name: "FileFormats", dependencies: ["LensCore", "CCFITSIO", "CPNG", "CCrypto", yams]),
  // Floor 9
  .target(name: "Pictures", dependencies: ["LensCore"]),
  .target(
    name: "Dataset", dependencies: ["Populations", "FileFormats"], plugins: ["EmbedProfilesPlugin"]),
  .target(name: "Charts", dependencies: ["FileFormats"]),
  .target(name: "Tensors", dependencies: ["CLensTorch"]),
  // Floor 10
  .target(
    name: "SwiftLensing", dependencies: ["Dataset", "Pictures"]),
  .target(name: "DatasetReports", dependencies: ["Dataset", "Charts"]),
  .target(name: "Interchange", dependencies: ["Dataset", "CArchive", "CHDF5", "CMatIO"]),
  .target(
    name: "Learning", dependencies: ["Tensors", "Dataset", .target(name: "CSVM", condition: onlyWithTorch)]),
  // Floor 11
  .target(name: "LearningReports", dependencies: ["Learning", "Charts", "Pictures"]),
  .target(name: "LensingForC", dependencies: ["SwiftLensing", "CSwiftLensing"]),
  .executableTarget(
    name: "LensingCommand",
    dependencies: [
      "SwiftLensing", "DatasetReports", "Charts", "Interchange", "ProgramOutput", argumentParser,
    ]),
  // Floor 12
  .executableTarget(
    name: "LearningCommand", dependencies: ["LearningReports", "ProgramOutput", argumentParser]),
]

let tests: [Target] = [
  .target(
    name: "LensTestSupport", dependencies: ["FileFormats", "MassProfiles", "LightProfiles"],
    path: "Tests/LensTestSupport"),
  .testTarget(name: "ArchitectureTests", dependencies: ["LensTestSupport"]),
  .testTarget(name: "LensCoreTests", dependencies: ["LensCore", "LensTestSupport"]),
  .testTarget(name: "LensNumericsTests", dependencies: ["LensNumerics", "LensTestSupport"]),
  .testTarget(name: "ProfileLawTests", dependencies: ["RayTracing", "LensTestSupport"]),
  .testTarget(
    name: "ReferenceTests", dependencies: ["Simulation", "Populations", "LensTestSupport"],
    exclude: ["Data"]),
  .testTarget(
    name: "StructureFormationTests", dependencies: ["StructureFormation", "LensTestSupport"],
    exclude: ["Data"]),
  .testTarget(name: "SimulationTests", dependencies: ["Simulation", "LensTestSupport"]),
  .testTarget(name: "FileFormatsTests", dependencies: ["FileFormats", "LensTestSupport"]),
  .testTarget(name: "PicturesTests", dependencies: ["Pictures", "LensTestSupport"]),
  .testTarget(
    name: "DatasetTests", dependencies: ["Dataset", "DatasetReports", "LensTestSupport"], exclude: ["Golden"]),
  .executableTarget(name: "HostileReader", dependencies: ["Interchange"], path: "Tests/HostileReader"),
  .testTarget(
    name: "InterchangeTests",
    dependencies: ["Interchange", "LensTestSupport", "HostileReader", "LensingCommand"],
    exclude: ["Data"]),
  .testTarget(name: "ExtendingTests", dependencies: ["Interchange", "Learning", "LensTestSupport"]),
  .testTarget(
    name: "LibraryTests", dependencies: ["SwiftLensing", "LensingForC", "LensTestSupport"],
    exclude: ["C", "Example", "Python"]),
  .testTarget(
    name: "LearningTests", dependencies: ["LearningReports", "LensTestSupport"], exclude: ["Twin"]),
  .target(name: "CAllocationCount", path: "Tests/Benchmarks/Sources/CAllocationCount"),
  .executableTarget(
    name: "lensing-benchmarks", dependencies: ["SwiftLensing", "CAllocationCount"],
    path: "Tests/Benchmarks/Sources/lensing-benchmarks"),
  .testTarget(
    name: "CommandLineTests", dependencies: ["LensTestSupport", "LensingCommand", "LearningCommand"],
    exclude: ["Cases", "Slurm"]),
]

// A module is compiled with the memory layout of types of all modules below it, but SwiftPM compiles it again only when a
// module has changed that it names: after an update, programs could mix old layouts with new ones and crash. So each
// module, and who uses the library, gets all that is below by name.
var below: [String: Set<String>] = [:]
for target in floors + tests {
  let names = target.dependencies.compactMap { dependency in
    switch dependency {
    case .byNameItem(let name, _) where below[name] != nil: name
    case .targetItem(let name, _) where below[name] != nil: name
    default: nil
    }
  }
  let all = names.reduce(into: Set(names)) { $0.formUnion(below[$1] ?? []) }
  below[target.name] = all
  target.dependencies += all.subtracting(names).sorted().map { .byName(name: $0) }
}

let package = Package(
  name: "SwiftLensing",
  products: [
    .library(name: "SwiftLensing", targets: ["SwiftLensing"] + (below["SwiftLensing"] ?? []).sorted()),
    .library(name: "swiftlensing", type: .dynamic, targets: ["LensingForC"]),
    .executable(name: "lensing", targets: ["LensingCommand"]),
    .executable(name: "lensing-learn", targets: ["LearningCommand"]),
  ],
  traits: [
    .trait(
      name: "Torch", description: "The classifier: networks trained by libtorch, which must be installed.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: systemLibraries + embedding + floors + tests,
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)

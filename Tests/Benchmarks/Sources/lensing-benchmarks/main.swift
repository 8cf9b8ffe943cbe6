import Foundation
import LensNumerics
import SwiftLensing

// lensing-benchmarks [PATH]                   prints how fast kernels and whole scenes are; the same as JSON to PATH
// lensing-benchmarks scenes FOLDER            writes the scenes and their images, for other simulators to render
// lensing-benchmarks rates [W1,W2 [THREADS]]  prints images per second as JSON, by scene and number of threads
// lensing-benchmarks growth [N,N]             prints times of images of W6 by the number of halos as JSON; 1000,100000 if none are given
// lensing-benchmarks library                  prints images per second of batches of the library, on two threads

do {
  try run(Array(CommandLine.arguments.dropFirst()))
} catch {
  FileHandle.standardError.write(Data("lensing-benchmarks: \(error)\n".utf8))
  exit(1)
}

func run(_ arguments: [String]) throws {
  let rest = Array(arguments.dropFirst())
  switch arguments.first {
  case "scenes": try writePeerScenes(to: rest.first ?? "Output/peers")
  case "rates": try printRates(rest)
  case "growth": try printGrowth(rest.first ?? "1000,100000")
  case "library": try printLibraryRate()
  case let option? where option.hasPrefix("-"):
    throw SpecError(
      keyPath: "arguments", value: option,
      requirement: "must be scenes, rates, growth, library, or a path for JSON")
  default: try printBenchmarks(path: arguments.first)
  }
}

func printBenchmarks(path: String?) throws {
  let report = BenchmarkReport(
    instructionSet: BuildInformation.instructionSet,
    arithmeticPeak: arithmeticPeak(), nanosecondsPerRay: kernelTimes(), imagesPerSecond: try sceneRates(),
    datasetImagesPerSecond: try datasetRates(), microseconds: try stageTimes(),
    raysPerImage: try raysPerImage(), allocationsPerImage: try allocationsPerImage(),
    growth: try haloGrowth([100, 1000, 10_000, 100_000])
  )
  print(report.text)
  if let path { try writeFileAtomically(try sortedJSON(report) + [0x0A], to: path) }
}

func printGrowth(_ list: String) throws {
  let counts = try list.split(separator: ",").map { text in
    guard let count = Int(text), count > 0 else {
      throw SpecError(keyPath: "growth", value: String(text), requirement: "must be a number of halos")
    }
    return count
  }
  print(String(decoding: try sortedJSON(haloGrowth(counts)), as: UTF8.self))
}

func printRates(_ arguments: [String]) throws {
  let names =
    arguments.first?.split(separator: ",").map(String.init) ?? BenchmarkScene.allCases.map(\.rawValue)
  let threads = arguments.count > 1 ? arguments[1].split(separator: ",").compactMap { Int($0) } : [1, 2]
  var rates: [String: [String: Double]] = [:]
  for name in names {
    guard let scene = BenchmarkScene(rawValue: name) else {
      throw SpecError(keyPath: "rates", value: name, requirement: "must be one of W1 to W8")
    }
    for count in threads { rates[name, default: [:]]["\(count)"] = try rate(scene, threads: count) }
  }
  print(String(decoding: try sortedJSON(rates), as: UTF8.self))
}

/// Batches of 256 images of Model A into the same memory, as Tests/Benchmarks/Python/rates.py asks Python for them.
func printLibraryRate() throws {
  let simulator = try Simulator("model-a", seed: 1, threads: 2)
  var batch = try simulator.batch(0..<256)
  let clock = ContinuousClock()
  let seconds = try (0..<5).map { number in
    try clock.measure {
      try batch.images.withUnsafeMutableBufferPointer { images in
        try batch.labels.withUnsafeMutableBufferPointer { labels in
          try batch.parameters.withUnsafeMutableBufferPointer { parameters in
            try simulator.fill(
              number * 256..<(number + 1) * 256, images: images, labels: labels, parameters: parameters)
          }
        }
      }
    } / .seconds(1)
  }
  print(256 / seconds.sorted()[2])
}

func sortedJSON(_ value: some Encodable) throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
  return Array(try encoder.encode(value))
}

import CSwiftLensing
import SwiftLensing

// The functions of swiftlensing.h that compute. Their names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

@c @implementation
public func lensing_simulator_render(
  _ simulator: OpaquePointer!, _ indices: UnsafePointer<Int64>!, _ count: Int64, _ threads: Int32,
  _ images: UnsafeMutablePointer<Float>!, _ labels: UnsafeMutablePointer<Int32>!,
  _ parameters: UnsafeMutablePointer<Double>!
) -> Int32 {
  guard let box = SimulatorBox.at(simulator) else { return Int32(LENSING_BAD_VALUE) }
  return box.reporting {
    try Rendering(box.simulator, indices, count, threads, images, labels, parameters).run { $0() }
  }
}

@c @implementation
public func lensing_simulator_truth(
  _ simulator: OpaquePointer!, _ index: Int64, _ maps: UnsafeMutablePointer<Double>!
) -> Int32 {
  guard let box = SimulatorBox.at(simulator) else { return Int32(LENSING_BAD_VALUE) }
  return box.reporting {
    let place = try Place(maps)
    let simulator = box.simulator
    guard index >= 0 else {
      throw SpecError(keyPath: "index", value: "\(index)", requirement: "must be at least 0")
    }
    place.write(try simulator.plan.scene(Int(index)).truthMaps(hasCriticalCurves: false).named)
  }
}

@c @implementation
public func lensing_simulator_truth_maps(
  _ simulator: OpaquePointer!, _ index: Int64, _ maps: UnsafeMutablePointer<Double>!
) -> Int32 {
  guard let box = SimulatorBox.at(simulator) else { return Int32(LENSING_BAD_VALUE) }
  return box.reporting {
    let place = try Place(maps)
    place.write(try box.simulator.truth(Int(index), hasCriticalCurves: false).named)
  }
}

@c @implementation
public func lensing_simulator_substructure(
  _ simulator: OpaquePointer!, _ index: Int64, _ pieces: UnsafeMutablePointer<lensing_piece>!,
  _ capacity: Int64, _ count: UnsafeMutablePointer<Int64>!
) -> Int32 {
  guard let box = SimulatorBox.at(simulator) else { return Int32(LENSING_BAD_VALUE) }
  return box.reporting {
    let all = try box.simulator.substructure(Int(index))
    count?.pointee = Int64(all.count)
    guard let pieces else { return }
    for (k, piece) in all.prefix(Int(max(0, capacity))).enumerated() { pieces[k] = lensing_piece(piece) }
  }
}

extension lensing_piece {
  fileprivate init(_ record: SubstructureRecord) {
    self.init()
    withUnsafeMutableBytes(of: &kind) { bytes in
      // The last byte stays 0.
      for (place, byte) in zip(bytes.indices.dropLast(), record.kind.utf8) { bytes[place] = byte }
    }
    (mass, einstein_radius) = (record.mass, record.einsteinRadius)
    (x, y, length, angle) = (record.x, record.y, record.length ?? .nan, record.angle ?? .nan)
    redshift = record.redshift
    (concentration, truncation_radius) = (record.concentration ?? .nan, record.truncationRadius ?? .nan)
  }
}

// MARK: In the background

@c @implementation
public func lensing_simulator_begin_render(
  _ simulator: OpaquePointer!, _ indices: UnsafePointer<Int64>!, _ count: Int64, _ threads: Int32,
  _ images: UnsafeMutablePointer<Float>!, _ labels: UnsafeMutablePointer<Int32>!,
  _ parameters: UnsafeMutablePointer<Double>!, _ job: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
  guard let box = SimulatorBox.at(simulator), let job else { return Int32(LENSING_BAD_VALUE) }
  return box.reporting {
    let rendering = try Rendering(box.simulator, indices, count, threads, images, labels, parameters)
    job.pointee = Job(box) { job in try rendering.run(writing: job.write) }.handle
  }
}

@c @implementation
public func lensing_simulator_begin_truth_maps(
  _ simulator: OpaquePointer!, _ index: Int64, _ maps: UnsafeMutablePointer<Double>!,
  _ job: UnsafeMutablePointer<OpaquePointer?>!
) -> Int32 {
  guard let box = SimulatorBox.at(simulator), let job else { return Int32(LENSING_BAD_VALUE) }
  return box.reporting {
    let place = try Place(maps)
    job.pointee =
      Job(box) { job in
        let truth = try box.simulator.truth(Int(index), hasCriticalCurves: false).named
        try job.write { place.write(truth) }
      }.handle
  }
}

@c @implementation
public func lensing_job_wait(_ job: OpaquePointer!, _ milliseconds: Int32) -> Int32 {
  Job.at(job).map { $0.wait(milliseconds: Int(milliseconds)) ? 1 : 0 } ?? 1
}

@c @implementation
public func lensing_job_end(_ job: UnsafeMutablePointer<OpaquePointer?>!) -> Int32 {
  guard let job, let ended = Job.taken(&job.pointee) else { return Int32(LENSING_OK) }
  return ended.box.report(ended.end())
}

// MARK: The caller's memory

/// A batch, with where it goes.
private struct Rendering: @unchecked Sendable {
  private let simulator: Simulator
  private let indices: [Int]
  private let threads: Int
  private let images: UnsafeMutableBufferPointer<Float>
  private let labels: UnsafeMutableBufferPointer<Int32>?
  private let parameters: UnsafeMutableBufferPointer<Double>?

  init(
    _ simulator: Simulator, _ indices: UnsafePointer<Int64>?, _ count: Int64, _ threads: Int32,
    _ images: UnsafeMutablePointer<Float>?, _ labels: UnsafeMutablePointer<Int32>?,
    _ parameters: UnsafeMutablePointer<Double>?
  ) throws {
    guard (0...1 << 40).contains(count), count == 0 || (indices != nil && images != nil) else {
      throw SpecError(
        keyPath: "count", value: "\(count), or a null pointer", requirement: "must be indices and images")
    }
    (self.simulator, self.threads) = (simulator, Int(threads))
    let numbers = UnsafeBufferPointer(start: indices, count: Int(count)).map { Int($0) }
    self.indices = numbers
    self.images = .init(start: images, count: numbers.count * simulator.imageSize)
    self.labels = labels.map { .init(start: $0, count: numbers.count) }
    self.parameters = parameters.map { .init(start: $0, count: numbers.count * simulator.parameters.count) }
  }

  func run(writing: @Sendable (() -> Void) throws -> Void) throws {
    try simulator.fill(
      indices, threads: threads, images: images, labels: labels, parameters: parameters, writing: writing)
  }
}

/// Where maps go, one behind the other.
private struct Place: @unchecked Sendable {
  private let start: UnsafeMutablePointer<Double>

  init(_ start: UnsafeMutablePointer<Double>?) throws {
    guard let start else {
      throw SpecError(keyPath: "maps", value: "a null pointer", requirement: "must be memory for the maps")
    }
    self.start = start
  }

  func write(_ maps: [(name: String, image: Image<Double>)]) {
    var place = start
    for map in maps {
      place.update(from: map.image.pixels, count: map.image.pixels.count)
      place += map.image.pixels.count
    }
  }
}

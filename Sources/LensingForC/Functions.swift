import CSwiftLensing
import LensNumerics
import SwiftLensing

// The functions of swiftlensing.h, in its order. Their names are C's.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// Never freed: a program asks for it once.
nonisolated(unsafe) private let version = copied(swiftLensingVersion)

private func copied(_ text: String) -> UnsafePointer<CChar> {
  let bytes = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8.count + 1)
  _ = copy(text, to: bytes, Int64(text.utf8.count + 1))
  return UnsafePointer(bytes)
}

@c @implementation
public func lensing_version() -> UnsafePointer<CChar>! { version }

@c @implementation
public func lensing_simulator_create(
  _ model: UnsafePointer<CChar>!, _ seed: UInt64, _ settings: UnsafePointer<UnsafePointer<CChar>?>!,
  _ settingCount: Int32, _ message: UnsafeMutablePointer<CChar>!, _ messageSize: Int64,
  _ status: UnsafeMutablePointer<Int32>!
) -> OpaquePointer! {
  create(model, settings, settingCount, message, messageSize, status) { model, settings in
    try Simulator(model, seed: seed, settings: settings)
  }
}

@c @implementation
public func lensing_simulator_create_from_yaml(
  _ yaml: UnsafePointer<CChar>!, _ seed: UInt64, _ settings: UnsafePointer<UnsafePointer<CChar>?>!,
  _ settingCount: Int32, _ message: UnsafeMutablePointer<CChar>!, _ messageSize: Int64,
  _ status: UnsafeMutablePointer<Int32>!
) -> OpaquePointer! {
  create(yaml, settings, settingCount, message, messageSize, status) { yaml, settings in
    try simulator(ofYAML: yaml, settings, seed: seed, noiseSeed: nil)
  }
}

@c @implementation
public func lensing_simulator_create_with_seeds(
  _ source: UnsafePointer<CChar>!, _ isYAML: Int32, _ seed: UnsafePointer<UInt64>!,
  _ noiseSeed: UnsafePointer<UInt64>!, _ settings: UnsafePointer<UnsafePointer<CChar>?>!,
  _ settingCount: Int32, _ message: UnsafeMutablePointer<CChar>!, _ messageSize: Int64,
  _ status: UnsafeMutablePointer<Int32>!
) -> OpaquePointer! {
  create(source, settings, settingCount, message, messageSize, status) { source, settings in
    let (seed, noiseSeed) = (seed?.pointee, noiseSeed?.pointee)
    return try isYAML == 0
      ? Simulator(source, seed: seed, noiseSeed: noiseSeed, settings: settings)
      : simulator(ofYAML: source, settings, seed: seed, noiseSeed: noiseSeed)
  }
}

private func simulator(
  ofYAML yaml: String, _ settings: [String], seed: UInt64?, noiseSeed: UInt64?
) throws -> Simulator {
  var notes: [SpecNote] = []
  let spec = try loadPopulation(yaml: yaml, settings: settings) { notes.append($0) }
  return try Simulator(spec, notes: notes, seed: seed, noiseSeed: noiseSeed)
}

private struct UnsupportedProcessor: ClassifiedError, CustomStringConvertible {
  let kind = ErrorKind.other
  var description: String {
    "this library was built for \(BuildInformation.instructionSet), which this processor lacks; build it here, or "
      + "with NATIVE= for any x86-64"
  }
}

/// Makes a handle, or reports why there is none.
private func create(
  _ source: UnsafePointer<CChar>?, _ settings: UnsafePointer<UnsafePointer<CChar>?>?, _ settingCount: Int32,
  _ message: UnsafeMutablePointer<CChar>?, _ messageSize: Int64, _ result: UnsafeMutablePointer<Int32>?,
  _ make: (String, [String]) throws -> Simulator
) -> OpaquePointer? {
  do {
    guard BuildInformation.isSupportedByProcessor else { throw UnsupportedProcessor() }
    guard let source, settingCount >= 0, settings != nil || settingCount == 0 else {
      throw SpecError(
        keyPath: "arguments", value: "a null pointer or \(settingCount) settings",
        requirement: "must be there")
    }
    let changes = (0..<Int(settingCount)).map { settings?[$0].map { String(cString: $0) } ?? "" }
    let box = SimulatorBox(try make(String(cString: source), changes))
    result?.pointee = Int32(LENSING_OK)
    _ = copy("", to: message, messageSize)
    return OpaquePointer(Unmanaged.passRetained(box).toOpaque())
  } catch {
    result?.pointee = status(of: error)
    _ = copy("\(error)", to: message, messageSize)
    return nil
  }
}

@c @implementation
public func lensing_simulator_free(_ simulator: OpaquePointer!) {
  guard let simulator else { return }
  Unmanaged<SimulatorBox>.fromOpaque(UnsafeRawPointer(simulator)).release()
}

// MARK: Questions

@c @implementation
public func lensing_simulator_width(_ simulator: OpaquePointer!) -> Int32 {
  Int32(SimulatorBox.at(simulator)?.simulator.width ?? 0)
}

@c @implementation
public func lensing_simulator_height(_ simulator: OpaquePointer!) -> Int32 {
  Int32(SimulatorBox.at(simulator)?.simulator.height ?? 0)
}

@c @implementation
public func lensing_simulator_band_count(_ simulator: OpaquePointer!) -> Int32 {
  Int32(SimulatorBox.at(simulator)?.simulator.bandCount ?? 0)
}

@c @implementation
public func lensing_simulator_band_name(
  _ simulator: OpaquePointer!, _ number: Int32, _ text: UnsafeMutablePointer<CChar>!, _ size: Int64
) -> Int64 {
  copy(element(SimulatorBox.at(simulator)?.simulator.bands, number), to: text, size)
}

@c @implementation
public func lensing_simulator_seed(_ simulator: OpaquePointer!) -> UInt64 {
  SimulatorBox.at(simulator)?.simulator.plan.seed ?? 0
}

@c @implementation
public func lensing_simulator_noise_seed(_ simulator: OpaquePointer!) -> UInt64 {
  SimulatorBox.at(simulator)?.simulator.plan.noiseSeed ?? 0
}

@c @implementation
public func lensing_simulator_class_count(_ simulator: OpaquePointer!) -> Int32 {
  Int32(SimulatorBox.at(simulator)?.simulator.classes.count ?? 0)
}

@c @implementation
public func lensing_simulator_parameter_count(_ simulator: OpaquePointer!) -> Int32 {
  Int32(SimulatorBox.at(simulator)?.simulator.parameters.count ?? 0)
}

@c @implementation
public func lensing_simulator_class_name(
  _ simulator: OpaquePointer!, _ number: Int32, _ text: UnsafeMutablePointer<CChar>!, _ size: Int64
) -> Int64 {
  copy(element(SimulatorBox.at(simulator)?.simulator.classes, number), to: text, size)
}

@c @implementation
public func lensing_simulator_parameter_name(
  _ simulator: OpaquePointer!, _ number: Int32, _ text: UnsafeMutablePointer<CChar>!, _ size: Int64
) -> Int64 {
  copy(element(SimulatorBox.at(simulator)?.simulator.parameters, number)?.name, to: text, size)
}

@c @implementation
public func lensing_simulator_parameter_unit(
  _ simulator: OpaquePointer!, _ number: Int32, _ text: UnsafeMutablePointer<CChar>!, _ size: Int64
) -> Int64 {
  copy(element(SimulatorBox.at(simulator)?.simulator.parameters, number)?.unit, to: text, size)
}

@c @implementation
public func lensing_simulator_note_count(_ simulator: OpaquePointer!) -> Int32 {
  Int32(SimulatorBox.at(simulator)?.simulator.notes.count ?? 0)
}

@c @implementation
public func lensing_simulator_note(
  _ simulator: OpaquePointer!, _ number: Int32, _ text: UnsafeMutablePointer<CChar>!, _ size: Int64
) -> Int64 {
  copy(element(SimulatorBox.at(simulator)?.simulator.notes, number)?.description, to: text, size)
}

private func element<Element>(_ elements: [Element]?, _ number: Int32) -> Element? {
  elements.flatMap { $0.indices.contains(Int(number)) ? $0[Int(number)] : nil }
}

@c @implementation
public func lensing_simulator_spec(
  _ simulator: OpaquePointer!, _ text: UnsafeMutablePointer<CChar>!, _ size: Int64
) -> Int64 {
  copy(SimulatorBox.at(simulator)?.simulator.resolvedSpec, to: text, size)
}

@c @implementation
public func lensing_simulator_message(
  _ simulator: OpaquePointer!, _ text: UnsafeMutablePointer<CChar>!, _ size: Int64
) -> Int64 {
  copy(SimulatorBox.at(simulator)?.message, to: text, size)
}

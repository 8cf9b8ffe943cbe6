import LensCore

/// One of several equal shares of a dataset's samples, for one task of a cluster.
public struct SampleShard: Sendable, Equatable {
  /// From 1 on.
  public let number: Int
  public let count: Int

  public init(number: Int, count: Int) throws {
    guard (1...100_000).contains(count), (1...count).contains(number) else {
      throw SpecError(
        keyPath: "shard", value: "\(number)/\(count)",
        requirement: "must be i/n with i from 1 to n, n up to 100000")
    }
    (self.number, self.count) = (number, count)
  }

  /// - Parameter text: `i/n`.
  public init(_ text: String) throws {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let number = numbers[0], let count = numbers[1] else {
      throw SpecError(keyPath: "shard", value: "'\(text)'", requirement: "must be i/n, for instance 2/8")
    }
    try self.init(number: number, count: count)
  }

  /// The share of a task of a Slurm job array; nil outside of one.
  ///
  /// - Parameter environment: Where SLURM_ARRAY_TASK_ID, _COUNT, _MIN, _MAX and _STEP are.
  /// - Throws: `SpecError` for an array whose tasks are not numbered in equal steps.
  public init?(slurm environment: [String: String]) throws {
    func variable(_ name: String) -> Int? { environment["SLURM_ARRAY_TASK_" + name].flatMap { Int($0) } }
    guard let task = variable("ID"), let count = variable("COUNT") else { return nil }
    let (first, step) = (variable("MIN") ?? 1, variable("STEP") ?? 1)
    let possible = 0...10_000_000
    guard [task, count, first, step].allSatisfy(possible.contains) else {
      throw SpecError(
        keyPath: "SLURM_ARRAY_TASK_ID", value: "\(task)",
        requirement: "and its array's numbers must be from 0 to 10000000")
    }
    let last = variable("MAX") ?? first + (count - 1) * step
    guard step > 0, count > 0, last - first == (count - 1) * step, (task - first) % step == 0 else {
      throw SpecError(
        keyPath: "SLURM_ARRAY_TASK_ID", value: "task \(task) of \(count) from \(first) to \(last)",
        requirement: "must be numbered in equal steps, as by --array=1-8; or give --shard")
    }
    try self.init(number: (task - first) / step + 1, count: count)
  }

  /// Its samples: all shards together have each once, and their sizes differ by one at most.
  public func samples(of total: Int) throws -> Range<Int> {
    guard total >= count else {
      throw SpecError(
        keyPath: "shard", value: "\(number)/\(count)",
        requirement: "must not be of more shards than \(total) samples")
    }
    // In two parts, so that products stay small.
    let (size, rest) = (total / count, total % count)
    func start(_ k: Int) -> Int { k * size + min(k, rest) }
    return start(number - 1)..<start(number)
  }

  /// The folder of the shard beside that of the whole dataset.
  public func folder(of output: String) -> String {
    let digits = String(count).count
    let text = String(number)
    let padded = String(repeating: "0", count: digits - text.count) + text
    return "\(DatasetPaths(output).output).shard-\(padded)-of-\(count)"
  }
}

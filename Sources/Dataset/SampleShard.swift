import FileFormats
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
  /// Only the tasks of a whole array, numbered 1 to N or 0 to N - 1, are shards: an array that repeats some tasks of
  /// another would make other shares of the samples.
  ///
  /// - Parameters:
  ///   - environment: Where SLURM_ARRAY_TASK_ID, _COUNT, _MIN, _MAX and _STEP are.
  ///   - output: Of the whole dataset: where shards of another count stand beside it, the array is not whole.
  /// - Throws: `SpecError` for an array that is not known to be whole.
  public init?(slurm environment: [String: String], output: String? = nil) throws {
    let prefix = "SLURM_ARRAY_TASK_"
    guard let given = environment[prefix + "ID"] else { return nil }
    func variable(_ name: String) -> Int? { environment[prefix + name].flatMap { Int($0) } }
    let (task, count, first) = (variable("ID"), variable("COUNT"), variable("MIN"))
    let others = try output.map(Self.counts(beside:)) ?? []
    // An array of one task is as likely the repetition of a larger one's.
    guard let task, let count, let first, (2...100_000).contains(count), (0...1).contains(first),
      variable("MAX") == first + count - 1, (variable("STEP") ?? 1) == 1, task >= first, task < first + count,
      others.isEmpty || others == [count]
    else {
      let description = ["COUNT", "MIN", "MAX", "STEP"].compactMap { name in
        environment[prefix + name].map { "\(name) \($0)" }
      }
      throw SpecError(
        keyPath: prefix + "ID", value: "\(given) (\(description.joined(separator: ", ")))",
        requirement: Self.advice(task, others))
    }
    try self.init(number: task - first + 1, count: count)
  }

  /// - Parameter others: Numbers of shards that stand beside the output.
  private static func advice(_ task: Int?, _ others: [Int]) -> String {
    let task = task ?? 2
    let count = others.first ?? max(4, min(task, 99_999) + 1)
    let fromOne = task > 0 ? "--shard \(task)/\(count) for task \(task) of --array=1-\(count)" : nil
    let fromZero = "--shard \(min(task, 99_999) + 1)/\(count) for task \(task) of --array=0-\(count - 1)"
    let found =
      others.isEmpty ? "" : ", and there are shards of \(others.map(String.init).joined(separator: ", "))"
    return
      "only the tasks of a whole array, 1-N or 0-(N-1), are known to be shards\(found); to make one of them again "
      + "give " + [fromOne, fromZero].compactMap { $0 }.joined(separator: ", ")
      + "; for a whole dataset in every task give --shard 1/1"
  }

  /// The numbers of shards that datasets beside an output are of, whole or not.
  private static func counts(beside output: String) throws -> [Int] {
    let path = DatasetPaths(output).output
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    guard fileExists(folder) else { return [] }
    let counts = try listFolder(folder).filter { $0.hasPrefix(name + ".shard-") }.compactMap {
      found -> Int? in
      var words = found.split(separator: "-")
      guard words.count >= 4, words[words.count - 2] == "of" else { return nil }
      return Int(words.removeLast().split(separator: ".").first ?? "")
    }
    return Set(counts).sorted()
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

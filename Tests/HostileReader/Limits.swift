import Glibc

/// What reading one small file may take.
enum Limits {
  /// Above what the process needed before it read anything.
  private static let mostBytes = 256 << 20
  /// Addresses, which cost nothing until they are used, but end the process where a claimed size is believed.
  private static let mostAddresses = 1 << 30
  private static let seconds: UInt32 = 20

  nonisolated(unsafe) private static var before = 0

  static func begin() {
    // Whoever started this process may have blocked signals, which it inherits.
    var all = sigset_t()
    sigfillset(&all)
    sigprocmask(SIG_UNBLOCK, &all, nil)
    before = peak()
    let pages = Int(words("/proc/self/statm").first ?? "") ?? 0
    let most = rlim_t(pages * 4096 + mostAddresses)
    var limit = rlimit(rlim_cur: most, rlim_max: most)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
  }

  /// A reader that goes on for ever is ended by SIGALRM.
  static func beginFile() { alarm(seconds) }

  /// Other libraries take what the limit on addresses lets them have, and must bear not getting more.
  static func areKept(reading name: String) -> Bool {
    name.hasSuffix(".h5") || name.hasSuffix(".mat") || peak() - before <= mostBytes
  }

  private static func peak() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  private static func words(_ path: String) -> [Substring] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, 256, file) != nil else { return [] }
    return String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
      separator: " ")
  }
}

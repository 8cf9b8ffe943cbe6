import Glibc
import LensCore

/// A failed system call as a file error, with the system's own words and, where there is one, the next step.
///
/// - Parameter attempt: What was tried, as the end of the sentence "cannot ...".
func systemError(_ path: String, _ attempt: String, _ code: Int32 = errno) -> FileError {
  let words = String(cString: strerror(code))
  let advice = nextStep(code, isCreating: attempt.hasPrefix("create")).map { "; \($0)" } ?? ""
  return FileError(path: path, reason: "cannot \(attempt): \(words)\(advice)")
}

private func nextStep(_ code: Int32, isCreating: Bool) -> String? {
  switch code {
  case ENOENT: isCreating ? "check the path, and create its folder first" : "check the path"
  case EACCES, EPERM, EROFS: "choose a place that you may use, or change its permissions"
  case ENOSPC, EDQUOT: "free some space, or choose another disk, and run again"
  case ENOTDIR: "a part of the path is a file, not a folder"
  case EISDIR: "give a file, not a folder"
  case EBADF: "it is closed already"
  case EMFILE, ENFILE: "raise the limit of open files (ulimit -n)"
  default: nil
  }
}

/// Repeats a system call that a signal interrupted.
///
/// - Returns: The call's result, which is negative on failure, with `errno` set.
func retryingOnInterrupt<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
}

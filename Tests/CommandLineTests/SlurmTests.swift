import FileFormats
import Foundation
import LensTestSupport
import Testing

/// A job array of a real Slurm on this machine: controller and node as in docs/clusters.md.
///
/// Skipped where Slurm is not installed, or the user is not root and so cannot start its daemons.
@Suite(.enabled(if: isSlurmInstalled(), "needs root and the Debian packages slurm-wlm and munge"))
struct SlurmTests {
  @Test func `an array job whose task is requeued makes the bytes of one run`() throws {
    try withScratchFolder { folder in
      let script = repositoryRoot.appending(path: "Tests/CommandLineTests/Slurm/run-array").path
      let program = builtProgram("lensing").path
      let result = try runProcess(
        "/bin/sh", [script, program, repositoryRoot.appending(path: "docs/slurm-array.sh").path, folder])
      try #require(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.contains("requeued 1"), "\(result.output)")
      let merged = try digests("\(folder)/data/lenses")
      #expect(try digests("\(folder)/data/alone") == merged && merged.count > 10)
    }
  }

  /// Digests of a dataset's files, as its manifest lists them; `lensing verify` has compared them.
  private func digests(_ dataset: String) throws -> [String] {
    #expect(try lensing("verify", dataset, "--samples", "4").status == 0)
    return try readText("\(dataset)/manifest.json").split(separator: "\n").filter { $0.contains("sha256") }
      .map(String.init)
  }
}

private func isSlurmInstalled() -> Bool {
  getuid() == 0
    && ["/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged"].allSatisfy { fileExists($0) }
}

internal import Testing

@testable import System

@Suite struct ChildProcessTests {
  private func shell(_ script: String, environment: [String] = []) throws -> ChildProcess {
    try ChildProcess(
      executable: "/bin/sh", arguments: ["-c", script], environment: environment, errorFile: "/dev/null")
  }

  @Test func linesAndTheExitCodeComeBack() throws {
    let child = try shell("echo one; echo \"$NAME\"; exit 7", environment: ["NAME=two"])
    #expect(child.nextLine(within: 10_000) == "one")
    #expect(child.nextLine(within: 10_000) == "two")
    #expect(child.nextLine(within: 10_000) == nil)
    #expect(child.stop(within: 10_000) == .exited(7))
  }

  @Test func aProgramIsAskedToStop() throws {
    let child = try shell("trap 'exit 0' TERM; echo ready; while :; do read line || wait; done")
    #expect(child.nextLine(within: 10_000) == "ready")
    #expect(child.stop(within: 10_000) == .exited(0))
    #expect(child.stop(within: 10_000) == .exited(0))
  }

  @Test func aProgramIsKilled() throws {
    let child = try shell("echo ready; exec tail -f /dev/null")
    #expect(child.nextLine(within: 10_000) == "ready")
    #expect(child.kill() == .killed(signal: 9))
    child.send(signal: 9)
    #expect(child.kill() == .killed(signal: 9))
  }

  @Test func aProgramThatIsNotThereIsAnError() {
    #expect(throws: SystemError.self) {
      try ChildProcess(executable: "/nonexistent/program", arguments: [], environment: [], errorFile: "/dev/null")
    }
  }
}

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

  /// The terminal's signals go to a group of processes.
  @Test(arguments: [false, true])
  func aProgramApartIsAGroupOfItsOwn(isApart: Bool) throws {
    let child = try ChildProcess(
      executable: "/bin/sh", arguments: ["-c", "read -r id name state parent group rest < /proc/$$/stat; echo $group"],
      environment: [], errorFile: "/dev/null", isApart: isApart)
    let group = try #require(child.nextLine(within: 10_000))
    #expect((group == "\(child.id)") == isApart)
  }

  @Test func aProgramIsKilled() throws {
    let child = try shell("echo ready; exec tail -f /dev/null")
    #expect(child.nextLine(within: 10_000) == "ready")
    #expect(child.kill() == .killed(signal: 9))
    child.send(signal: 9)
    #expect(child.kill() == .killed(signal: 9))
  }

  @Test func theEndIsSeenWithoutWaiting() throws {
    let child = try shell("echo ready; exec tail -f /dev/null")
    #expect(child.nextLine(within: 10_000) == "ready")
    #expect(child.endingIfEnded() == nil)
    child.send(signal: 9)
    // The pipe closes as the program ends; that it can be waited for follows.
    #expect(child.nextLine(within: 10_000) == nil)
    while child.endingIfEnded() == nil {}
    #expect(child.endingIfEnded() == .killed(signal: 9))
    #expect(child.stop(within: 10_000) == .killed(signal: 9))
  }

  @Test func aProgramThatIsNotThereIsAnError() {
    #expect(throws: SystemError.self) {
      try ChildProcess(executable: "/nonexistent/program", arguments: [], environment: [], errorFile: "/dev/null")
    }
  }
}

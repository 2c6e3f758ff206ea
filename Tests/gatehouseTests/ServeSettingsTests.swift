internal import Lifecycle
internal import Services
internal import Testing

@testable import gatehouse

@Suite struct ServeSettingsTests {
  private func settings(_ words: [String]) throws -> ServeSettings {
    let parser = CommandLineParser(root: .root, environment: { _ in nil })
    guard case .run(_, let arguments) = try parser.parse(["serve"] + words) else {
      throw UsageError(message: "not a command that runs")
    }
    return try ServeSettings(arguments)
  }

  @Test func theDefaultsAreThoseOfTheDesign() throws {
    let settings = try settings([])
    #expect(settings.listen == HostPort(host: "127.0.0.1", port: 7420))
    #expect(settings.dataDirectory == "./gatehouse-data")
    #expect(settings.sandbox == nil)
    #expect(settings.challengeTimeToLive == 3_600_000_000)
    #expect(settings.idempotencyWindow == 86_400_000_000)
    #expect(settings.maxFrameBytes == 1 << 20)
    #expect(settings.logger.level == .info && settings.logger.format == .text)
  }

  @Test func theSandboxScreensByItselfAndVerifiesByHand() throws {
    #expect(
      try settings(["--sandbox"]).sandbox
        == ServeSettings.Sandbox(screensAutomatically: true, verifiesAutomatically: false))
    let words = ["--sandbox", "--sandbox-screening", "manual", "--sandbox-verification", "auto"]
    #expect(
      try settings(words).sandbox == ServeSettings.Sandbox(screensAutomatically: false, verifiesAutomatically: true))
  }

  @Test func theDefaultsOfReviewsAreThePolicys() throws {
    #expect(try settings([]).policy == Policy())
    let words = [
      "--hits-to-reject", "3", "--confirmation-delay", "10m", "--screening-attempts", "4", "--verification-attempts",
      "2", "--backoff-base", "1s", "--backoff-cap", "2s", "--screening-deadline", "0", "--verification-deadline", "7d",
      "--challenge-ttl", "60",
    ]
    var policy = Policy()
    policy.hitsToReject = 3
    policy.confirmationDelay = 600_000_000
    policy.screeningAttempts = 4
    policy.verificationAttempts = 2
    policy.backoffBase = 1_000_000
    policy.backoffCap = 2_000_000
    policy.screeningDeadline = 0
    policy.verificationDeadline = 7 * 86_400_000_000
    policy.challengeTimeToLive = 60_000_000
    #expect(try settings(words).policy == policy)
  }

  /// A single hit never refuses anybody, whatever is asked for.
  @Test(arguments: [["--hits-to-reject", "1"], ["--screening-attempts", "0"], ["--backoff-base", "2d"]])
  func thePolicyHasItsLimits(_ words: [String]) {
    #expect(throws: UsageError.self) { try settings(words) }
  }

  @Test func otherMachinesNeedAWord() throws {
    #expect(try settings(["--listen", "0.0.0.0:0", "--insecure"]).listen.host == "0.0.0.0")
    #expect(try settings(["--listen", "0.0.0.0:0", "--tokens", "t"]).tokens == "t")
    #expect(try settings(["--listen", "[::1]:0"]).listen.host == "::1")
  }

  @Test func limitsAreWideOrNone() throws {
    var limits = PrincipalLimits()
    limits.streams = 100_000
    #expect(try settings([]).principalLimits == limits)
    #expect(try settings(["--max-principal-streams", "0"]).principalLimits == PrincipalLimits())
    limits.callsASecond = 50
    limits.mismatchesAnHour = 7
    #expect(try settings(["--max-calls", "50", "--max-mismatches", "7"]).principalLimits == limits)
  }

  @Test(arguments: [
    ["--listen", "0.0.0.0:7420"], ["--listen", "[::]:7420"], ["--listen", "example.com:1"],
    ["--sandbox-screening", "auto"], ["--sandbox-verification", "manual"], ["--challenge-statement", "a\nb"],
    ["--challenge-domain", "a b"], ["--challenge-uri", "nowhere"], ["--challenge-uri", "http://a b"],
  ])
  func whatCannotBeServedIsAUsageError(_ words: [String]) {
    let failure = #expect(throws: CommandFailure.self) { try settings(words) }
    #expect(failure?.exitCode == .usage)
    #expect(failure?.message.contains(words[0]) == true)
  }
}

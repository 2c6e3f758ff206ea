internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Testing

@testable import Services

struct AllowanceTests {
  private func limits(calls: UInt64? = nil, streams: UInt64? = nil, mismatches: UInt64? = nil) -> PrincipalLimits {
    var limits = PrincipalLimits()
    limits.callsASecond = calls
    limits.streams = streams
    limits.mismatchesAnHour = mismatches
    return limits
  }

  @Test func callsAreRefusedWithTheTimeToWait() throws {
    let allowance = Allowance(limits(calls: 2))
    let now: UInt64 = 1_000_000_000
    #expect(allowance.countsCalls)
    for _ in 0..<2 { try allowance.takeCall(now: now) }
    let status = #expect(throws: Status.self) { try allowance.takeCall(now: now) }
    #expect(status?.code == .resourceExhausted && status?.reason == "RATE_LIMITED")
    #expect(status?.errorInfo?.metadata["limit"] == "2")
    #expect(status?.retryAfterMicroseconds == 500_000)
    try allowance.takeCall(now: now + 500_000_000)
  }

  /// A refused call costs nothing: whoever goes on too fast is not kept out the longer for it.
  @Test func refusedCallsDoNotCount() throws {
    let allowance = Allowance(limits(calls: 1))
    try allowance.takeCall(now: 1)
    for _ in 0..<100 { #expect(throws: Status.self) { try allowance.takeCall(now: 1) } }
    try allowance.takeCall(now: 1_000_000_001)
  }

  @Test func wrongSignaturesCountAndRightOnesDoNot() throws {
    let allowance = Allowance(limits(mismatches: 3))
    let now: UInt64 = 1
    for _ in 0..<3 {
      try allowance.requireMismatchLeft(now: now)
      try allowance.requireMismatchLeft(now: now)
      allowance.noteMismatch(now: now)
    }
    let status = #expect(throws: Status.self) { try allowance.requireMismatchLeft(now: now) }
    #expect(status?.code == .resourceExhausted && status?.reason == "TOO_MANY_ATTEMPTS")
    #expect(status?.retryAfterMicroseconds == 1_200_000_000)
    // One that was being looked at meanwhile makes the wait longer.
    allowance.noteMismatch(now: now)
    let later = #expect(throws: Status.self) { try allowance.requireMismatchLeft(now: now) }
    #expect(later?.retryAfterMicroseconds == 2_400_000_000)
  }

  @Test func streamsCountUntilTheyAreLetGo() throws {
    let allowance = Allowance(limits(streams: 2))
    var open = [try allowance.openStream(), try allowance.openStream()]
    for _ in 0..<3 {
      let status = #expect(throws: Status.self) { try allowance.openStream() }
      #expect(status?.code == .resourceExhausted && status?.reason == "TOO_MANY_STREAMS")
      #expect(status?.errorInfo?.metadata["limit"] == "2")
    }
    open.removeLast()
    open.append(try allowance.openStream())
    #expect(throws: Status.self) { try allowance.openStream() }
    _ = open
  }

  @Test func withoutLimitsNothingIsCounted() throws {
    let allowance = Allowance(PrincipalLimits())
    #expect(!allowance.countsCalls)
    for _ in 0..<1000 {
      try allowance.takeCall(now: 1)
      allowance.noteMismatch(now: 1)
      try allowance.requireMismatchLeft(now: 1)
    }
    #expect(try allowance.openStream() == nil)
  }

  /// However many threads take calls at once, no more get through than may.
  @Test func threadsShareOneBucket() async {
    let allowance = Allowance(limits(calls: 1000))
    let taken = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask { (0..<1000).count { _ in (try? allowance.takeCall(now: 5_000_000_000)) != nil } }
      }
      return await group.reduce(0, +)
    }
    #expect(taken == 1000)
  }
}

/// The pauses between attempts: none before the second, then growing ones with jitter, so that clients which lost a
/// server together do not come back together.
struct Backoff: Equatable, Sendable {
  /// Doubling a pause more often than this makes none longer: it is beyond any greatest pause.
  private static let mostDoublings = 40

  /// In nanoseconds, as all pauses.
  let least: UInt64
  let greatest: UInt64
  private(set) var failures: Int

  /// - Parameter failures: how many there were already.
  init(_ settings: ClientSettings, failures: Int = 0) {
    least = settings.leastPause.nanoseconds
    greatest = max(settings.greatestPause.nanoseconds, least)
    self.failures = failures
  }

  /// Notes one more failure.
  ///
  /// - Returns: how long to wait before the next attempt.
  mutating func pause(using random: inout some RandomNumberGenerator) -> UInt64 {
    failures += 1
    if failures == 1 { return 0 }
    let (doubled, overflow) = least.multipliedReportingOverflow(by: 1 << min(failures - 2, Self.mostDoublings))
    let pause = overflow ? greatest : min(doubled, greatest)
    return UInt64.random(in: pause / 2...pause, using: &random)
  }

  /// Something went well.
  mutating func reset() {
    failures = 0
  }
}

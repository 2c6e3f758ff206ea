internal import Testing

@testable import Client

@Suite struct BackoffTests {
  private static let milliseconds: UInt64 = 1_000_000

  @Test func pausesAreDoubledUpToTheGreatest() {
    var backoff = Backoff(ClientSettings())
    var random = Extreme.highest
    let pauses = (0..<9).map { _ in backoff.pause(using: &random) / Self.milliseconds }
    #expect(pauses == [0, 50, 100, 200, 400, 800, 1600, 2000, 2000])
  }

  @Test func aPauseIsFromAHalfToTheWhole() {
    for failures in 1..<100 {
      var (shortest, longest) = (
        Backoff(ClientSettings(), failures: failures), Backoff(ClientSettings(), failures: failures)
      )
      var (lowest, highest) = (Extreme.lowest, Extreme.highest)
      let whole = longest.pause(using: &highest)
      #expect(shortest.pause(using: &lowest) == whole / 2)
      #expect(whole <= 2000 * Self.milliseconds)
    }
  }

  @Test func afterSomethingWentWellItBeginsAnew() {
    var backoff = Backoff(ClientSettings(), failures: 5)
    var random = Extreme.highest
    backoff.reset()
    #expect(backoff.pause(using: &random) == 0)
    #expect(backoff.pause(using: &random) == 50 * Self.milliseconds)
  }

  @Test func noSettingIsTooGreat() {
    var settings = ClientSettings()
    settings.leastPause = .seconds(Int64.max)
    settings.greatestPause = .seconds(1)
    var backoff = Backoff(settings, failures: 1000)
    var random = Extreme.highest
    #expect(backoff.pause(using: &random) == .max)
  }
}

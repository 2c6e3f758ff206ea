internal import Testing

@testable import gatehouse

@Suite struct DeliveryLogTests {
  private func log() -> DeliveryLog {
    var log = DeliveryLog()
    log.window = 1_000..<2_000
    return log
  }

  @Test func delaysAreFromTheWrite() {
    var log = log()
    log.acknowledge(7, begun: 900)
    log.acknowledge(9, begun: 950)
    log.deliver(7, at: 1_100)
    log.deliver(9, at: 1_000)
    log.deliver(9, at: 2_000)
    #expect(log.delay.count == 2)
    #expect(log.delay.min == 50 && log.delay.max == 200)
  }

  /// An event may reach watchers before its write is answered.
  @Test func earlyDeliveriesWaitForTheAnswer() {
    var log = log()
    log.acknowledge(1, begun: 900)
    for _ in 0..<3 { log.deliver(2, at: 1_500) }
    log.deliver(3, at: 1_500)
    #expect(log.delay.count == 0)
    #expect(log.unknown == 4)
    log.acknowledge(2, begun: 1_400)
    log.settle()
    #expect(log.delay.count == 3)
    #expect(log.delay.max == 100)
    #expect(log.unknown == 1)
  }
}

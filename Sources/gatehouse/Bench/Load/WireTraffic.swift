/// Bytes that went over the wire, frames' lengths included, without the headers of TCP.
struct WireTraffic: Equatable, Sendable {
  var sent: UInt64 = 0
  var received: UInt64 = 0

  var total: UInt64 { sent &+ received }

  static func + (one: WireTraffic, other: WireTraffic) -> WireTraffic {
    WireTraffic(sent: one.sent &+ other.sent, received: one.received &+ other.received)
  }

  static func - (after: WireTraffic, before: WireTraffic) -> WireTraffic {
    WireTraffic(sent: after.sent &- before.sent, received: after.received &- before.received)
  }
}

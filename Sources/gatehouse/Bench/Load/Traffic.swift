/// Bytes that went over the wire, frames' lengths included, without the headers of TCP.
struct Traffic: Equatable, Sendable {
  var sent: UInt64 = 0
  var received: UInt64 = 0

  var total: UInt64 { sent &+ received }

  static func + (one: Traffic, other: Traffic) -> Traffic {
    Traffic(sent: one.sent &+ other.sent, received: one.received &+ other.received)
  }

  static func - (after: Traffic, before: Traffic) -> Traffic {
    Traffic(sent: after.sent &- before.sent, received: after.received &- before.received)
  }
}

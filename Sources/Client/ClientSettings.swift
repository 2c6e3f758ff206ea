internal import RPC

/// How a ``GatehouseClient`` behaves; `clients/README.md` says what each is about.
public struct ClientSettings: Sendable, Equatable {
  /// As `gatehouse token new` printed it; empty where the server asks for none.
  public var token = ""
  /// "name/version", for the server's log.
  public var agent = "gatehouse-swift/1"
  /// The deadline of a unary call that names none, from its beginning: waiting for a connection and retries included.
  public var timeout = Duration.seconds(10)
  /// How long one address may take to accept the connection and say hello.
  public var connectTimeout = Duration.seconds(5)
  /// How long a silence lasts, with calls open, before a ping is sent.
  public var keepaliveAfter = Duration.seconds(4)
  /// How long nothing may come behind the ping before the connection is lost.
  public var keepaliveTimeout = Duration.seconds(4)
  /// The wait between two rounds of attempts, doubled each time up to ``greatestPause``. Of each, a random half to the
  /// whole is waited.
  public var leastPause = Duration.milliseconds(50)
  public var greatestPause = Duration.seconds(2)
  /// How many messages of a stream may lie here unread; at least 1.
  public var credit = ServerLimits.defaultCredit

  public init() {}
}

extension Duration {
  /// Clamped to what 64 bits hold; negative durations are 0.
  var microseconds: Int64 { Int64(clamping: nanoseconds / 1000) }

  /// Clamped to what 64 bits hold; negative durations are 0.
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    if seconds < 0 || attoseconds < 0 { return 0 }
    let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, tooLong) = whole.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
    return overflow || tooLong ? .max : sum
  }
}

/// What one principal may do, over all its connections and tokens. Each is there so that none takes the server from the
/// others; nil is no limit.
public struct PrincipalLimits: Equatable, Sendable {
  /// Calls a second, streaming ones included; as many at once.
  public var callsASecond: UInt64?
  /// Streaming calls open at once.
  public var streams: UInt64?
  /// Signatures by another key than the wallet's an hour; as many at once. Each costs the server a signature check,
  /// whatever customer it is about.
  public var mismatchesAnHour: UInt64?

  /// No limits.
  public init() {}
}

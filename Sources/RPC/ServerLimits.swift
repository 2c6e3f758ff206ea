/// What a server allows one connection. Each bound is there so that no peer can make the server grow without end.
public struct ServerLimits: Equatable, Sendable {
  /// The greatest frame that is read, in bytes, without its prefix: bounds what one frame makes the server keep.
  public var maxFrameBytes = 1 << 20
  /// The most calls and streams open at once. A call that was cancelled counts until its handler has answered, so that
  /// cancelling makes no room for more work than this.
  public var maxStreams = 1024
  /// The most streaming calls open at once, among ``maxStreams``.
  public var maxReplyStreams = 256
  /// How many messages a streaming call may send when it does not say.
  public static let defaultCredit: UInt32 = 64
  /// How many pings may come without a call between them; one more is allowed each ``pingIntervalNanoseconds``.
  public var maxPings = 256
  /// What a ping is forgiven after: 64 a second are harmless for ever.
  public var pingIntervalNanoseconds: UInt64 = 1_000_000_000 / 64

  public init() {}
}

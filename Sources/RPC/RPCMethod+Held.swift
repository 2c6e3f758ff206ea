public import GatehouseAPI

extension RPCMethod {
  /// Whether a unary call may be held until there is something to answer. Such a call has a ``ReplySource`` of its own
  /// as a stream has, which writes one ``ReplyProgress/answer``: so its loop tells the source of a cancel, of the
  /// call's deadline and of the end of the connection, and it counts as a stream for as long as it is open.
  public var isHeld: Bool { self == .reviewServiceClaimReviews }
}

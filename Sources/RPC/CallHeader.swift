public import GatehouseAPI

/// What is known of a call besides its request.
public struct CallHeader: Equatable, Sendable {
  public let stream: UInt32
  public let method: RPCMethod
  public let caller: CallerID
  /// In nanoseconds of the monotonic clock; `UInt64.max` is none.
  public let deadline: UInt64

  public init(stream: UInt32, method: RPCMethod, caller: CallerID, deadline: UInt64) {
    self.stream = stream
    self.method = method
    self.caller = caller
    self.deadline = deadline
  }
}

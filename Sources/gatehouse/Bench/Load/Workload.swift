internal import RPC

/// What the lanes of a load do: each a client that goes through the calls of a thing (to create one customer, to live a
/// life), one after the other, and then begins the next thing. For one thread.
protocol Workload: SendableMetatype {
  /// Appends the next call of a lane.
  ///
  /// - Parameter lane: a number among all lanes of the thread.
  mutating func appendCall(_ lane: Int, stream: UInt32, to queue: inout ByteQueue)

  /// Takes the answer to the lane's call.
  ///
  /// - Parameters:
  ///   - payload: in place; nil when the call failed.
  ///   - begun: when what the lane does was begun or due, in nanoseconds.
  /// - Returns: what that means for the thing. Does not matter after a failure, which ends it.
  mutating func take(_ lane: Int, _ payload: UnsafeRawBufferPointer?, begun: UInt64) -> WorkloadStep

  /// The load is over.
  func finish()
}

extension Workload {
  func finish() {}
}

/// Where the thing that a lane does is.
enum WorkloadStep {
  /// The lane goes on with its next call.
  case goesOn
  case complete
  /// The answer was none to go on with.
  case failed
}

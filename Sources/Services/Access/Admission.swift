internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
public import RPC
internal import System

// What is asked of every call before anything else: whether the principal has calls left, and whether the role may call
// the method.

extension ServiceDispatcher {
  /// - Parameter clock: tells the time, in nanoseconds of the monotonic clock; asked only where calls are counted.
  func admit(_ caller: Caller, to method: RPCMethod, clock: () -> UInt64) throws(Status) {
    if caller.allowance.countsCalls { try caller.allowance.takeCall(now: clock()) }
    guard MethodRoles.roles(for: method).contains(caller.role) else { throw .roleNotAllowed(caller.role, method) }
  }

  /// Begins a streaming call that is admitted and counted.
  func admitStream(
    _ call: StreamOpening,
    _ open: (Caller) throws(Status) -> any ReplySource
  ) throws(Status) -> any ReplySource {
    let caller = caller(call.caller)
    try admit(caller, to: call.method) { MonotonicClock.now() }
    guard let stream = try caller.allowance.openStream() else { return try open(caller) }
    return CountedSource(try open(caller), counting: stream)
  }
}

/// A streaming call that counts against its principal's limit for as long as it is open.
final class CountedSource: ReplySource {
  private let source: any ReplySource
  private var stream: Allowance.Stream?

  init(_ source: any ReplySource, counting stream: Allowance.Stream) {
    self.source = source
    self.stream = stream
  }

  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    let progress = source.next(into: &payload, now: now)
    switch progress {
    case .end, .answer: stream = nil
    case .message, .idle: break
    }
    return progress
  }

  func cancelled() {
    stream = nil
    source.cancelled()
  }
}

extension Status {
  static let tokenMissing = Status(
    .unauthenticated, .tokenInvalid, "the server asks for a token: none was given (--token or GATEHOUSE_TOKEN)")

  static let tokenUnknown = Status(.unauthenticated, .tokenInvalid, "the token is not known to the server")

  /// What ends the connections of a token that is no longer known.
  public static let tokenRevoked = Status(
    .unauthenticated, .tokenInvalid, "the token is no longer known to the server: it was revoked")

  static func roleNotAllowed(_ role: Role, _ method: RPCMethod) -> Status {
    Status(
      .permissionDenied, .roleNotAllowed, "the role \(role.name) may not call \(method.path)",
      metadata: [("role", role.name), ("method", method.path)])
  }

  static func rateLimited(_ limit: UInt64, waitNanoseconds wait: UInt64) -> Status {
    Status(
      .resourceExhausted, .rateLimited, "the principal makes more than \(limit) calls a second; try again later",
      metadata: [("limit", "\(limit)")], retryAfterMicroseconds: Int64(clamping: (wait + 999) / 1000))
  }

  static func tooManyMismatches(_ limit: UInt64, waitNanoseconds wait: UInt64) -> Status {
    Status(
      .resourceExhausted, .tooManyAttempts,
      "the principal has submitted more than \(limit) wrong signatures within an hour; wait, then go on",
      metadata: [("limit", "\(limit)")], retryAfterMicroseconds: Int64(clamping: (wait + 999) / 1000))
  }

  static func tooManyPrincipalStreams(_ limit: UInt64) -> Status {
    Status(
      .resourceExhausted, .tooManyStreams, "the principal has \(limit) streaming calls open, over all its connections",
      metadata: [("limit", "\(limit)")])
  }
}

internal import GatehouseAPI

// What a connection itself answers, whatever the call is about.
extension Status {
  /// The server is about to stop.
  public static let shuttingDown = Status(
    .unavailable, .shuttingDown, "the server is about to stop; make the call again, on another connection")

  /// A call's deadline has passed.
  public static let deadlineExceeded = Status(
    .deadlineExceeded, .deadlineExceeded, "the call's deadline has passed")

  /// The handler has as many calls as it may have.
  public static let overloaded = Status(
    .resourceExhausted, .overloaded, "the server has more calls than it can answer in time",
    retryAfterMicroseconds: 100_000)

  /// As many connections as are allowed are open.
  public static func tooManyConnections(limit: Int) -> Status {
    Status(
      .resourceExhausted, .overloaded, "\(limit) connections are open, no more are taken",
      retryAfterMicroseconds: 1_000_000)
  }

  /// A handler's answer does not fit into a frame.
  ///
  /// - Parameters:
  ///   - size: of the answer, in bytes.
  ///   - limit: the greatest frame that the client takes.
  public static func answerTooLong(_ size: Int, limit: Int) -> Status {
    Status(
      .resourceExhausted, .internal,
      "the answer has \(size) bytes, more than a frame of \(limit) bytes holds; ask for less at once")
  }

  /// The peer kept the server waiting for too long.
  ///
  /// - Parameter what: what did not come.
  public static func tooSlow(_ what: String) -> Status {
    Status(.deadlineExceeded, .deadlineExceeded, what)
  }
}

internal import RPC
internal import System

/// The server that is asked.
struct LoadTarget: Sendable {
  let address: SocketAddress
  /// The first frame of each connection.
  let hello: [UInt8]

  /// - Parameter token: who is asking, where the server wants to know.
  init(address: SocketAddress, token: String?) {
    self.address = address
    var queue = ByteQueue()
    queue.appendHello(agent: "gatehouse-bench/\(Subcommand.version)", authorization: token.map { "Bearer \($0)" } ?? "")
    hello = queue.withUnsafeBytes { [UInt8]($0) }
  }

  /// The address of a host and port, by the system's resolver where it is a name.
  static func resolve(_ address: HostPort) throws(CommandFailure) -> SocketAddress {
    do {
      // There is one at least, or it throws.
      return try SocketAddress.resolve(address.description)[0]
    } catch {
      throw CommandFailure(.failure, "\(address) cannot be found: \(error)")
    }
  }

  func unreachable(_ error: SystemError) -> CommandFailure {
    CommandFailure(.failure, "\(address) cannot be reached: \(error)")
  }

  /// The server did what ends the load.
  func strange(_ what: String) -> CommandFailure {
    CommandFailure(.failure, "the server at \(address) \(what)")
  }

  /// The server has said that it takes no more calls.
  func gone(_ status: Status) -> CommandFailure {
    var failure = CommandFailure(refused: status)
    failure.details.append("The server at \(address) takes no more calls on this connection.")
    return failure
  }
}

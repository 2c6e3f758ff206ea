internal import RPC
internal import Synchronization
internal import System

/// Waits for a connection and for nothing else; for one round over the addresses.
final class ConnectCall: WaitingCall {
  private typealias Completion = @Sendable (Result<ServerHello, GatehouseError>) -> Void

  let deadline = UInt64.max
  let isHasty = true
  let lastFailure: GatehouseError? = nil
  private let completion: Mutex<Completion?>

  /// - Parameter completion: called once, on any thread.
  init(_ completion: @escaping @Sendable (Result<ServerHello, GatehouseError>) -> Void) {
    self.completion = Mutex(completion)
  }

  var isOver: Bool { completion.withLock { $0 == nil } }

  func begin(on link: ClientLink) -> Bool {
    guard let server = link.server else { return false }
    finish(.success(server))
    return true
  }

  func giveUp(_ failure: GatehouseError) { finish(.failure(failure)) }

  private func finish(_ result: Result<ServerHello, GatehouseError>) {
    let completion = completion.withLock { completion in
      defer { completion = nil }
      return completion
    }
    completion?(result)
  }
}

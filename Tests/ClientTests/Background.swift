internal import System

/// Something that a thread of its own does. Tests that wait for it do not wait for the pool of Swift's tasks, on all of
/// whose threads other tests may be waiting.
final class Background<Value: Sendable>: Sendable {
  private let outcome = Monitor<Result<Value, any Error>?>(nil)

  init(_ body: sending @escaping () throws -> Value) throws {
    let outcome = outcome
    let thread = try Thread(name: "test") {
      let result = Result { try body() }
      outcome.withLock { $0 = result }
      outcome.broadcast()
    }
    thread.detach()
  }

  func value() throws -> Value { try outcome.wait { $0 }.get() }
}

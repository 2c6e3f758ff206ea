internal import Client
internal import Foundation
internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Synchronization

/// Executes commands, each in a task of its own.
final class Runner: Sendable {
  typealias Answer = [String: any Sendable]

  private struct State {
    var client: GatehouseClient?
    var tasks: [Int: Task<Void, Never>] = [:]
    var permits: [String: Permits] = [:]
  }

  private let state = Mutex(State())
  private let output = Mutex(FileHandle.standardOutput)

  func execute(_ command: Command) {
    switch command.op {
    case "open":
      let client = GatehouseClient(command.addresses ?? [], command.settings)
      state.withLock { $0.client = client }
    case "cancel": state.withLock { $0.tasks[command.target ?? 0] }?.cancel()
    case "permit": permits(command.watch ?? "").add(command.count ?? 0)
    default:
      // The task may be done before it is noted; then it is noted as one that is done.
      let task = Task { await self.answer(command) }
      state.withLock { $0.tasks[command.id] = task }
    }
  }

  func close() { state.withLock { $0.client }?.close() }

  /// Commands that need it come behind the one that makes it.
  var client: GatehouseClient {
    guard let client = state.withLock({ $0.client }) else { preconditionFailure("no client was opened") }
    return client
  }

  private func permits(_ watch: String) -> Permits {
    state.withLock { state in
      let permits = state.permits[watch] ?? Permits()
      state.permits[watch] = permits
      return permits
    }
  }

  // MARK: What goes out

  func say(_ said: Answer) {
    guard let line = try? JSONSerialization.data(withJSONObject: said) else {
      preconditionFailure("an answer is no JSON")
    }
    output.withLock { $0.write(line + Data("\n".utf8)) }
  }

  private func answer(_ command: Command) async {
    var said: Answer
    do {
      switch command.op {
      case "call": said = ["response": Hexadecimal.text(try await call(command))]
      case "stream": said = ["messages": try await stream(command)]
      case "watch": said = try await watch(command)
      case "follow": said = try await follow(command)
      case "vectors": said = try Vectors.check(command.file ?? "")
      case "bench": said = try await Bench.calls(command, client)
      case "floor": said = try Bench.floor(command)
      default: preconditionFailure("there is no operation \(command.op)")
      }
    } catch let error as GatehouseError {
      said = ["error": Self.describe(error)]
    } catch {
      preconditionFailure("\(error)")
    }
    said["id"] = command.id
    say(said)
  }

  private static func describe(_ error: GatehouseError) -> Answer {
    let retryAfter = error.retryAfter.map {
      $0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000
    }
    return [
      "code": error.code.name, "reason": error.reason, "metadata": error.metadata, "message": error.message,
      "fields": error.fields.map { [$0.field, $0.description] },
      "retry_after_ms": retryAfter.map { $0 as any Sendable } ?? NSNull(),
    ]
  }

  // MARK: What comes in

  private func call(_ command: Command) async throws(GatehouseError) -> [UInt8] {
    let method = command.rpcMethod
    return try await client.call(method, Hexadecimal.bytes(command.request ?? ""), timeout: command.timeout)
  }

  /// Takes some messages of a stream, then lets go of it.
  private func stream(_ command: Command) async throws(GatehouseError) -> [String] {
    func take<Request: NamedMessage, Response: NamedMessage>(
      _: Request.Type, _: Response.Type
    ) async throws(GatehouseError) -> [String] {
      guard let request = try? Request(decoding: Hexadecimal.bytes(command.request ?? "")) else { return [] }
      var messages = client.stream(command.rpcMethod, request, returning: Response.self, timeout: command.timeout)
        .makeAsyncIterator()
      var texts: [String] = []
      while texts.count < command.take ?? 0, let message = try await messages.next() {
        texts.append(Hexadecimal.text(message.encoded()))
      }
      return texts
    }
    return try await take(command.rpcMethod.requestType, command.rpcMethod.responseType)
  }

  private func watch(_ command: Command) async throws(GatehouseError) -> Answer {
    guard let request = try? GatehouseV1.WatchRequest(decoding: Hexadecimal.bytes(command.request ?? "")) else {
      preconditionFailure("the request is none")
    }
    let name = command.watch ?? ""
    let watch = client.watch(
      request, onHistoryLost: command.snapshotOnHistoryLost == true ? .snapshot : .end, credit: command.credit)
    var changes = watch.makeAsyncIterator()
    while true {
      if command.isSlow == true { await permits(name).take() }
      // In Swift a sequence ends where its task is cancelled; the suite's word for that is CANCELLED.
      guard let change = try await changes.next() else { return ["error": ["code": StatusCode.cancelled.name]] }
      say(Self.describe(change).merging(["watch": name, "behind_by": watch.behindBy, "position": watch.said]) { $1 })
    }
  }

  /// Says each message of a stream that resumes.
  private func follow(_ command: Command) async throws(GatehouseError) -> Answer {
    func follow<Request: NamedMessage, Response: NamedMessage>(
      _: Request.Type, _: Response.Type
    ) async throws(GatehouseError) {
      guard let request = try? Request(decoding: Hexadecimal.bytes(command.request ?? "")) else {
        preconditionFailure("the request is none")
      }
      let messages = client.stream(command.rpcMethod, request, returning: Response.self).resuming()
      for try await message in messages {
        say(["watch": command.watch ?? "", "message": Hexadecimal.text(message.encoded())])
      }
    }
    try await follow(command.rpcMethod.requestType, command.rpcMethod.responseType)
    return ["error": ["code": StatusCode.cancelled.name]]
  }

  private static func describe(_ change: WatchChange) -> Answer {
    switch change {
    case .snapshotBegun(let reason): ["snapshot_begun": reason]
    case .current(let customer): ["current": Hexadecimal.text(customer.encoded())]
    case .snapshotComplete(let revision, let customers): ["snapshot_complete": [revision, customers]]
    case .event(let event): ["event": Hexadecimal.text(event.encoded())]
    case .progress(let revision): ["progress": revision]
    }
  }
}

extension Watch {
  fileprivate var said: any Sendable { position.map { $0 as any Sendable } ?? NSNull() }
}

extension Command {
  var rpcMethod: RPCMethod {
    guard let method = RPCMethod.allCases.first(where: { $0.path == self.method }) else {
      preconditionFailure("there is no method \(self.method ?? "")")
    }
    return method
  }
}

extension GatehouseClient {
  /// A call with the bytes of a request, of whatever type the method has.
  func call(_ method: RPCMethod, _ request: [UInt8], timeout: Duration?) async throws(GatehouseError) -> [UInt8] {
    func call<Request: NamedMessage, Response: NamedMessage>(
      _: Request.Type, _: Response.Type
    ) async throws(GatehouseError) -> [UInt8] {
      guard let request = try? Request(decoding: request) else { preconditionFailure("the request is none") }
      return try await self.call(method, request, returning: Response.self, timeout: timeout).encoded()
    }
    return try await call(method.requestType, method.responseType)
  }
}

/// How much a slow reader may read.
final class Permits: Sendable {
  private struct State {
    var count = 0
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())

  func add(_ count: Int) {
    let waiter = state.withLock { state in
      state.count += count
      guard state.count > 0, let waiter = state.waiter else { return nil as CheckedContinuation<Void, Never>? }
      state.count -= 1
      state.waiter = nil
      return waiter
    }
    waiter?.resume()
  }

  func take() async {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard state.count > 0 else {
          state.waiter = continuation
          return false
        }
        state.count -= 1
        return true
      }
      if isFree { continuation.resume() }
    }
  }
}

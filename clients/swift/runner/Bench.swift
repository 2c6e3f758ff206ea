internal import Client
internal import Foundation
internal import GatehouseAPI
internal import Glibc
internal import ProtobufWire
internal import RPC
internal import Synchronization

/// What a call costs: with the client, and with a socket alone.
enum Bench {
  /// Makes one call again and again, so many at once.
  static func calls(_ command: Command, _ client: GatehouseClient) async throws(GatehouseError) -> Runner.Answer {
    func calls<Request: NamedMessage, Response: NamedMessage>(
      _: Request.Type, _: Response.Type
    ) async throws(GatehouseError) -> Runner.Answer {
      guard let request = try? Request(decoding: Hexadecimal.bytes(command.request ?? "")) else {
        preconditionFailure("the request is none")
      }
      let method = command.rpcMethod
      _ = try await client.call(method, request, returning: Response.self)
      let countdown = Countdown(command.count ?? 0)
      let clock = Stopwatch()
      await withTaskGroup { group in
        for _ in 0..<(command.inFlight ?? 1) {
          group.addTask {
            while countdown.takes() {
              do {
                _ = try await client.call(method, request, returning: Response.self)
              } catch {
                preconditionFailure("\(error)")
              }
            }
          }
        }
      }
      return clock.answer
    }
    return try await calls(command.rpcMethod.requestType, command.rpcMethod.responseType)
  }

  /// What the same costs with a socket alone: frames that are ready, answers that nobody looks into.
  static func floor(_ command: Command) throws -> Runner.Answer {
    let data = [UInt8](try Data(contentsOf: URL(filePath: command.file ?? "")))
    let count = command.count ?? 0
    let clock = Stopwatch()
    let socket = connect(command.address ?? "")
    defer { Glibc.close(socket) }
    var sent = 0
    func send(_ frames: Int) {
      var end = sent
      for _ in 0..<frames where end < data.count { end += 4 + length(data[end...]) }
      while sent < end {
        sent += data.withUnsafeBytes { max(Glibc.send(socket, $0.baseAddress! + sent, end - sent, 0), 0) }
      }
    }
    // A hello goes before the calls, and comes before the answers.
    send(1 + (command.inFlight ?? 1))
    var input: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 64 << 10)
    var isGreeted = false
    var answers = 0
    while answers < count {
      let received = recv(socket, &room, room.count, 0)
      precondition(received > 0, "the server has gone")
      input += room[..<received]
      var start = 0
      var came = 0
      while start + 4 <= input.count, start + 4 + length(input[start...]) <= input.count {
        start += 4 + length(input[start...])
        came += 1
      }
      input.removeFirst(start)
      if came > 0, !isGreeted { (isGreeted, came) = (true, came - 1) }
      answers += came
      send(came)
    }
    return clock.answer
  }

  private static func length(_ frame: ArraySlice<UInt8>) -> Int {
    frame.prefix(4).reduce(0) { $0 << 8 | Int($1) }
  }

  private static func connect(_ address: String) -> Int32 {
    let parts = address.split(separator: ":")
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = (UInt16(parts[1]) ?? 0).bigEndian
    inet_pton(AF_INET, String(parts[0]), &name.sin_addr)
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let code = withUnsafePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    precondition(code == 0, "cannot connect to \(address)")
    var yes: Int32 = 1
    setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    return number
  }
}

/// What is left to be done, for several tasks.
private final class Countdown: Sendable {
  private let left: Atomic<Int>

  init(_ count: Int) {
    left = Atomic(count)
  }

  func takes() -> Bool { left.subtract(1, ordering: .relaxed).oldValue > 0 }
}

/// Time that passes, and time that the process computes.
private struct Stopwatch {
  private let began = ContinuousClock.now
  private let used = Self.cpuSeconds()

  var answer: Runner.Answer {
    let passed = (ContinuousClock.now - began).components
    let seconds = Double(passed.seconds) + Double(passed.attoseconds) / 1e18
    return ["seconds": seconds, "cpu_seconds": Self.cpuSeconds() - used]
  }

  private static func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
  }
}

internal import GatehouseAPI
internal import RPC
internal import System

/// The server that is measured: one of this command's own, of which everything can be told, or another one.
final class BenchSubject {
  /// What server and client have taken so far; the difference of two tells what they took between.
  struct Usage: Equatable, Sendable {
    /// Processor time in microseconds; nil for a server of which the process is not known.
    var serverProcessor: Int64?
    var clientProcessor: Int64 = 0
    /// Bytes of log; nil for a server that does not tell.
    var logBytes: Int64?
    /// Not a difference: how many bytes are resident now.
    var residentBytes: Int64?

    static func - (after: Usage, before: Usage) -> Usage {
      func difference(_ field: (Usage) -> Int64?) -> Int64? {
        guard let after = field(after), let before = field(before) else { return nil }
        return after - before
      }
      return Usage(
        serverProcessor: difference(\.serverProcessor), clientProcessor: after.clientProcessor - before.clientProcessor,
        logBytes: difference(\.logBytes), residentBytes: after.residentBytes)
    }
  }

  /// How long the server may take to tell how it is, in microseconds.
  private static let patience: Int64 = 10_000_000

  /// What it tells of its log later than this, in nanoseconds, is not of the moment at which it was asked.
  private static let promptness: UInt64 = 50_000_000

  /// How long a server is looked at to see whether it does something, in microseconds.
  private static let settlingStep: Int64 = 100_000
  /// It does nothing when it takes less than this part of a processor: its scrubber takes a fiftieth.
  private static let settledShare: Int64 = 10
  /// Twenty seconds.
  private static let mostSettlingSteps = 200

  let target: LoadTarget
  let address: HostPort
  let token: String?
  /// Where a server of our own keeps its data.
  let directory: String?
  private let server: ServerChild?
  /// The process of the server, where it is known: of our own, or of another one on this machine that may be looked at.
  private let process: Int32?
  private let session: ServerSession
  /// Whether the server tells how it is: it does so for the platform only.
  private var tells = true

  init(address: HostPort, token: String?, server: ServerChild?, directory: String?) throws(CommandFailure) {
    self.address = address
    self.token = token
    self.server = server
    self.directory = directory
    let resolved = try LoadTarget.resolve(address)
    target = LoadTarget(address: resolved, token: token)
    process = server?.processIdentifier ?? (resolved.isLoopback ? ListeningProcess.find(port: resolved.port) : nil)
    session = ServerSession(address: address, token: token, timeout: Self.patience)
  }

  var isOwn: Bool { server != nil }
  /// Whether it runs on this machine.
  var isHere: Bool { target.address.isLoopback }

  func usage() -> Usage {
    var usage = Usage()
    // Before the server is asked, which in an overload answers when that is over.
    if let process { usage.serverProcessor = ProcessUsage.processorTime(of: process) }
    usage.clientProcessor = ResourceUsage.processorTime()
    let asked = MonotonicClock.now()
    let status = status()
    let isPrompt = MonotonicClock.now() &- asked <= Self.promptness
    usage.logBytes = isPrompt ? status?.log.map { Int64(clamping: $0.bytes) } : nil
    usage.residentBytes =
      process.flatMap { ProcessUsage.residentBytes(of: $0) }.map(Int64.init)
      ?? status.map { Int64(clamping: $0.residentBytes) }
    return usage
  }

  /// Waits until a server of our own does nothing by itself any more: after many writes it takes a snapshot for a
  /// while, with a processor that the next measurement would miss. It waits no longer than a snapshot may take.
  func settle() {
    guard let server else { return }
    var before = ProcessUsage.processorTime(of: server.processIdentifier)
    for _ in 0..<Self.mostSettlingSteps {
      MonotonicClock.wait(microseconds: Self.settlingStep)
      let now = ProcessUsage.processorTime(of: server.processIdentifier)
      guard let start = before, let end = now, end - start > Self.settlingStep / Self.settledShare else { return }
      before = now
    }
  }

  private func status() -> GatehouseV1.GetStatusResponse? {
    guard tells else { return nil }
    let answer: GatehouseV1.GetStatusResponse?
    do {
      answer = try session.call(.adminServiceGetStatus, GatehouseV1.GetStatusRequest())
    } catch {
      answer = nil
      tells = false
    }
    return answer
  }

  /// The last lines that a server of our own logged.
  func log() -> [String] { server?.log() ?? [] }
}

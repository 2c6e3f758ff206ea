internal import GatehouseAPI
internal import Testing

@testable import RPC

/// Random frames, sensible and not, against a plain model of what must hold.
struct ServerConnectionPropertyTests {
  /// What a client may conclude from what it was sent.
  private struct Observer {
    var statuses: [UInt32: Int] = [:]
    var granted: [UInt32: UInt64] = [:]
    var sent: [UInt32: UInt64] = [:]

    mutating func status(_ stream: UInt32) {
      statuses[stream, default: 0] += 1
      #expect(statuses[stream] == 1, "stream \(stream) has got a second status")
    }

    mutating func message(_ stream: UInt32) {
      sent[stream, default: 0] += 1
      #expect(statuses[stream] == nil, "a message behind the status of stream \(stream)")
      #expect(sent[stream]! <= granted[stream]!, "stream \(stream) has sent more than was granted")
    }
  }

  @Test(arguments: 0..<40) func invariantsHold(seed: UInt64) {
    var random = Seeded(seed)
    var limits = ServerLimits()
    limits.maxStreams = Int.random(in: 1...20, using: &random)
    limits.maxReplyStreams = Int.random(in: 1...8, using: &random)
    limits.maxPings = .max
    var connection = ServerConnection(limits: limits)
    _ = connection.receive(FrameSamples.hello())
    connection.admit(CallerID(rawValue: 1))

    var observer = Observer()
    var handling: [UInt32] = []
    var pulling: [Int: UInt32] = [:]
    var called: [UInt32] = []
    var next: UInt32 = 1
    for step in 0..<3_000 {
      if step == 2_500, Bool.random(using: &random) { connection.drain() }
      let known = called.randomElement(using: &random) ?? 1
      let frame: GatehouseRpcV1.Frame
      switch Int.random(in: 0..<10, using: &random) {
      case 0...3:
        next += UInt32.random(in: 1...3, using: &random)
        let credit = [UInt32(0), 1, 3, .max].randomElement(using: &random)!
        frame = Bool.random(using: &random) ? FrameSamples.call(next) : FrameSamples.watch(next, credit: credit)
        observer.granted[next] = credit == 0 ? 64 : UInt64(credit)
        called.append(next)
      case 4: frame = called.isEmpty ? FrameSamples.ping(1) : FrameSamples.cancel(known)
      case 5:
        let messages = [UInt32(0), 1, 5, .max].randomElement(using: &random)!
        frame = called.isEmpty ? FrameSamples.ping(1) : FrameSamples.credit(known, messages)
        if !called.isEmpty { observer.granted[known]! += UInt64(messages) }
      case 6:
        frame = FrameSamples.ping(UInt64(step))
      case 7:
        // The handler answers one.
        guard let index = handling.indices.randomElement(using: &random) else { continue }
        let stream = handling.remove(at: index)
        if connection.finishCall(stream) { observer.status(stream) }
        continue
      default:
        // The loop pulls one.
        guard let (slot, stream) = pulling.randomElement(using: &random) else { continue }
        if Int.random(in: 0..<20, using: &random) == 0 {
          connection.endStream(slot)
          pulling[slot] = nil
          observer.status(stream)
        } else if connection.credit(of: slot) > 0 {
          connection.spendCredit(slot)
          observer.message(stream)
        }
        continue
      }
      switch connection.receive(frame, now: UInt64(step)) {
      case .submit(let header):
        handling.append(header.stream)
      case .open(let header, let slot):
        #expect(pulling[slot] == nil, "a slot is given twice")
        pulling[slot] = header.stream
      case .refuse(let stream, _):
        observer.status(stream)
      case .cancel(let stream, let slot):
        #expect(pulling.removeValue(forKey: slot) == stream)
        observer.status(stream)
      case .resume(let slot):
        #expect(pulling[slot] != nil)
      case .ignore, .pong: break
      case .authenticate, .close: Issue.record("nothing here breaks the protocol: \(frame)")
      }
      #expect(connection.openCount <= limits.maxStreams)
      #expect(connection.openStreamCount <= limits.maxReplyStreams)
      #expect(connection.openCount == handling.count + pulling.count)
    }
    for stream in handling where connection.finishCall(stream) { observer.status(stream) }
    for (slot, stream) in pulling {
      connection.endStream(slot)
      observer.status(stream)
    }
    #expect(connection.openCount == 0)
    #expect(called.allSatisfy { observer.statuses[$0] == 1 }, "a stream got no status")
  }

  /// Anything at all: nothing traps, and nothing counts behind the end.
  @Test(arguments: 0..<40) func anyFramesAreTaken(seed: UInt64) {
    var random = Seeded(seed + 1000)
    var connection = ServerConnection(limits: ServerLimits())
    if Bool.random(using: &random) {
      _ = connection.receive(FrameSamples.hello())
      connection.admit(CallerID(rawValue: 1))
    }
    var isClosed = false
    for step in 0..<500 {
      var frame = FrameSamples.all.randomElement(using: &random)!
      if Bool.random(using: &random) { frame.stream = UInt32.random(in: 0...10, using: &random) }
      let action = connection.receive(frame, now: UInt64.random(in: 0...(.max), using: &random))
      if isClosed { #expect(action == .ignore) }
      switch action {
      case .authenticate: connection.admit(CallerID(rawValue: UInt32(step)))
      case .close: isClosed = true
      default: break
      }
    }
  }
}

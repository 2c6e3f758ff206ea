internal import GatehouseAPI
internal import ProtobufWire
internal import Testing

@testable import RPC

struct FrameViewTests {
  /// What the view says must be what the generated type says: accepted or refused, and every field.
  private func disagreement(on bytes: [UInt8]) -> String? {
    let generated = Result { () throws(WireError) in try GatehouseRpcV1.Frame(decoding: bytes) }
    return bytes.withUnsafeBytes { buffer in
      let viewed = Result { () throws(WireError) in try FrameView(buffer) }
      switch (generated, viewed) {
      case (.failure, .failure): return nil
      case (.success, .failure(let error)): return "refused (\(error)) what the generated type accepts"
      case (.failure(let error), .success): return "accepted what the generated type refuses (\(error))"
      case (.success(let frame), .success(let view)): return difference(frame, view)
      }
    }
  }

  private func difference(_ frame: GatehouseRpcV1.Frame, _ view: FrameView) -> String? {
    if frame.stream != view.stream { return "stream" }
    let payload = [UInt8](view.payload)
    switch frame.kind {
    case nil: return view.kind == .none ? nil : "kind"
    case .hello: return view.kind == .hello ? nil : "kind"
    case .goAway: return view.kind == .goAway ? nil : "kind"
    case .cancel: return view.kind == .cancel ? nil : "kind"
    case .credit(let credit): return view.kind == .credit && view.credit == credit.messages ? nil : "credit"
    case .ping(let ping): return view.kind == .ping && view.nonce == ping.nonce ? nil : "ping"
    case .pong(let pong): return view.kind == .pong && view.nonce == pong.nonce ? nil : "pong"
    case .call(let call):
      let path = String(decoding: view.methodPath, as: UTF8.self)
      let isSame =
        view.kind == .call && path == call.method && view.method?.path == (view.method == nil ? nil : call.method)
        && payload == call.payload && view.timeoutMicroseconds == call.timeoutUs && view.credit == call.credit
      return isSame ? nil : "call"
    case .reply(let reply):
      let isSame = view.kind == .reply && payload == reply.payload && view.hasStatus == (reply.status != nil)
      // A status that says something on the wire may still say only what is the default.
      let content = view.hasStatusContent || reply.status == nil || reply.status == GatehouseRpcV1.Status()
      return isSame && content ? nil : "reply"
    }
  }

  @Test func agreesWithTheGeneratedTypeOnGoodFrames() {
    for frame in FrameSamples.all { #expect(disagreement(on: frame.encoded()) == nil) }
  }

  /// Ends of varints, tags of our fields and of groups, wire types that do not exist, bytes that are not UTF-8.
  private let telling: [UInt8] =
    Array(0...18) + [
      0x1A, 0x1B, 0x1C, 0x20, 0x22, 0x2A, 0x32, 0x3A, 0x42, 0x4A, 0x4B, 0x7B, 0x7F, 0x80, 0x81, 0xC3, 0xFF,
    ]

  @Test func agreesOnEveryPrefixAndEverySingleByteChange() {
    for frame in FrameSamples.all {
      let bytes = frame.encoded()
      for count in bytes.indices { #expect(disagreement(on: Array(bytes[..<count])) == nil) }
      for index in bytes.indices {
        for value in telling {
          var changed = bytes
          changed[index] = value
          if let what = disagreement(on: changed) { Issue.record("\(what): \(changed)") }
        }
      }
    }
  }

  /// Kinds that follow each other in one frame replace or merge with each other.
  @Test func agreesOnFramesPutTogether() {
    for first in FrameSamples.all {
      for second in FrameSamples.all {
        for third in FrameSamples.all {
          let bytes = first.encoded() + second.encoded() + third.encoded()
          if let what = disagreement(on: bytes) { Issue.record("\(what): \(bytes)") }
        }
      }
    }
  }

  @Test func agreesOnMutatedFrames() {
    var random = Seeded(1)
    let samples = FrameSamples.all.map { $0.encoded() }
    for _ in 0..<10_000 {
      var bytes = samples[Int.random(in: 0..<samples.count, using: &random)]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where index < bytes.count: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1 where index < bytes.count: bytes.remove(at: index)
        case 2: bytes.insert(contentsOf: samples[Int.random(in: 0..<samples.count, using: &random)], at: index)
        default: bytes.insert([0x0B, 0x0C, 0x80, 0xFF, 0x1A][Int.random(in: 0..<5, using: &random)], at: index)
        }
      }
      if let what = disagreement(on: bytes) { Issue.record("\(what): \(bytes)") }
    }
  }

  @Test func groupsAreSkippedToTheSameDepth() {
    for depth in [1, 98, 99, 100, 101, 102] {
      let groups = [UInt8](repeating: 0x7B, count: depth) + [UInt8](repeating: 0x7C, count: depth)
      #expect(disagreement(on: groups) == nil)
      // Within a call, which is one level itself.
      let length = [UInt8(groups.count & 0x7F | 0x80), UInt8(groups.count >> 7)]
      #expect(disagreement(on: [0x1A] + length + groups) == nil)
    }
  }
}

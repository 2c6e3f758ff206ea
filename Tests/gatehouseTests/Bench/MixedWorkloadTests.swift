internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Testing

@testable import gatehouse

@Suite struct MixedWorkloadTests {
  @Test func sharesAreRead() throws {
    let shares = try ValueForm<CallShares>.shares.parse("create=1,get=3")
    #expect(shares.total == 4)
    #expect((0..<4).map { shares.kind($0) } == [.get, .get, .get, .create])
    #expect(shares.text == "get=3,create=1")
    #expect(try ValueForm<CallShares>.shares.parse(shares.text) == shares)
  }

  @Test(arguments: ["", "get", "get=", "get=-1", "put=1", "get=1,get=2", "get=0", "get=1,", "get=1000001"])
  func otherSharesAreRefused(_ text: String) {
    #expect(throws: ValueProblem.self) { try ValueForm<CallShares>.shares.parse(text) }
  }

  @Test func identifiersLieSideBySide() {
    var known = KnownIdentifiers(count: 3)
    Array("0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee".utf8).withUnsafeBytes { known.set(1, $0) }
    Array("short".utf8).withUnsafeBytes { known.set(2, $0) }
    var texts: [String] = []
    for number in 0..<3 { known.withIdentifier(number) { texts.append(String(decoding: $0, as: UTF8.self)) } }
    #expect(texts[1] == "0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee")
    #expect(texts[0] == texts[2])
  }

  // MARK: Customers who are deactivated and activated

  private static func identifiers(_ count: Int) -> KnownIdentifiers {
    var known = KnownIdentifiers(count: count)
    for number in 0..<count {
      Array("0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeee\(number)".utf8).withUnsafeBytes { known.set(number, $0) }
    }
    return known
  }

  private static func workload(_ active: ActiveCustomers, _ shares: String) throws -> MixedWorkload {
    MixedWorkload(
      CustomerNumber(seed: 1), identifiers(1), active, shares: try ValueForm<CallShares>.shares.parse(shares),
      lanes: 8, first: 0, thread: 0, threads: 1)
  }

  /// The method of the next call of a lane, without its service, and the customer that it names.
  private static func call(_ workload: inout MixedWorkload, _ lane: Int) throws -> String {
    var queue = ByteQueue()
    workload.appendCall(lane, stream: 1, to: &queue)
    let frame = try queue.withUnsafeBytes { bytes in
      try GatehouseRpcV1.Frame(decoding: UnsafeRawBufferPointer(rebasing: bytes[FrameDecoder.prefixBytes...]))
    }
    guard case .call(let call) = frame.kind else { return "" }
    return String(call.method.split(separator: "/")[1])
  }

  private static func answer(_ workload: inout MixedWorkload, _ lane: Int, succeeding: Bool) {
    [UInt8](repeating: 0, count: 1).withUnsafeBytes { bytes in
      _ = workload.take(lane, succeeding ? bytes : nil, begun: 0)
    }
  }

  @Test func eachChangeIsOneOfState() throws {
    let active = ActiveCustomers()
    active.enter(Self.identifiers(2))
    var workload = try Self.workload(active, "deactivate=1")
    #expect(try Self.call(&workload, 0) == "Deactivate")
    #expect(try Self.call(&workload, 1) == "Deactivate")
    // All are being changed.
    #expect(try Self.call(&workload, 2) == "GetCustomer")
    Self.answer(&workload, 2, succeeding: true)
    // One is deactivated, and the other one not.
    Self.answer(&workload, 0, succeeding: true)
    Self.answer(&workload, 1, succeeding: false)
    #expect(try Self.call(&workload, 0) == "Deactivate")
    // Only one is left, who is INACTIVE.
    #expect(try Self.call(&workload, 1) == "Activate")
    Self.answer(&workload, 0, succeeding: true)
    Self.answer(&workload, 1, succeeding: true)
    workload.finish()
    let share = active.take(0, of: 1)
    #expect(share.active.count == 1)
    #expect(share.inactive.count == 1)
    #expect(Set(share.active + share.inactive) == [0, 1])
  }

  @Test func whatIsUnderWayAtTheEndMayBeActivated() throws {
    let active = ActiveCustomers()
    active.enter(Self.identifiers(3))
    var workload = try Self.workload(active, "deactivate=1")
    #expect(try Self.call(&workload, 5) == "Deactivate")
    workload.finish()
    let share = active.take(0, of: 1)
    #expect(share.inactive.count == 1)
    #expect(share.active.count == 2)
  }

  @Test func threadsShareTheCustomers() {
    let active = ActiveCustomers()
    active.enter(Self.identifiers(7))
    let shares = (0..<3).map { active.take($0, of: 3).active }
    #expect(shares.flatMap(\.self).sorted() == Array(0..<7))
    #expect(shares.map(\.count) == [3, 2, 2])
    #expect(active.take(0, of: 1).active.isEmpty)
  }

  @Test func onlyChangesNeedActiveCustomers() throws {
    #expect(CallShares.usual.changeActive)
    #expect(try !ValueForm<CallShares>.shares.parse("get=1,create=2,history=1,challenge=1").changeActive)
    #expect(try ValueForm<CallShares>.shares.parse("activate=1").changeActive)
    #expect(try ValueForm<CallShares>.shares.parse(CallShares.usual.text) == .usual)
  }
}

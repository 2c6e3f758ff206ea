internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Synchronization

/// Ids of customers by number, side by side.
struct KnownIdentifiers: Sendable {
  static let bytes = 36

  private var memory: [UInt8]
  let count: Int

  init(count: Int) {
    self.count = count
    memory = [UInt8](repeating: UInt8(ascii: "0"), count: count * Self.bytes)
  }

  mutating func set(_ number: Int, _ identifier: UnsafeRawBufferPointer) {
    guard identifier.count == Self.bytes else { return }
    let start = number * Self.bytes
    memory.replaceSubrange(start..<(start + Self.bytes), with: identifier)
  }

  @inline(__always)  // the closures of the callers are to be seen through
  func withIdentifier(_ number: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
    memory.withUnsafeBytes { bytes in
      body(UnsafeRawBufferPointer(rebasing: bytes[(number * Self.bytes)..<((number + 1) * Self.bytes)]))
    }
  }
}

/// Takes customers in, from number 0 on, and remembers their ids.
struct PopulationWorkload: Workload {
  /// Where the ids go when the load is over.
  final class Register: Sendable {
    private let identifiers = Mutex(KnownIdentifiers(count: 0))

    var known: KnownIdentifiers { identifiers.withLock(\.self) }

    func enter(_ known: KnownIdentifiers) {
      identifiers.withLock { $0 = known }
    }
  }

  private var creation: CreateWorkload
  private var identifiers: KnownIdentifiers
  private var next = 0
  /// Which customer each lane asks for.
  private var numbers: [Int]
  private let register: Register

  init(_ customers: CustomerNumber, count: Int, lanes: Int, register: Register) {
    creation = CreateWorkload(customers, first: 0, stride: 1)
    identifiers = KnownIdentifiers(count: count)
    numbers = [Int](repeating: 0, count: lanes)
    self.register = register
  }

  mutating func appendCall(_ lane: Int, stream: UInt32, to queue: inout ByteQueue) {
    numbers[lane] = next
    next += 1
    creation.appendCall(lane, stream: stream, to: &queue)
  }

  mutating func take(_ lane: Int, _ payload: UnsafeRawBufferPointer?, begun _: UInt64) -> WorkloadStep {
    guard let payload, numbers[lane] < identifiers.count, let identifier = try? Self.identifier(payload) else {
      return .failed
    }
    identifiers.set(numbers[lane], identifier)
    return .complete
  }

  func finish() {
    register.enter(identifiers)
  }

  private static func identifier(_ payload: UnsafeRawBufferPointer) throws(WireError) -> UnsafeRawBufferPointer {
    try payload.field(GatehouseV1.CreateCustomerResponse.Field.customer).field(GatehouseV1.Customer.Field.id)
  }
}

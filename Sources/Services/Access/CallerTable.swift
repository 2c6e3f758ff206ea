internal import GatehouseAPI
internal import Lifecycle
internal import RPC

/// The callers by their numbers. A place is filled once, before anybody is told its number, and never changes: so each
/// call finds who made it without a lock.
///
/// Bounded: a number is not used again while the process lives, for a call on its way may still name it.
final class CallerTable: @unchecked Sendable {  // see above
  /// Tokens that a process may come to know, one reading of the file after the other. Untouched memory is none.
  static let capacity = 1 << 16

  private struct Entry {
    /// The methods, each a bit by its number, that the caller may call without anything being counted.
    let free: UInt64
    let caller: Caller
  }

  private let entries = UnsafeMutablePointer<Entry>.allocate(capacity: CallerTable.capacity)
  private var count = 0

  deinit {
    entries.deinitialize(count: count)
    entries.deallocate()
  }

  /// How many more callers there is room for. Of one thread at a time, with ``append(_:)``.
  var room: Int { Self.capacity - count }

  /// Gives a caller a number. Precondition: there is room.
  func append(_ caller: Caller) -> CallerID {
    precondition(room > 0)
    (entries + count).initialize(to: Entry(free: Self.free(caller), caller: caller))
    count += 1
    return CallerID(rawValue: UInt32(count - 1))
  }

  private static func free(_ caller: Caller) -> UInt64 {
    precondition(RPCMethod.allCases.count <= UInt64.bitWidth)
    if caller.allowance.countsCalls { return 0 }
    return RPCMethod.allCases.reduce(0) { bits, method in
      MethodRoles.roles(for: method).contains(caller.role) ? bits | 1 << UInt64(method.rawValue) : bits
    }
  }

  /// The caller of a number that ``append(_:)`` has given.
  @inline(__always)
  subscript(id: CallerID) -> Caller { entries[Int(id.rawValue)].caller }

  /// Whether the caller may call the method and nothing need be counted: all that most calls have to be asked, and so
  /// no more than a bit is looked at.
  @inline(__always)
  func admits(_ id: CallerID, to method: RPCMethod) -> Bool {
    entries[Int(id.rawValue)].free & (1 &<< UInt64(method.rawValue)) != 0
  }
}

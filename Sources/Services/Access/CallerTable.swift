internal import RPC

/// The callers by their numbers. A place is filled once, before anybody is told its number, and never changes: so each
/// call finds who made it without a lock.
///
/// Bounded: a number is not used again while the process lives, for a call on its way may still name it.
final class CallerTable: @unchecked Sendable {  // see above
  /// Tokens that a process may come to know, one reading of the file after the other. Untouched memory is none.
  static let capacity = 1 << 16

  private let callers = UnsafeMutablePointer<Caller>.allocate(capacity: CallerTable.capacity)
  private var count = 0

  deinit {
    callers.deinitialize(count: count)
    callers.deallocate()
  }

  /// How many more callers there is room for. Of one thread at a time, with ``append(_:)``.
  var room: Int { Self.capacity - count }

  /// Gives a caller a number. Precondition: there is room.
  func append(_ caller: Caller) -> CallerID {
    precondition(room > 0)
    (callers + count).initialize(to: caller)
    count += 1
    return CallerID(rawValue: UInt32(count - 1))
  }

  /// The caller of a number that ``append(_:)`` has given.
  @inline(__always)
  subscript(id: CallerID) -> Caller { callers[Int(id.rawValue)] }
}

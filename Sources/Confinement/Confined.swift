/// A value at an address of its own, for a class or an actor that one thread at a time works with.
///
/// Swift checks each access to a stored property of a class, at run time, for overlapping with another; for the few
/// properties that every call passes through several times, that took a quarter of a loop's time and a sixth of the
/// store's. Here nothing is checked: the owner sees to it that no two accesses to the same value overlap.
@frozen
public struct Confined<Value: ~Copyable>: ~Copyable {
  @usableFromInline let address: UnsafeMutablePointer<Value>

  @inlinable
  public init(_ value: consuming Value) {
    address = .allocate(capacity: 1)
    address.initialize(to: value)
  }

  deinit {
    address.deinitialize(count: 1)
    address.deallocate()
  }

  @inlinable
  public var value: Value {
    @inline(__always) _read { yield address.pointee }
    @inline(__always) nonmutating _modify { yield &address.pointee }
  }
}

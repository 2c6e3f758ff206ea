/// A value that is only looked at where it lies.
///
/// A value that may be copied is copied, with a reference counted for each of its texts, whenever it is handed from
/// memory that somebody might change to code that the compiler does not see through. One in this wrapper cannot be.
@frozen
public struct Lent<Value>: ~Copyable {
  public let value: Value
}

extension UnsafePointer {
  /// Lends what the pointer points to, which must not be changed meanwhile.
  @inlinable
  @inline(__always)
  public func lend<Result, Failure: Error>(
    _ body: (borrowing Lent<Pointee>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // A struct of one stored property lies in memory as that property does.
    try body(UnsafeRawPointer(self).assumingMemoryBound(to: Lent<Pointee>.self).pointee)
  }
}

extension Array {
  /// Lends the element at an index.
  @inlinable
  @inline(__always)
  public func lend<Result, Failure: Error>(
    _ index: Int, _ body: (borrowing Lent<Element>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(indices.contains(index))
    return try withUnsafeBufferPointer { (elements) throws(Failure) in
      try (elements.baseAddress.unsafelyUnwrapped + index).lend(body)
    }
  }
}

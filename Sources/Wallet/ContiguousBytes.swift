/// Runs `body` on the bytes of any collection, in place where the collection has them in one piece.
///
/// The buffer is valid only during the call.
func withContiguousBytes<Result>(
  of bytes: some Collection<UInt8>, _ body: (UnsafeRawBufferPointer) -> Result
) -> Result {
  let inPlace = bytes.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }
  return inPlace ?? Array(bytes).withUnsafeBytes(body)
}

internal import System

/// Stands for a run of records: two runs with the same sum hold the same records, in the same order.
struct RecordSum: Equatable {
  private(set) var records = 0
  private var value: UInt64 = 0

  mutating func add(_ record: UnsafeRawBufferPointer) {
    records += 1
    // The product makes the order count, which a plain sum of checksums would not.
    value = (value ^ UInt64(CRC32C.checksum(record)) ^ UInt64(record.count) << 32) &* 0x9e37_79b9_7f4a_7c15
    value ^= value >> 29
  }
}

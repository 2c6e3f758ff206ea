internal import GatehouseAPI
internal import ProtobufWire
internal import RPC

/// Failures by reason. A server that is asked for too much refuses as often as it answers, so counting a reason that
/// was seen before neither decodes its status nor allocates.
struct FailureCounts: Equatable, Sendable {
  private struct Entry: Equatable, Sendable {
    /// As in the status.
    var reason: [UInt8]
    var count: UInt64
  }

  /// Few: they are looked through.
  private var entries: [Entry] = []

  /// Counts the end of a call that was not well.
  ///
  /// - Parameter status: encoded.
  mutating func count(status: UnsafeRawBufferPointer) {
    if let reason = try? Self.reason(in: status), !reason.isEmpty {
      return count(reason)
    }
    // Not one of ours: told by its code.
    let code = (try? GatehouseRpcV1.Status(decoding: [UInt8](status))).map { StatusCode(wire: $0.code).name }
    count(code ?? "UNKNOWN")
  }

  mutating func count(_ reason: String, times: UInt64 = 1) {
    var reason = reason
    guard times > 0 else { return }
    reason.withUTF8 { count(UnsafeRawBufferPointer($0), times: times) }
  }

  mutating func merge(_ other: FailureCounts) {
    for entry in other.entries { entry.reason.withUnsafeBytes { count($0, times: entry.count) } }
  }

  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
  }

  var total: UInt64 { entries.reduce(0) { $0 + $1.count } }

  var byReason: [String: UInt64] {
    Dictionary(entries.map { (String(decoding: $0.reason, as: UTF8.self), $0.count) }, uniquingKeysWith: +)
  }

  private mutating func count(_ reason: UnsafeRawBufferPointer, times: UInt64 = 1) {
    for index in entries.indices where entries[index].reason.elementsEqual(reason) {
      entries[index].count += times
      return
    }
    entries.append(Entry(reason: [UInt8](reason), count: times))
  }

  /// The reason of the status's `ErrorInfo`, in place; empty when it has none.
  private static func reason(in status: UnsafeRawBufferPointer) throws(WireError) -> UnsafeRawBufferPointer {
    var reader = WireReader(status)
    while let tag = try reader.nextTag() {
      guard tag.field == GatehouseRpcV1.Status.Field.details, tag.type == .lengthDelimited else {
        try reader.skip(tag)
        continue
      }
      // ErrorInfo comes first; the first field of another type is not spelt like a reason.
      let detail = try reader.lengthDelimited().field(GoogleProtobuf.`Any`.Field.value)
      let reason = try detail.field(GoogleRpc.ErrorInfo.Field.reason)
      if reason.allSatisfy({ $0 == UInt8(ascii: "_") || (0x41...0x5A).contains($0) }) { return reason }
    }
    return UnsafeRawBufferPointer(start: nil, count: 0)
  }
}

internal import GatehouseAPI
internal import ProtobufWire

/// A `gatehouse.v1.CreateCustomerRequest` as it lies in a call: its texts in place, so that what is only looked at is
/// not copied first. Valid as long as the call's bytes. That it reads what the generated message reads is tested.
struct CreationRequest {
  private(set) var wallet = none
  private(set) var externalID = none
  private(set) var labels: WireMap<String, String> = [:]
  private(set) var idempotencyKey = none
  private(set) var tenant = none

  private static var none: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  init(decoding payload: UnsafeRawBufferPointer) throws(WireError) {
    typealias Field = GatehouseV1.CreateCustomerRequest.Field
    var reader = WireReader(payload)
    while let tag = try reader.nextTag() {
      switch tag {
      case WireTag(field: Field.wallet, type: .lengthDelimited): wallet = try reader.utf8()
      case WireTag(field: Field.externalId, type: .lengthDelimited): externalID = try reader.utf8()
      case WireTag(field: Field.labels, type: .lengthDelimited):
        try reader.insertEntry(into: &labels, StringCoding.self, StringCoding.self)
      case WireTag(field: Field.idempotencyKey, type: .lengthDelimited): idempotencyKey = try reader.utf8()
      case WireTag(field: Field.tenant, type: .lengthDelimited): tenant = try reader.utf8()
      default: try reader.skip(tag)
      }
    }
  }
}

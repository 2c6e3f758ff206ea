internal import GatehouseAPI
internal import ProtobufWire
internal import Testing

@testable import Services

/// Requests that are read in place read what their generated messages read, and refuse what those refuse.
struct InPlaceRequestTests {
  private static let creation = GatehouseV1.CreateCustomerRequest.with {
    $0.wallet = "eip155:1:0x52908400098527886E0F7030069857D2E4169EE7"
    $0.externalId = "an external id of ordinary length"
    $0.labels = ["key": "value", "é": ""]
    $0.idempotencyKey = "key-1"
    $0.tenant = "tenant"
  }

  private static let lookup = GatehouseV1.GetCustomerRequest.with {
    $0.customerId = "0190a2f4-7c00-7000-8000-000000000001"
    $0.externalId = "external"
    $0.wallet = "eip155:1:0x52908400098527886E0F7030069857D2E4169EE7"
    $0.tenant = "tenant"
  }

  /// What one reading came to: the fields, or that it was refused.
  private struct Reading: Equatable {
    var fields: [[UInt8]] = []
    var labels: WireMap<String, String> = [:]
    var refusal: WireError?
  }

  private static func generatedCreation(_ bytes: [UInt8]) -> Reading {
    do throws(WireError) {
      let request = try GatehouseV1.CreateCustomerRequest(decoding: bytes)
      let fields = [request.wallet, request.externalId, request.idempotencyKey, request.tenant]
      return Reading(fields: fields.map { Array($0.utf8) }, labels: request.labels)
    } catch {
      return Reading(refusal: error)
    }
  }

  private static func creationInPlace(_ bytes: [UInt8]) -> Reading {
    bytes.withUnsafeBytes { bytes in
      do throws(WireError) {
        let request = try CreationRequest(decoding: bytes)
        let fields = [request.wallet, request.externalID, request.idempotencyKey, request.tenant]
        return Reading(fields: fields.map { Array($0) }, labels: request.labels)
      } catch {
        return Reading(refusal: error)
      }
    }
  }

  private static func generatedLookup(_ bytes: [UInt8]) -> Reading {
    do throws(WireError) {
      let request = try GatehouseV1.GetCustomerRequest(decoding: bytes)
      let fields = [request.customerId, request.externalId, request.wallet, request.tenant]
      return Reading(fields: fields.map { Array($0.utf8) })
    } catch {
      return Reading(refusal: error)
    }
  }

  private static func lookupInPlace(_ bytes: [UInt8]) -> Reading {
    bytes.withUnsafeBytes { bytes in
      do throws(WireError) {
        let request = try LookupRequest(decoding: bytes)
        let fields = [request.customerID, request.externalID, request.wallet, request.tenant]
        return Reading(fields: fields.map { Array($0) })
      } catch {
        return Reading(refusal: error)
      }
    }
  }

  /// The bytes with some changed, cut off, doubled or put in another place.
  private static func mutated(_ bytes: [UInt8], _ generator: inout SplitMix64) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.removeSubrange(index...)
      case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: index)
      default: bytes += bytes[index...]
      }
    }
    return bytes
  }

  @Test func creationsAreReadAlike() {
    var generator = SplitMix64(seed: 1)
    let whole = Self.creation.encoded()
    #expect(Self.creationInPlace(whole) == Self.generatedCreation(whole))
    #expect(Self.creationInPlace(whole).labels.count == 2)
    var refused = 0
    for _ in 0..<20_000 {
      let bytes = Self.mutated(whole, &generator)
      let reading = Self.creationInPlace(bytes)
      #expect(reading == Self.generatedCreation(bytes), "\(bytes)")
      if reading.refusal != nil { refused += 1 }
    }
    #expect(1000..<19_000 ~= refused)
  }

  @Test func lookupsAreReadAlike() {
    var generator = SplitMix64(seed: 2)
    let whole = Self.lookup.encoded()
    #expect(Self.lookupInPlace(whole) == Self.generatedLookup(whole))
    var refused = 0
    for _ in 0..<20_000 {
      let bytes = Self.mutated(whole, &generator)
      let reading = Self.lookupInPlace(bytes)
      #expect(reading == Self.generatedLookup(bytes), "\(bytes)")
      if reading.refusal != nil { refused += 1 }
    }
    #expect(1000..<19_000 ~= refused)
  }
}

/// Numbers from a seed, the same in every run.
private struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ word &>> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word &>> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word &>> 31
  }
}

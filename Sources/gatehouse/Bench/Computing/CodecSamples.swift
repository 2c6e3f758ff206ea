internal import GatehouseAPI
internal import ProtobufWire

/// Messages as they come: a customer with two labels, who has just been created, and their challenge.
struct CodecSamples: Sendable {
  private static let address = "0x52908400098527886E0F7030069857D2E4169EE7"
  private static let identifier = "01890a5d-ac96-774b-bcce-b302099a8057"
  private static let time = GoogleProtobuf.Timestamp.with {
    $0.seconds = 1_767_225_600
    $0.nanos = 123_456_000
  }

  let createRequest = GatehouseV1.CreateCustomerRequest.with {
    $0.wallet = "eip155:1:\(address)"
    $0.externalId = "ext-9f86d081884c7d65"
    $0.labels = ["campaign": "spring-2026", "segment": "retail"]
    $0.idempotencyKey = "5b3bd9a6-6f0e-4d8e-9d3b-0c8a1f0f6f6e"
  }
  let getRequest = GatehouseV1.GetCustomerRequest.with { $0.customerId = identifier }
  let customer: GatehouseV1.Customer
  let createResponse: GatehouseV1.CreateCustomerResponse
  let submitRequest = GatehouseV1.SubmitChallengeRequest.with {
    $0.customerId = identifier
    $0.signature = (0..<65).map { UInt8(truncatingIfNeeded: $0 * 37) }
    $0.idempotencyKey = "5b3bd9a6-6f0e-4d8e-9d3b-0c8a1f0f6f6f"
  }
  let watchResponse: GatehouseV1.WatchResponse
  let record: GatehouseJournalV1.Record

  init() {
    let customer = GatehouseV1.Customer.with {
      $0.id = Self.identifier
      $0.tenant = "default"
      $0.externalId = "ext-9f86d081884c7d65"
      $0.wallet = "eip155:1:\(Self.address)"
      $0.state = .initiating
      $0.labels = ["campaign": "spring-2026", "segment": "retail"]
      $0.createdAt = Self.time
      $0.updatedAt = Self.time
      $0.revision = 1_234_567
    }
    self.customer = customer
    createResponse = .with {
      $0.customer = customer
      $0.challenge = .with {
        $0.message = Self.challenge
        $0.nonce = "k3Jd92LmQp0aZx81Vb4Rt7"
        $0.issuedAt = Self.time
        $0.expiresAt = Self.time
      }
    }
    watchResponse = .with {
      $0.events = [
        .with {
          $0.revision = 1_234_567
          $0.at = Self.time
          $0.cause = .with {
            $0.command = .createCustomer
            $0.principal = "partner-7"
          }
          $0.to = .initiating
          $0.customer = customer
        }
      ]
    }
    record = Self.creation
  }

  /// What the log keeps of a creation.
  private static var creation: GatehouseJournalV1.Record {
    .with {
      $0.revision = 1_234_567
      $0.at = 1_767_225_600_123_456
      $0.command = 1
      $0.principal = "partner-7"
      $0.customer = .with {
        $0.id = (0..<16).map { UInt8($0) }
        $0.tenant = "default"
        $0.externalId = "ext-9f86d081884c7d65"
        $0.chain = 1
        $0.address = (0..<20).map { UInt8($0) }
        $0.labels = ["campaign": "spring-2026", "segment": "retail"]
        $0.createdAt = 1_767_225_600_123_456
        $0.phase = .initiating(
          .with {
            $0.nonce = "k3Jd92LmQp0aZx81Vb4Rt7"
            $0.issuedAt = 1_767_225_600_123_456
          })
      }
    }
  }

  private static let challenge = Array(
    """
    gatehouse.example wants you to sign in with your Ethereum account:
    \(address)

    Prove that this wallet is yours. This costs nothing and moves nothing.

    URI: https://gatehouse.example/login
    Version: 1
    Chain ID: 1
    Nonce: k3Jd92LmQp0aZx81Vb4Rt7
    Issued At: 2026-01-01T00:00:00.123456Z
    Expiration Time: 2026-01-01T01:00:00.123456Z
    Request ID: \(identifier)
    """.utf8)
}

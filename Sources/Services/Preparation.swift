internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store
internal import System
internal import Wallet

/// What could be done for a call before the store's turn, on the thread that read it.
enum Preparation: Sendable {
  /// Nothing: the turn does it all.
  case none
  /// A creation, decoded and checked: half of what a creation costs, the checksum of the address most of it.
  case creation(Creation)
  case refused(Status)
  /// It is answered apart from the turn, or has been.
  case handedOver
}

/// A CreateCustomer whose fields are right.
struct Creation: Sendable {
  var customer: NewCustomer
  var key: String
  /// The customer's wallet as the caller has written it.
  let wallet: SpelledWallet
}

extension ServiceDispatcher {
  /// Prepares the calls of a batch, in their order.
  func prepare(_ batch: CallBatch) -> [Preparation] {
    // Taken once for the batch, and only if somebody's calls are counted.
    var time: UInt64?
    func now() -> UInt64 {
      if let time { return time }
      let taken = MonotonicClock.now()
      time = taken
      return taken
    }
    let refused = backlog.isFull(after: batch.callsBefore) ? ReplyBatch() : nil
    defer { if let refused, !refused.isEmpty { batch.sink.deliver(refused) } }
    var preparations: [Preparation] = batch.calls.map { call in
      if !access.admits(call.caller, to: call.method) {
        do throws(Status) {
          try admit(caller(call.caller), to: call.method, clock: now)
        } catch {
          return .refused(error)
        }
      }
      if let refused, Backlog.mayRefuse(call.method) {
        // At once, not with the turn: that is what there is too much to wait for.
        refused.fail(call.connection, call.stream, .crowded)
        return .handedOver
      }
      guard call.method == .customerServiceCreateCustomer || Self.isAnsweredApart(call.method) else { return .none }
      return batch.withPayload(call) { payload in
        do throws(Status) {
          if call.method == .customerServiceCreateCustomer {
            return .creation(try creation(payload, by: caller(call.caller)))
          }
          try handOver(
            call, payload,
            answering: ReturnAddress(sink: batch.sink, connection: call.connection, stream: call.stream))
          return .handedOver
        } catch {
          return .refused(error)
        }
      }
    }
    Self.checkWallets(&preparations)
    return preparations
  }

  /// Looks at the checksums of all creations of a batch together, which takes a fraction of what each by itself would.
  private static func checkWallets(_ preparations: inout [Preparation]) {
    var asked = preparations.startIndex
    var answered = preparations.startIndex
    EthereumAddress.checksumCases(
      of: {
        while asked < preparations.endIndex {
          defer { asked += 1 }
          if case .creation(let creation) = preparations[asked] { return creation.wallet.address }
        }
        return nil
      },
      to: { checksumCase in
        while answered < preparations.endIndex {
          defer { answered += 1 }
          // Taken out, so that it is changed in place.
          var taken = Preparation.none
          swap(&taken, &preparations[answered])
          guard case .creation(var creation) = taken else {
            swap(&taken, &preparations[answered])
            continue
          }
          do throws(Status) {
            creation.customer.account = try RequestValidation.account(creation.wallet, checksumCase: checksumCase)
            preparations[answered] = .creation(creation)
          } catch {
            preparations[answered] = .refused(error)
          }
          return
        }
      })
  }

  private func creation(_ payload: UnsafeRawBufferPointer, by caller: Caller) throws(Status) -> Creation {
    let request: GatehouseV1.CreateCustomerRequest
    do throws(WireError) {
      request = try GatehouseV1.CreateCustomerRequest(decoding: payload)
    } catch {
      throw .payloadMalformed(.customerServiceCreateCustomer, error)
    }
    let tenant = try RequestValidation.tenant(request.tenant, by: caller)
    let wallet = try RequestValidation.spelledWallet(request.wallet)
    try RequestValidation.text(request.externalId, "external_id", atLeast: 1, atMost: FieldLimit.externalID)
    let labels = try RequestValidation.labels(request.labels)
    var customer = NewCustomer(
      tenant: tenant, externalID: request.externalId, account: wallet.asWritten, labels: labels)
    customer.hashes = store.hashes(of: customer)
    return Creation(customer: customer, key: request.idempotencyKey, wallet: wallet)
  }
}

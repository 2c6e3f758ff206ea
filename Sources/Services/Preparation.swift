internal import ByteText
internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store
internal import System
internal import Wallet

/// What could be done for a call before the store's turn, on the thread that read it. Kept small: another thread reads
/// one for each call.
enum Preparation {
  /// Nothing: the turn does it all.
  case none
  /// A creation, decoded and checked: a third of what a creation costs. It is this one of ``PreparedCalls/creations``.
  case creation(Int)
  /// A GetCustomer, decoded and checked. It is this one of ``PreparedCalls/lookups``.
  case lookup(Int)
  /// It is refused, with this one of ``PreparedCalls/refusals``.
  case refused(Int)
  /// It is answered apart from the turn, or has been.
  case handedOver
}

/// A CreateCustomer whose fields are right.
struct Creation {
  var customer: NewCustomer
  var key: String
}

/// What could be done for the calls of a batch.
struct PreparedCalls {
  /// One for each call, in their order.
  var calls: [Preparation] = []
  /// The creations, in the order of their calls, and some that were refused. They lie apart, so that nobody who looks
  /// at a call's preparation copies one.
  var creations: [Creation] = []
  /// The wallet of each creation as the caller has written it.
  var wallets: [SpelledWallet] = []
  /// The GetCustomers, in the order of their calls, apart like the creations.
  var lookups: [CustomerLookup] = []
  var refusals: [Status] = []
  /// The tenant that the last of them was about.
  var tenants = TenantInTurn()

  /// Has a call refused.
  mutating func refuse(_ status: Status) -> Preparation {
    refusals.append(status)
    return .refused(refusals.count - 1)
  }

  /// How many of the calls wait for the turn: those that have been answered do not.
  var waitingCalls: Int { calls.count { if case .handedOver = $0 { false } else { true } } }
}

/// The tenant that a call was about: mostly the next call, of the same caller, is about the same.
struct TenantInTurn {
  fileprivate var caller: CallerID?
  /// As the call names it; empty for the caller's own.
  fileprivate var named = ""
  fileprivate var tenant: HashedTenant?
}

extension ServiceDispatcher {
  /// The tenant that a call is about.
  ///
  /// - Parameter named: as the call names it, UTF-8.
  @inline(__always)
  func tenant(
    _ named: UnsafeRawBufferPointer, by caller: CallerID, _ last: inout TenantInTurn
  ) throws(Status) -> HashedTenant {
    // Mostly the caller's own, like the last one's.
    if last.caller == caller, named.isEmpty, last.named.isEmpty, let tenant = last.tenant { return tenant }
    return try namedTenant(named, by: caller, &last)
  }

  @inline(never)
  private func namedTenant(
    _ named: UnsafeRawBufferPointer, by caller: CallerID, _ last: inout TenantInTurn
  ) throws(Status) -> HashedTenant {
    if last.caller == caller, let tenant = last.tenant, last.named.withUTF8Bytes({ $0.isEqual(to: named) }) {
      return tenant
    }
    let text = String(copyingUTF8: named)
    let tenant = store.hashed(tenant: try RequestValidation.tenant(text, by: self.caller(caller)))
    last = TenantInTurn(caller: caller, named: text, tenant: tenant)
    return tenant
  }

  /// Prepares the calls of a batch, in their order.
  func prepare(_ batch: CallBatch) -> PreparedCalls {
    // Taken once for the batch, and only if somebody's calls are counted.
    var time: UInt64?
    func now() -> UInt64 {
      if let time { return time }
      let taken = MonotonicClock.now()
      time = taken
      return taken
    }
    var prepared = PreparedCalls()
    prepared.calls.reserveCapacity(batch.count)
    for call in batch.calls {
      prepared.calls.append(prepare(call, of: batch, &prepared, clock: now))
    }
    Self.checkWallets(&prepared)
    return prepared
  }

  private func prepare(
    _ call: CallBatch.Call, of batch: CallBatch, _ prepared: inout PreparedCalls,
    clock now: () -> UInt64
  ) -> Preparation {
    if !access.admits(call.caller, to: call.method) {
      do throws(Status) {
        try admit(caller(call.caller), to: call.method, clock: now)
      } catch {
        return prepared.refuse(error)
      }
    }
    switch call.method {
    case .customerServiceCreateCustomer, .customerServiceGetCustomer: break
    case let method where Self.isAnsweredApart(method): break
    default: return .none
    }
    return batch.withPayload(call) { payload in
      do throws(Status) {
        switch call.method {
        case .customerServiceCreateCustomer:
          if prepared.creations.isEmpty {
            prepared.creations.reserveCapacity(batch.count)
            prepared.wallets.reserveCapacity(batch.count)
          }
          try addCreation(payload, by: call.caller, to: &prepared)
          return .creation(prepared.creations.count - 1)
        case .customerServiceGetCustomer:
          if prepared.lookups.isEmpty { prepared.lookups.reserveCapacity(batch.count) }
          try addLookup(payload, by: call.caller, to: &prepared)
          return .lookup(prepared.lookups.count - 1)
        default:
          try handOver(
            call, payload,
            answering: ReturnAddress(sink: batch.sink, connection: call.connection, stream: call.stream))
          return .handedOver
        }
      } catch {
        return prepared.refuse(error)
      }
    }
  }

  /// Looks at the checksums of all creations of a batch together, which takes a fraction of what each by itself would.
  private static func checkWallets(_ prepared: inout PreparedCalls) {
    if prepared.creations.isEmpty { return }
    var asked = 0
    var answered = 0
    var refusals: [(creation: Int, status: Status)] = []
    EthereumAddress.checksumCases(
      of: {
        guard asked < prepared.creations.count else { return nil }
        defer { asked += 1 }
        return prepared.wallets[asked].address
      },
      to: { checksumCase in
        do throws(Status) {
          prepared.creations[answered].customer.account = try RequestValidation.account(
            prepared.wallets[answered], checksumCase: checksumCase)
        } catch {
          refusals.append((answered, error))
        }
        answered += 1
      })
    for refusal in refusals {
      let call = prepared.calls.firstIndex { if case .creation(refusal.creation) = $0 { true } else { false } }
      if let call { prepared.calls[call] = prepared.refuse(refusal.status) }
    }
  }

  private func addCreation(
    _ payload: UnsafeRawBufferPointer, by caller: CallerID, to prepared: inout PreparedCalls
  ) throws(Status) {
    let request: CreationRequest
    do throws(WireError) {
      request = try CreationRequest(decoding: payload)
    } catch {
      throw .payloadMalformed(.customerServiceCreateCustomer, error)
    }
    let tenant = try tenant(request.tenant, by: caller, &prepared.tenants)
    let wallet = try RequestValidation.spelledWallet(request.wallet)
    try RequestValidation.text(request.externalID, "external_id", atLeast: 1, atMost: FieldLimit.externalID)
    let labels = try RequestValidation.labels(request.labels)
    // Made where it stays: a copy would count a reference for each of its texts.
    prepared.creations.append(
      Creation(
        customer: NewCustomer(
          tenant: tenant.name, externalID: InlineText(copyingUTF8: request.externalID), account: wallet.asWritten,
          labels: labels,
          hashes: store.hashes(of: wallet.asWritten, externalID: request.externalID, tenant: tenant)),
        key: String(copyingUTF8: request.idempotencyKey)))
    prepared.wallets.append(wallet)
  }
}

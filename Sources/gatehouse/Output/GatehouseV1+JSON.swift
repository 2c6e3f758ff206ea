internal import GatehouseAPI
internal import ProtobufWire

/// Moments that are not set are left out, as are submessages; everything else is always there.
extension GatehouseV1.Customer {
  var json: JSON {
    .members([
      "id": .string(id), "tenant": .string(tenant), "external_id": .string(externalId), "wallet": .string(wallet),
      "state": .string(state.shortName), "reason": .string(reason),
      "labels": .object(labels.map { JSON.Member(name: $0.key, value: .string($0.value)) }),
      "created_at": (createdAt?.utc).map(JSON.string), "updated_at": (updatedAt?.utc).map(JSON.string),
      "revision": .number(revision), "pending": pending?.json, "holds": .array(holds.map(\.json)),
    ])
  }
}

extension GatehouseV1.Pending {
  var json: JSON {
    .members([
      "on": .string(on.shortName), "since": (since?.utc).map(JSON.string), "attempt": .number(UInt64(attempt)),
      "next_attempt_at": (nextAttemptAt?.utc).map(JSON.string), "last_outcome": .string(lastOutcome),
      "attention": .string(attention.shortName),
    ])
  }
}

extension GatehouseV1.Hold {
  var json: JSON {
    .members(["kind": .string(kind.shortName), "reason": .string(reason), "at": (at?.utc).map(JSON.string)])
  }
}

extension GatehouseV1.Challenge {
  /// The message is ASCII, so it is written as text.
  var json: JSON {
    .members([
      "message": .string(String(decoding: message, as: UTF8.self)), "nonce": .string(nonce),
      "issued_at": (issuedAt?.utc).map(JSON.string), "expires_at": (expiresAt?.utc).map(JSON.string),
    ])
  }
}

extension GatehouseV1.Verification {
  var json: JSON {
    .members([
      "customer_id": .string(customerId), "attempt": .number(UInt64(attempt)), "provider": .string(provider),
      "reference": .string(reference), "session_url": .string(sessionUrl),
      "expires_at": (expiresAt?.utc).map(JSON.string), "reason": .string(reason),
    ])
  }
}

extension GatehouseV1.Event {
  /// The members, for an object that may have more.
  var members: [JSON.Member] {
    let value = JSON.members([
      "revision": .number(revision), "at": (at?.utc).map(JSON.string), "cause": cause?.json,
      "from": .string(from.shortName), "to": .string(to.shortName), "customer": customer?.json,
    ])
    guard case .object(let members) = value else { return [] }
    return members
  }
}

extension GatehouseV1.Cause {
  var json: JSON {
    .members([
      "command": .string(command.shortName), "principal": .string(principal), "reason": .string(reason),
      "private_detail": .string(privateDetail),
    ])
  }
}

extension GatehouseV1.WatchStatsResponse {
  var json: JSON {
    .members([
      "revision": .number(revision),
      "counts": .object(counts.map { JSON.Member(name: $0.state.shortName, value: .number($0.customers)) }),
      "transitions": .array(
        transitions.map {
          .members([
            "from": .string($0.from.shortName), "to": .string($0.to.shortName), "count": .number($0.count),
          ])
        }),
      "attention": .number(attention),
    ])
  }
}

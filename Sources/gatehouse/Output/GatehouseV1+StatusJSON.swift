internal import GatehouseAPI

extension GatehouseV1.GetStatusResponse {
  var json: JSON {
    .members([
      "version": .string(version), "started_at": (startedAt?.utc).map(JSON.string), "uptime_us": .number(uptimeUs),
      "store_id": .string(Hexadecimal.text(storeId)), "log": log?.json, "snapshots": .array(snapshots.map(\.json)),
      "flush": flush?.json, "recovery": recovery?.json, "write_refusal": .string(writeRefusal.shortName),
      "write_refusal_since": (writeRefusalSince?.utc).map(JSON.string), "scrub": scrub?.json,
      "customers": .number(customers), "connections": .number(connections),
      "streams_opened": .number(streamsOpened), "calls": .number(calls), "resident_bytes": .number(residentBytes),
    ])
  }
}

extension GatehouseV1.LogStatus {
  /// The estimate in milliseconds: JSON here has whole numbers.
  fileprivate var json: JSON {
    .members([
      "durable_revision": .number(durableRevision), "decided_revision": .number(decidedRevision),
      "sequence": .number(sequence), "chain": .string(Hexadecimal.digits(chain, 16)),
      "oldest_revision": .number(oldestRevision), "segments": .number(segments), "bytes": .number(bytes),
      "bytes_since_snapshot": .number(bytesSinceSnapshot), "events_since_snapshot": .number(eventsSinceSnapshot),
      "recovery_estimate_ms": .number(UInt64((recoveryEstimateSeconds * 1000).rounded(.up))),
      "waiting_bytes": .number(waitingBytes),
    ])
  }
}

extension GatehouseV1.SnapshotStatus {
  var json: JSON {
    .members([
      "revision": .number(revision), "bytes": .number(bytes), "made_at": (madeAt?.utc).map(JSON.string),
      "file": .string(file),
    ])
  }
}

extension GatehouseV1.FlushStatus {
  fileprivate var json: JSON {
    .members(["life": life?.json, "recent": recent?.json, "slow": .number(slow)])
  }
}

extension GatehouseV1.FlushFigures {
  fileprivate var json: JSON {
    .members([
      "count": .number(count), "p50_us": .number(p50Us), "p99_us": .number(p99Us), "max_us": .number(maxUs),
    ])
  }
}

extension GatehouseV1.RecoveryStatus {
  fileprivate var json: JSON {
    .members([
      "records": .number(records), "bytes": .number(bytes), "blocks": .number(blocks),
      "duration_us": .number(durationUs), "cut_bytes": .number(cutBytes), "quarantine_file": .string(quarantineFile),
      "snapshot_revision": .number(snapshotRevision),
    ])
  }
}

extension GatehouseV1.ScrubStatus {
  fileprivate var json: JSON {
    .members([
      "file": .string(file), "offset": .number(offset), "passes": .number(passes),
      "pass_ended_at": (passEndedAt?.utc).map(JSON.string),
      "findings": .array(
        findings.map {
          .members([
            "file": .string($0.file), "offset": .number($0.offset), "problem": .string($0.problem),
            "at": ($0.at?.utc).map(JSON.string),
          ])
        }),
    ])
  }
}

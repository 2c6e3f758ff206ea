// A report as JSON. The names are promised: scripts read them, and so does `BenchReport+Parsing.swift`. Units are part
// of the names: `_ns` nanoseconds, `_us` microseconds, `_bytes` bytes; a rate is things a second.

extension BenchReport {
  /// Grows when a name changes its meaning or goes.
  static let format: UInt64 = 1

  var json: JSON {
    .members([
      "format": .number(Self.format), "machine": machine.map(\.json), "floors": .array(floors.map(\.json)),
      "results": .array(results.map(\.json)), "conclusions": .array(conclusions.map { .string($0) }),
      "warnings": .array(warnings.map { .string($0) }),
    ])
  }
}

extension BenchReport.Machine {
  var json: JSON {
    .members([
      "processor": .string(processor), "processors": .number(UInt64(processors)), "system": .string(system),
      "file_system": .string(fileSystem),
    ])
  }
}

extension Floor {
  fileprivate var json: JSON {
    .members(["name": .string(name), "measure": .string(measure.rawValue), "value": .real(value)])
  }
}

extension Spread {
  /// The repetitions themselves are in `runs`.
  var json: JSON {
    .members(["lowest": .real(lowest), "median": .real(median), "highest": .real(highest)])
  }
}

extension Histogram {
  /// The percentiles that are told, with their names.
  static let told: [(name: String, percent: Double)] = [
    ("p50_ns", 50), ("p90_ns", 90), ("p99_ns", 99), ("p99_9_ns", 99.9),
  ]

  /// The figures, without the buckets; null when nothing was recorded.
  fileprivate var summary: JSON { count == 0 ? .null : .object(summaryMembers) }

  private var summaryMembers: [JSON.Member] {
    [.init(name: "count", value: .number(count)), .init(name: "min_ns", value: .number(min))]
      + [.init(name: "mean_ns", value: .real(mean))]
      + Self.told.map { .init(name: $0.name, value: .number(percentile($0.percent))) }
      + [.init(name: "max_ns", value: .number(max))]
  }

  /// All of it: `buckets` are pairs of the longest duration in a bucket and how many are in it.
  fileprivate var json: JSON {
    guard count > 0 else { return .null }
    let buckets = counted.map { JSON.array([.number($0.nanoseconds), .number($0.count)]) }
    return .object(summaryMembers + [.init(name: "buckets", value: .array(buckets))])
  }
}

extension ScenarioRun {
  fileprivate var json: JSON {
    .members([
      "count": .number(count), "duration_ns": .number(nanoseconds), "rate": .real(rate), "errors": errors.json,
      "server_cpu_us": serverProcessorMicroseconds.map { .signed($0) },
      "client_cpu_us": clientProcessorMicroseconds.map { .signed($0) },
      "wire_bytes": wireBytes.map { .number($0) }, "disk_bytes": diskBytes.map { .number($0) },
      "resident_bytes": residentBytes.map { .number($0) }, "latency": latency.json,
    ])
  }
}

extension [String: UInt64] {
  fileprivate var json: JSON {
    .object(sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .number($0.value)) })
  }
}

extension ScenarioResult {
  fileprivate var json: JSON {
    .members([
      "name": .string(name), "things": .string(things),
      "connections": load.map { .number(UInt64($0.connections)) },
      "in_flight": load.map { .number(UInt64($0.inFlight)) },
      "target_rate": load?.rate.map { .real($0) },
      "parameters": .object(parameters.map { .init(name: $0.name, value: .string($0.value)) }),
      "count": .number(count), "seconds": .real(seconds), "rate": spread { $0.rate }?.json, "latency": latency.summary,
      "errors": errors.json,
      "server_cpu_us_per_thing": spread { $0.perThing($0.serverProcessorMicroseconds) }?.json,
      "client_cpu_us_per_thing": spread { $0.perThing($0.clientProcessorMicroseconds) }?.json,
      "wire_bytes_per_thing": spread { $0.perThing($0.wireBytes) }?.json,
      "disk_bytes_per_thing": spread { $0.perThing($0.diskBytes) }?.json,
      "resident_bytes": spread { $0.residentBytes.map { Double($0) } }?.json,
      "bounds": .array(bounds.map { json($0) }), "runs": .array(runs.map(\.json)),
    ])
  }

  private func json(_ bound: Bound) -> JSON {
    .members([
      "figure": .string(bound.figure.rawValue), "floor": bound.floor.json, "ratio": ratio(bound).map { .real($0) },
    ])
  }
}

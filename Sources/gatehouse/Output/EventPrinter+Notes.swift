internal import GatehouseAPI
internal import Lifecycle
internal import Store

extension EventPrinter {
  /// {"kind":"note", …}: what was recorded without changing a customer.
  ///
  /// - Parameter revision: of the newest event before it.
  func note(_ record: JournalRecord, behind revision: UInt64) {
    guard record.clockStep == 0 else {
      return printObject(
        "clock",
        [
          JSON.Member(name: "after_revision", value: .number(revision)),
          JSON.Member(name: "at", value: .string(TimestampText.utc(microseconds: record.at.microseconds))),
          JSON.Member(name: "set_ahead_us", value: .number(UInt64(clamping: record.clockStep))),
        ])
    }
    let command = GatehouseV1.Command(rawValue: Int32(record.cause.command.rawValue))
    printObject(
      "note",
      [
        JSON.Member(name: "after_revision", value: .number(revision)),
        JSON.Member(name: "at", value: .string(TimestampText.utc(microseconds: record.at.microseconds))),
        JSON.Member(
          name: "cause",
          value: .members([
            "command": .string(command.shortName), "principal": .string(record.cause.principal),
            "reason": .string(record.cause.reason), "private_detail": .string(record.cause.privateDetail),
          ])), JSON.Member(name: "customer_id", value: .string(record.subject.description)),
      ]
        + [
          record.idempotency.map { JSON.Member(name: "answered", value: $0.json) },
          record.report.map { JSON.Member(name: "report", value: $0.json(of: command)) },
        ].compactMap(\.self))
  }
}

extension AnsweredCall {
  /// The key that the client chose, and how the call was refused if it was.
  fileprivate var json: JSON {
    .members([
      "idempotency_key": .string(key),
      "refusal": refusal == 0
        ? nil : .string(GatehouseV1.Reason(rawValue: Int32(truncatingIfNeeded: refusal)).shortName),
      "revision": .number(answeredRevision),
    ])
  }
}

extension Report {
  fileprivate func json(of command: GatehouseV1.Command) -> JSON {
    let number = Int32(truncatingIfNeeded: outcome)
    let name =
      command == .reportScreening
      ? GatehouseV1.ScreeningOutcome(rawValue: number).shortName
      : GatehouseV1.VerificationOutcome(rawValue: number).shortName
    return .members([
      "attempt": .number(UInt64(attempt)), "outcome": .string(name), "provider": .string(provider),
      "reference": .string(reference), "risk": .string(risk), "detail": .string(detail), "final": .bool(isFinal),
    ])
  }
}

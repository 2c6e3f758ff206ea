internal import GatehouseAPI
internal import ProtobufWire
internal import Testing

@testable import gatehouse

@Suite struct EventPrinterTests {
  private static func event() -> GatehouseV1.Event {
    var customer = GatehouseV1.Customer()
    customer.id = "0198c0de-0000-7000-8000-000000000001"
    customer.externalId = "ada"
    customer.state = .screening
    customer.revision = 7
    customer.updatedAt = GoogleProtobuf.Timestamp(unixMicroseconds: 1_500_000)
    customer.labels["b"] = "2"
    customer.labels["a"] = "1"
    var pending = GatehouseV1.Pending()
    pending.on = .screening
    pending.attempt = 2
    pending.lastOutcome = "HIT"
    customer.pending = pending
    var event = GatehouseV1.Event()
    event.revision = 7
    event.at = customer.updatedAt
    event.from = .initiating
    event.to = .screening
    event.cause = GatehouseV1.Cause()
    event.cause?.command = .submitChallenge
    event.cause?.principal = "local"
    event.customer = customer
    return event
  }

  private func printed(isJSON: Bool, namesCustomers: Bool = true, _ body: (inout EventPrinter) -> Void) -> [Substring] {
    let recording = RecordingConsole()
    var printer = EventPrinter(console: recording.console(), isJSON: isJSON, namesCustomers: namesCustomers)
    body(&printer)
    return recording.written.split(separator: "\n")
  }

  @Test func rowsLineUpUnderTheirTitles() {
    let lines = printed(isJSON: false, namesCustomers: false) { printer in
      printer.event(Self.event())
      printer.event(Self.event())
    }
    #expect(
      lines == [
        "REVISION  TIME (UTC)    FROM -> TO               CAUSE                ABOUT",
        "       7  00:00:01.500  INITIATING -> SCREENING  SUBMIT_CHALLENGE     SCREENING, attempt 2 after HIT",
        "       7  00:00:01.500  INITIATING -> SCREENING  SUBMIT_CHALLENGE     SCREENING, attempt 2 after HIT",
      ])
  }

  @Test func watchedRowsSayWhoseTheyAre() {
    let lines = printed(isJSON: false) { printer in
      printer.current(Self.event().customer ?? GatehouseV1.Customer())
      printer.progress(9)
      printer.skipped(3)
    }
    #expect(lines[1].contains("(present)            0198c0de-0000-7000-8000-000000000001  ada"))
    #expect(lines[2] == "-- everything up to revision 9 has been sent")
    #expect(lines[3] == "-- 3 events skipped: newer ones of the same customers follow")
  }

  @Test func eachJSONLineSaysWhatItIs() {
    let lines = printed(isJSON: true) { printer in
      printer.storeID = [0, 255]
      printer.event(Self.event())
      printer.snapshotBegun(reason: "")
      printer.snapshotBegun(reason: "INTERRUPTED")
      printer.snapshotComplete(revision: .max, customers: 1)
      printer.progress(9)
      printer.skipped(3)
    }
    let event: [String] = [
      #"{"kind":"event","store_id":"00ff","revision":7,"at":"1970-01-01T00:00:01.500000Z","#,
      #""cause":{"command":"SUBMIT_CHALLENGE","principal":"local","reason":"","private_detail":""},"#,
      #""from":"INITIATING","to":"SCREENING","customer":{"id":"0198c0de-0000-7000-8000-000000000001","tenant":"","#,
      #""external_id":"ada","wallet":"","state":"SCREENING","reason":"","labels":{"a":"1","b":"2"},"#,
      #""updated_at":"1970-01-01T00:00:01.500000Z","revision":7,"pending":{"on":"SCREENING","attempt":2,"#,
      #""last_outcome":"HIT","attention":"UNSPECIFIED"},"holds":[]}}"#,
    ]
    let expected: [String] = [
      event.joined(),
      #"{"kind":"snapshot_begun","store_id":"00ff","reason":"INTERRUPTED"}"#,
      #"{"kind":"snapshot_complete","store_id":"00ff","revision":18446744073709551615,"customers":1}"#,
      #"{"kind":"progress","store_id":"00ff","revision":9}"#,
      #"{"kind":"skipped","store_id":"00ff","events":3}"#,
    ]
    #expect(lines.map(String.init) == expected)
  }

  @Test func aChallengeGoesIntoAPipeByteForByte() {
    var challenge = GatehouseV1.Challenge()
    challenge.message = Array("line\nline".utf8)
    for (isTerminal, expected) in [(false, "line\nline"), (true, "line\nline\n")] {
      let recording = RecordingConsole()
      AnswerPrinter(console: recording.console(isTerminal: isTerminal), isJSON: false).challenge(challenge)
      #expect(recording.written == expected)
    }
  }

  @Test func momentsSurviveTheWire() {
    for microseconds: Int64 in [0, -1, 1_785_587_696_789_012, -62_135_596_800_000_000] {
      #expect(GoogleProtobuf.Timestamp(unixMicroseconds: microseconds).unixMicroseconds == microseconds)
    }
  }
}

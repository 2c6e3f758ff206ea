internal import Testing

@testable import Wallet

@Suite struct CivilTimeTests {
  private static func text(_ unixMicroseconds: Int64) -> String {
    var bytes: [UInt8] = []
    bytes.append(atMost: CivilTime.maximumTextLength) {
      CivilTime(unixMicroseconds: unixMicroseconds).appendText(to: &$0)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func time(_ text: String) -> Int64? {
    Array(text.utf8).withUnsafeBytes { CivilTime.unixMicroseconds(of: $0) }
  }

  /// Every day of two of the calendar's cycles of 400 years, counted by its own rules from one to the next.
  @Test func countsEveryDay() {
    var (year, month, day): (Int64, Int64, Int64) = (1600, 1, 1)
    let microsecondsADay: Int64 = 86_400_000_000
    var failures = 0
    for number in Int64(-135_140)..<(-135_140 + 2 * 146_097) {
      let moment = number * microsecondsADay
      let time = CivilTime(unixMicroseconds: moment)
      let expected = CivilTime(year: year, month: month, day: day)
      if time != expected || expected.unixMicroseconds != moment { failures += 1 }
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      day += 1
      if day > lengths[Int(month) - 1] { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
    #expect(failures == 0)
    #expect((year, month, day) == (2400, 1, 1))
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (1_705_515_713_000_000, "2024-01-17T18:21:53Z"), (-1, "1969-12-31T23:59:59.999999Z"),
    (1_709_164_800_000_001, "2024-02-29T00:00:00.000001Z"), (951_782_399_500_000, "2000-02-28T23:59:59.500000Z"),
    (4_107_542_399_000_000, "2100-02-28T23:59:59Z"), (4_107_542_400_000_000, "2100-03-01T00:00:00Z"),
    (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"), (-62_167_219_200_000_000, "0000-01-01T00:00:00Z"),
  ]) func writesAndReads(unixMicroseconds: Int64, text: String) {
    #expect(Self.text(unixMicroseconds) == text)
    #expect(Self.time(text) == unixMicroseconds)
  }

  @Test func readsWhatItWrote() {
    var generator = SeededGenerator(seed: 10)
    for _ in 0..<2000 {
      let moment = Int64.random(in: CivilTime.range, using: &generator)
      #expect(Self.time(Self.text(moment)) == moment)
      let whole = moment / 1_000_000 * 1_000_000
      #expect(Self.text(whole).utf8.count == 20)
      #expect(Self.time(Self.text(whole)) == whole)
    }
  }

  @Test func keepsToTheYearsThatFourDigitsWrite() {
    #expect(Self.text(.max) == "9999-12-31T23:59:59.999999Z")
    #expect(Self.text(.min) == "0000-01-01T00:00:00Z")
  }

  @Test(arguments: [
    ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T23:30:00-00:30", 0), ("1970-01-01t00:00:00z", 0),
    ("1970-01-01T00:00:00-00:00", 0), ("1970-01-01T00:00:00.5Z", 500_000), ("1970-01-01T00:00:00.1234567899Z", 123_456),
    ("1970-01-01T00:00:00.000000Z", 0), ("1990-12-31T23:59:60Z", 662_688_000_000_000),
    ("1990-12-31T15:59:60-08:00", 662_688_000_000_000), ("2024-02-29T00:00:00+23:59", 1_709_078_460_000_000),
  ]) func readsEveryFormOfRFC3339(text: String, unixMicroseconds: Int64) {
    #expect(Self.time(text) == unixMicroseconds)
  }

  @Test(arguments: [
    "", "Z", "1970-01-01", "1970-01-01T00:00Z", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "970-01-01T00:00:00Z",
    "11970-01-01T00:00:00Z", "1970-1-01T00:00:00Z", "1970-00-01T00:00:00Z", "1970-13-01T00:00:00Z",
    "1970-01-00T00:00:00Z",
    "1970-01-32T00:00:00Z", "1970-04-31T00:00:00Z", "2023-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
    "1970-01-01T24:00:00Z",
    "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z", "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.Z",
    "1970-01-01T00:00:00,5Z",
    "1970-01-01T00:00:00+0100", "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00+01:60", "1970-01-01T00:00:00+1:00",
    "1970-01-01T00:00:00ZZ", "1970-01-01T00:00:00Z ", " 1970-01-01T00:00:00Z", "1970-01-01T00:00:00+01:00Z",
    "-970-01-01T00:00:00Z", "１970-01-01T00:00:00Z", "1970-01-01T00:00:00UTC",
  ]) func refusesEverythingElse(text: String) {
    #expect(Self.time(text) == nil)
  }
}

internal import Testing

@testable import gatehouse

@Suite struct TimestampTextTests {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
      (1_785_587_696_789_012, "2026-08-01T12:34:56.789012Z"), (-1, "1969-12-31T23:59:59.999999Z"),
      (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
      (-62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
      (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
    ] as [(Int64, String)])
  func momentsGoBothWays(_ microseconds: Int64, _ text: String) throws {
    #expect(TimestampText.utc(microseconds: microseconds) == text)
    #expect(try TimestampText.microseconds(text) == microseconds)
  }

  @Test func extremesDoNotTrap() {
    for value in [Int64.min, Int64.max] {
      #expect(!TimestampText.utc(microseconds: value).isEmpty)
    }
    #expect(TimestampText.timeOfDay(microseconds: -1) == "23:59:59.999")
  }

  @Test func shortFractionsAreTenths() throws {
    #expect(try TimestampText.microseconds("1970-01-01T00:00:01Z") == 1_000_000)
    #expect(try TimestampText.microseconds("1970-01-01T00:00:00.5Z") == 500_000)
  }

  @Test(arguments: [
    "", "1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z", "1970-02-29T00:00:00Z",
    "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01 00:00:00Z", "1970-01-01T00:00:00.Z",
    "1970-01-01T00:00:00.1234567Z", "+970-01-01T00:00:00Z", "1970-01-01T00:00:00+01:00Z", "1970-1-01T00:00:00Z0",
    "1970-01-32T00:00:00Z", "1900-02-29T00:00:00Z", "xxxxxxxxxxxxxxxxxxxZ",
  ])
  func otherTextsAreRefused(_ text: String) {
    #expect(throws: ValueProblem.self) { try TimestampText.microseconds(text) }
  }
}

internal import Testing

@testable import gatehouse

@Suite struct CustomerNumberTests {
  private func digits(_ customers: CustomerNumber, _ number: UInt64) -> String {
    var text = ""
    customers.withDigits(number) { text = String(decoding: $0, as: UTF8.self) }
    return text
  }

  @Test(arguments: [0, 1, 0x0123_4567_89AB_CDEF, UInt64.max])
  func theDigitsAreThoseOfTheNumber(number: UInt64) {
    let customers = CustomerNumber(seed: 0)
    #expect(digits(customers, number) == Hexadecimal.digits(CustomerNumber.mix(number), 16))
  }

  @Test func theSameSeedMakesTheSame() {
    #expect(digits(CustomerNumber(seed: 7), 5) == digits(CustomerNumber(seed: 7), 5))
    #expect(digits(CustomerNumber(seed: 7), 5) != digits(CustomerNumber(seed: 8), 5))
  }

  @Test func noTwoAreTheSame() {
    let all = Set((0..<4).flatMap { seed in (0..<5000).map { digits(CustomerNumber(seed: seed), $0) } })
    #expect(all.count == 20_000)
  }
}

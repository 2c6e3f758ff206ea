internal import Testing

@testable import gatehouse

@Suite struct FigureTextTests {
  @Test func threeDigitsAreShown() {
    let cases: [(Double, String)] = [
      (0, "0.000"), (0.1234, "0.123"), (0.9994, "0.999"), (0.9996, "1.00"), (1.234, "1.23"), (9.996, "10.0"),
      (12.34, "12.3"), (99.96, "100"), (123.4, "123"), (1_234_567.8, "1,234,568"), (-12.34, "-12.3"),
      (1e18, "1e+18"), (.infinity, "inf"), (.nan, "-"),
    ]
    for (value, text) in cases { #expect(FigureText.number(value) == text) }
  }

  @Test func durationsHaveTheirUnit() {
    let cases: [(Double, String)] = [
      (0, "0.000 ns"), (7, "7.00 ns"), (850, "850 ns"), (999.6, "1.00 us"), (12_345, "12.3 us"), (999_600, "1.00 ms"),
      (1_234_567, "1.23 ms"), (12_300_000_000, "12.3 s"), (120_000_000_000, "120 s"),
    ]
    for (value, text) in cases { #expect(FigureText.duration(nanoseconds: value) == text) }
  }

  @Test func sharesArePercent() {
    #expect(FigureText.percent(0.015) == "1.5 %")
    #expect(FigureText.percent(0.123) == "12 %")
    #expect(FigureText.percent(2) == "200 %")
  }

  @Test func fractionsKeepTheirZeros() {
    #expect(FigureText.fixed(1.005, 1) == "1.0")
    #expect(FigureText.fixed(0.05, 2) == "0.05")
    #expect(FigureText.fixed(-0.25, 1) == "-0.3")
    #expect(FigureText.fixed(7.6, 0) == "8")
    #expect(FigureText.grouped(-1234) == "-1,234")
    #expect(FigureText.short(99.9) == "99.9")
    #expect(FigureText.short(1000) == "1,000")
  }
}

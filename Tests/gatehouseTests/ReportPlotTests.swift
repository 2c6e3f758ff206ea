internal import Foundation
internal import FoundationXML
internal import Testing

@testable import gatehouse

@Suite struct ReportPlotTests {
  private func elements(_ svg: String) throws -> [String] {
    final class Names: NSObject, XMLParserDelegate {
      var names: [String] = []
      func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
      ) { names.append(name) }
    }
    let names = Names()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = names
    try #require(parser.parse(), "\(String(describing: parser.parserError))")
    return names.names
  }

  @Test func aSweepIsOneCurve() throws {
    let sweep = [1, 8, 64].map { ReportFixture.result(rates: [UInt64($0) * 1000], inFlight: $0) }
    let svg = ReportPlot(ReportFixture.report(sweep)).svg
    let names = try elements(svg)
    // A curve of latency for each, and one of throughput.
    #expect(names.count { $0 == "polyline" } == 4)
    for text in ["latency", "a second", "calls in flight, on all connections together", "99.9 %", "100 us", "10,000"] {
      #expect(svg.contains(">\(text)</text>"), "\(text)")
    }
    #expect(svg.contains("prefers-color-scheme: dark"))
  }

  @Test func textOfTheReportIsEscaped() throws {
    let strange = ReportFixture.result("a<b>&\"c\u{1}\u{FFFF}", rates: [10])
    let svg = ReportPlot(ReportFixture.report([strange])).svg
    _ = try elements(svg)
    #expect(svg.contains("a&lt;b&gt;&amp;&quot;c\u{FFFD}\u{FFFD}"))
  }

  @Test func nothingIsDrawnOfNothing() throws {
    let svg = ReportPlot(BenchReport()).svg
    #expect(try elements(svg).contains("svg"))
    #expect(svg.contains("nothing was measured"))
  }

  @Test func everyPlaceIsOnTheDrawing() throws {
    let many = (0..<20).map { ReportFixture.result("s\($0)", rates: [1 << UInt64($0)], latency: 1 << UInt64($0)) }
    let svg = ReportPlot(ReportFixture.report(many)).svg
    _ = try elements(svg)
    for match in svg.matches(of: /cx="([0-9.-]+)" cy="([0-9.-]+)"/) {
      #expect((90.0...1090.0).contains(try #require(Double(match.output.1))))
      #expect((56.0...396.0).contains(try #require(Double(match.output.2))))
    }
  }

  @Test func logarithmsAreExactEnough() {
    for value in [1, 2, 3, 10, 1000, 1e-5, 12_345.678, 1e18, .leastNormalMagnitude, .greatestFiniteMagnitude] {
      #expect(abs(Logarithm.decimal(value) - log10(value)) < 1e-9)
    }
    #expect(Logarithm.power(-3) == 0.001)
    #expect(Logarithm.power(6) == 1_000_000)
  }

  @Test func anAxisGoesFromPowerToPowerOfTen() throws {
    let axis = try #require(PlotAxis([20, 4000, 0], from: 400, to: 100))
    #expect(axis.ticks == [10, 100, 1000, 10_000])
    #expect(abs(axis.place(10) - 400) < 1e-6)
    #expect(abs(axis.place(10_000) - 100) < 1e-6)
    #expect(abs(axis.place(100) - 300) < 1e-6)
    #expect(axis.place(0) == 400)
    let short = PlotAxis([2, 60], from: 0, to: 1)
    #expect(short?.ticks == [1, 2, 5, 10, 20, 50, 100])
    #expect(PlotAxis([0, -1, .infinity], from: 0, to: 1) == nil)
  }
}

// What was measured, for people and for scripts.

extension RecoveryBench {
  func lines(_ palette: Palette) -> [String] {
    let titles = ["", "A CPU SECOND", "MB A CPU SECOND", "CPU SECONDS", "SECONDS", "BYTES A CUSTOMER"]
    var table = TextTable(titles, right: Set(titles.dropFirst()))
    let rows = [floor].compactMap(\.self) + openings
    for row in rows {
      let median = row.median
      table.add([
        row.name, "\(FigureText.grouped(row.rate)) \(row.things)", Self.decimal(row.byteRate, of: 1_000_000),
        Self.decimal(Int(median.processorMicroseconds), of: 1_000_000),
        Self.decimal(Int(median.microseconds), of: 1_000_000),
        row == floor ? "" : "\(median.residentBytes / max(customers, 1))",
      ])
    }
    let log =
      floor.map { ", \(FigureText.grouped($0.count)) events, \(Self.decimal($0.bytes, of: 1_000_000)) MB" } ?? ""
    let share = journalShare.map { ["\($0) % of the replay's CPU time is the journal's own reading"] } ?? []
    let rounds = rows.first?.samples.count ?? 0
    return ["\(FigureText.grouped(customers)) customers\(log), \(rounds) round\(rounds == 1 ? "" : "s")"]
      + table.lines(palette) + share
  }

  var json: JSON {
    .members([
      "customers": .number(UInt64(customers)), "journal_share_percent": journalShare.map { .number(UInt64($0)) },
      "journal": floor.map { json($0) }, "openings": .array(openings.map { json($0) }),
    ])
  }

  private func json(_ row: Row) -> JSON {
    let median = row.median
    return .members([
      "name": .string(row.name), "things": .string(row.things), "count": .number(UInt64(row.count)),
      "bytes": .number(UInt64(row.bytes)), "per_cpu_second": .number(UInt64(row.rate)),
      "bytes_per_cpu_second": .number(UInt64(row.byteRate)),
      "cpu_microseconds": .signed(median.processorMicroseconds), "microseconds": .signed(median.microseconds),
      "resident_bytes_per_customer": .number(UInt64(median.residentBytes / max(customers, 1))),
      "rounds": .number(UInt64(row.samples.count)),
    ])
  }

  /// A number that is not negative, in units of `unit`, to three digits behind the point.
  static func decimal(_ number: Int, of unit: Int) -> String {
    let thousandths = (number * 1000 + unit / 2) / unit
    let fraction = String(thousandths % 1000)
    return "\(thousandths / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }
}

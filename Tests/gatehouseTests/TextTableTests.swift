internal import Testing

@testable import gatehouse

@Suite struct TextTableTests {
  private func table() -> TextTable {
    var table = TextTable(["ID", "COUNT", "NOTE"], right: ["COUNT"])
    table.add([TextTable.Cell("abc", .green), TextTable.Cell("7"), TextTable.Cell("n\u{1B}[31m")])
    table.add(["d", "1234567"])
    return table
  }

  @Test func columnsLineUp() {
    #expect(
      table().lines(Palette(isOn: false)) == [
        "ID     COUNT  NOTE",
        "abc        7  n\\u{1b}[31m",
        "d    1234567",
      ])
  }

  @Test func paintDoesNotMoveColumns() {
    let lines = table().lines(Palette(isOn: true))
    #expect(lines[1] == "\u{1B}[32mabc\u{1B}[0m        7  n\\u{1b}[31m")
    #expect(lines[0].hasPrefix("\u{1B}[2mID\u{1B}[0m  "))
  }

  @Test func wrappingKeepsWordsWhole() {
    #expect(HelpText.wrap("one two three\nfour", indent: 2, width: 9) == ["  one two", "  three", "  four"])
    #expect(HelpText.wrap("incomprehensible", indent: 0, width: 4) == ["incomprehensible"])
    #expect(HelpText.wrap("a\n\nb", indent: 1, width: 9) == [" a", "", " b"])
  }
}

internal import Testing

@testable import ProtobufWire

private struct Colour: WireEnum {
  static let allCases = [Colour(rawValue: 0), Colour(rawValue: 1), Colour(rawValue: -1)]
  static var namePrefix: String { "COLOUR_" }
  var rawValue: Int32
  var shortName: String {
    switch rawValue {
    case 0: "UNSPECIFIED"
    case 1: "RED"
    case -1: "NONE"
    default: String(rawValue)
    }
  }
}

@Suite struct WireEnumTests {
  @Test func names() {
    #expect(Colour().rawValue == 0)
    #expect(Colour(rawValue: 1).name == "COLOUR_RED")
    #expect(Colour(rawValue: 7).name == "7")
    #expect(!Colour(rawValue: 7).isNamed)
    for colour in Colour.allCases {
      #expect(Colour(name: colour.name) == colour)
      #expect(Colour(shortName: colour.shortName) == colour)
    }
    for unknown in ["RED", "COLOUR_", "COLOUR_BLUE", "COLOUR_red", "", "7"] { #expect(Colour(name: unknown) == nil) }
    #expect(Colour(shortName: "COLOUR_RED") == nil)
  }
}

/// What the command line asks for.
struct Arguments: Equatable {
  enum Mistake: Error, Equatable, CustomStringConvertible {
    case unknown(String)
    case missingValue(String)
    case missing(String)

    var description: String {
      switch self {
      case .unknown(let argument): "unknown argument '\(argument)'"
      case .missingValue(let option): "'\(option)' needs a folder behind it"
      case .missing(let option): "'\(option)' is needed"
      }
    }
  }

  static let help = """
    Usage: protogen --proto FOLDER [--swift FOLDER] [--swift-client FOLDER] [--clients FOLDER]
                    [--check]

    Reads every proto file (proto3) below a folder and writes what they define as source code.

      --proto FOLDER         where the proto files are; imports are looked for from here
      --swift FOLDER         where the Swift files go; generated files there that no proto file asks for are removed
      --swift-client FOLDER  where the generated part of the Swift client goes, likewise
      --clients FOLDER       where the clients of all other languages are: their generated files are written likewise
      --check                write nothing; name the files that differ and exit with 1 if there are any
      --help                 this text

    Exit codes: 0 done, 1 an error in a proto file or a difference, 2 usage, 3 a file cannot be read or written.

    """

  var proto = ""
  var swift = ""
  var swiftClient = ""
  var clients = ""
  var isCheck = false
  var isHelp = false

  /// - Parameter words: the command line without the program's name.
  init(_ words: [String]) throws(Mistake) {
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "--proto", "--swift", "--swift-client", "--clients":
        guard let value = rest.popFirst(), !value.hasPrefix("--") else { throw .missingValue(word) }
        switch word {
        case "--proto": proto = value
        case "--swift": swift = value
        case "--swift-client": swiftClient = value
        default: clients = value
        }
      case "--check": isCheck = true
      case "--help", "-h": isHelp = true
      default: throw .unknown(word)
      }
    }
    if isHelp { return }
    if proto.isEmpty { throw .missing("--proto") }
    if swift.isEmpty, swiftClient.isEmpty, clients.isEmpty { throw .missing("--swift") }
  }
}

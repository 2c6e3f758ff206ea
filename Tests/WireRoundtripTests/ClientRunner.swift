internal import Foundation

/// The runner of a client in another language: a program that answers lines of JSON.
struct ClientRunner {
  struct Failure: Error {
    var output: String
  }

  static let clients = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "clients")

  /// Within `clients`.
  var folder: String
  /// The program's name and what it is given.
  var command: [String]
  /// What has to be installed, where that is not the command itself.
  var program: String?

  static let python = ClientRunner(folder: "python", command: ["python3", "-B", "runner.py"])
  static let node = ClientRunner(folder: "typescript", command: ["node", "runner.js"])
  static let go = ClientRunner(folder: "go", command: ["go", "run", "./runner"])
  static let java = ClientRunner(
    folder: "java",
    command: [
      "sh", "-c",
      "out=$(mktemp -d) && javac -d $out src/gatehouse/*.java generated/gatehouse/*.java runner/*.java "
        + "&& java -cp $out Runner; status=$?; rm -r $out; exit $status",
    ],
    program: "javac"
  )
  static let rust = ClientRunner(
    folder: "rust",
    command: [
      "cargo", "run", "--offline", "--quiet", "--example", "runner", "--target-dir", "../../.build/clients/rust",
    ]
  )

  /// Whether the language is there.
  var isInstalled: Bool {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(program ?? command[0])")
    }
  }

  /// How many vectors the client has checked, and those that it takes otherwise.
  func checkVectors() throws -> (count: Int, wrong: [Any]) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = Self.clients.appending(path: folder)
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    let file = Self.clients.appending(path: "vectors/vectors.json").path
    input.fileHandleForWriting.write(Data("{\"id\": 1, \"op\": \"vectors\", \"file\": \"\(file)\"}\n".utf8))
    // The answer is one line; the end of the input ends the runner.
    var text = Data()
    while !text.contains(UInt8(ascii: "\n")) {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      text += more
    }
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    guard process.terminationStatus == 0, let answer = try JSONSerialization.jsonObject(with: text) as? [String: Any],
      let count = answer["count"] as? Int, let wrong = answer["wrong"] as? [Any]
    else { throw Failure(output: String(decoding: text, as: UTF8.self)) }
    return (count, wrong)
  }
}

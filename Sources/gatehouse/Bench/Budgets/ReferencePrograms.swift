internal import System

/// The programs that budgets are held against: built elsewhere, found by their names, run as processes of their own.
struct ReferencePrograms: Sendable {
  /// Why a program's figure is not there.
  struct Missing: Error, Equatable, Sendable {
    let reason: String
  }

  /// What a program that generates load measured.
  struct Figures: Equatable, Sendable {
    /// Answers a second.
    var rate: Double
    /// In nanoseconds; nil where the program does not tell.
    var p50: Double?
  }

  /// How long a program may take to begin, or to end after it should have, in milliseconds.
  static let patience: Int32 = 15_000

  /// Where the programs are looked for, in this order.
  let directories: [String]
  /// What they write lies here, on the disk that is measured.
  let scratch: String

  /// - Parameter directory: nil leaves those that are installed only.
  init(directory: String?, scratch: String, searchPath: String) {
    directories = [directory].compactMap(\.self) + searchPath.split(separator: ":").map(String.init)
    self.scratch = scratch
  }

  func path(of name: String) throws(Missing) -> String {
    for directory in directories {
      if let names = try? LinuxFileSystem().list(directory), names.contains(name) { return "\(directory)/\(name)" }
    }
    throw Missing(reason: "there is no program \"\(name)\" (--references DIR says where the programs are)")
  }

  func start(_ name: String, _ arguments: [String]) throws(Missing) -> ChildProcess {
    let path = try path(of: name)
    do throws(SystemError) {
      return try ChildProcess(
        executable: path, arguments: arguments, environment: [], errorFile: "\(scratch)/reference.log")
    } catch {
      throw Missing(reason: "\(path) does not start: \(error)")
    }
  }

  /// Starts a server and waits until it takes connections.
  ///
  /// - Parameter arguments: made of the port that it is to listen on.
  func serve(_ name: String, _ arguments: (UInt16) -> [String]) throws(Missing) -> ReferenceServer {
    let port = try Self.freePort()
    let process = try start(name, arguments(port))
    let deadline = MonotonicClock.now() + UInt64(Self.patience) * 1_000_000
    while MonotonicClock.now() < deadline {
      if (try? Socket.connect(to: .loopback(port: port), timeout: Self.patience)) != nil {
        return ReferenceServer(process: process, port: port)
      }
      guard process.endingIfEnded() == nil else { break }
      // It prints nothing: this is a pause.
      _ = process.nextLine(within: 20)
    }
    throw Missing(reason: "\(name) takes no connections: \(process.kill())")
  }

  /// A port that nobody listens on. Somebody else may take it before it is used; then a server does not start, and says
  /// so.
  private static func freePort() throws(Missing) -> UInt16 {
    do throws(SystemError) {
      let address = try Listener(on: .loopback(port: 0)).address
      return address.port
    } catch {
      throw Missing(reason: "there is no free port: \(error)")
    }
  }

  /// Loads a server of length-prefixed frames with `load`.
  func load(
    _ server: ReferenceServer, _ load: ScenarioResult.Load, frameBytes: Int, seconds: Double
  ) throws(Missing) -> Figures {
    let frames = "\(scratch)/reference.frames"
    try write(Self.frame(frameBytes), to: frames)
    let words = [
      "-p", "\(server.port)", "-c", "\(load.connections)", "-k", "\(load.inFlight)", "-s", FigureText.fixed(seconds, 2),
      "-w", "0.5", frames,
    ]
    let process = try start("load", words)
    let line = process.nextLine(within: Int32(seconds * 1000) + Self.patience)
    guard let line, let figures = Self.figures(line) else {
      throw Missing(reason: "load says nothing: \(process.kill())")
    }
    return figures
  }

  /// How long libsecp256k1 takes to recover a key, in nanoseconds.
  func recovery() throws(Missing) -> Double {
    let process = try start("secp", [])
    // It measures verifying and signing too, for twenty seconds in all, and prints when it has done all that.
    let line = process.nextLine(within: Self.patience * 4)
    guard let line, let time = Self.recovery(line) else {
      throw Missing(reason: "secp says nothing of what recovering takes")
    }
    return time
  }

  /// A directory with nothing in it, for the data of a server that is started more than once.
  func newDirectory(for name: String) throws(Missing) -> String {
    let path = "\(scratch)/\(name)-\(MonotonicClock.now())"
    do throws(SystemError) {
      try LinuxFileSystem().createDirectory(path)
    } catch {
      throw Missing(reason: "cannot make \(path): \(error)")
    }
    return path
  }

  func write(_ bytes: [UInt8], to path: String) throws(Missing) {
    do throws(SystemError) {
      let file = try LinuxFileSystem().open(path, .create)
      try file.resize(to: 0)
      try file.write(bytes, at: 0)
    } catch {
      throw Missing(reason: "cannot write \(path): \(error)")
    }
  }

  // MARK: - What they say

  /// A request of so many bytes, its length of four included.
  static func frame(_ bytes: Int) -> [UInt8] {
    let body = max(bytes - 4, 1)
    return withUnsafeBytes(of: UInt32(clamping: body).bigEndian) { Array($0) } + [UInt8](repeating: 0x5A, count: body)
  }

  /// The line that `load` ends with.
  static func figures(_ line: String) -> Figures? {
    guard let json = try? JSON(parsing: Array(line.utf8)), let rate = json["rps"]?.double, rate > 0 else { return nil }
    return Figures(rate: rate, p50: json["p50_us"]?.double.map { $0 * 1000 })
  }

  /// The line that `secp` begins with.
  static func recovery(_ line: String) -> Double? {
    guard let json = try? JSON(parsing: Array(line.utf8)), json["what"]?.string == "libsecp256k1 recover",
      let time = json["us"]?.double, time > 0
    else { return nil }
    return time * 1000
  }

  /// The rows that `redis-benchmark --csv` ends with: names, then figures.
  static func redisRate(_ line: String) -> Double? {
    let words = line.split(separator: ",").map { $0.filter { $0 != "\"" } }
    guard words.count > 1, words[0] == "SET", let rate = Double(words[1]), rate > 0 else { return nil }
    return rate
  }
}

/// A server to hold figures against. It is ended with the last reference to it.
final class ReferenceServer {
  let port: UInt16
  private let process: ChildProcess

  init(process: ChildProcess, port: UInt16) {
    self.process = process
    self.port = port
  }
}

extension ReferencePrograms {
  /// Redis with every write flushed before it is answered.
  func serveRedis() throws(Missing) -> ReferenceServer {
    // One that finds the log of an earlier one takes connections, but answers LOADING until it has replayed it.
    let directory = try newDirectory(for: "redis")
    return try serve("redis-server") { port in
      [
        "--port", "\(port)", "--bind", "127.0.0.1", "--appendonly", "yes", "--appendfsync", "always", "--save", "",
        "--dir", directory,
      ]
    }
  }

  /// `SET` with keys that differ and values of as many bytes as a call adds to the log.
  func loadRedis(
    _ server: ReferenceServer, _ load: ScenarioResult.Load, valueBytes: Int, calls: Int
  ) throws(Missing) -> Figures {
    let process = try start(
      "redis-benchmark",
      [
        "-p", "\(server.port)", "-t", "set", "-n", "\(calls)", "-c", "\(load.connections)", "-P", "\(load.inFlight)",
        "-d",
        "\(valueBytes)", "-r", "1000000000", "--csv",
      ])
    while let line = process.nextLine(within: Self.patience * 4) {
      if let rate = Self.redisRate(line) { return Figures(rate: rate) }
    }
    throw Missing(reason: "redis-benchmark says nothing: \(process.kill())")
  }
}

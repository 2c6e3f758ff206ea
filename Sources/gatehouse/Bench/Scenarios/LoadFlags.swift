/// The flags of the scenarios that load a server.
enum LoadFlags {
  /// More would not fit into what a server takes, nor into the ports of a machine.
  private static let mostConnections: UInt64 = 50_000
  private static let mostInFlight: UInt64 = 1 << 16
  /// A day.
  private static let longest: Int64 = 86_400_000_000

  static let server = Setting(
    "server", .hostPort(1...65535),
    """
    Loads a server that runs there, and writes into it. Unless given, a server of its own is started and stopped. The \
    variable is not taken for it: nobody should load a server by mistake.
    """)
  static let directory = Setting(
    "directory", .text("DIR"),
    "Where the server of its own keeps its data, which stays there. A temporary directory unless given.")
  static let connections = Setting(
    "connections", .number("N", 1...mostConnections), "How many connections. Each scenario has its own default.")
  static let inFlight = Setting(
    "in-flight", .numbers("N,…", 1...mostInFlight),
    """
    How many calls on each connection wait for their answers at the same time. Several numbers make a sweep: one row \
    each, and which of them is the knee of the curve.
    """)
  static let rate = Setting(
    "rate", .numbers("N,…", 1...100_000_000),
    """
    An open loop: so many calls a second in all, evenly spread, each counted from when it was due. Without it a closed \
    loop: the next call goes when an answer has come. Several numbers make a sweep. At 4,000 a second and more on each \
    connection, calls that are due in the same millisecond are sent together, and still count from when each was due.
    """)
  static let warmUp = Setting(
    "warm-up", .duration(0...longest), default: "500ms", "What comes first and is not counted.")
  static let duration = Setting(
    "duration", .duration(1000...longest), default: "2s", "How long each repetition is measured.")
  static let count = Setting(
    "count", .number("N", 1...UInt64(1 << 36)), "Measures so many things each time, however long it takes.")
  static let repetitions = Setting(
    "repetitions", .number("N", 1...1000), default: "3", "How often each row is measured.")
  static let seed = Setting(
    "seed", .number("N", 0...(CustomerNumber.seeds - 1)),
    """
    What the customers are made of: the same seed makes the same ones. 1 unless given; with --server or --directory a \
    new one each time, since the customers of the last run may be there.
    """)
  static let threads = Setting(
    "threads", .number("N", 1...64), default: "1", "How many threads drive the load, each with its own connections.")
  static let population = Setting(
    "customers", .number("N", 1...10_000_000), default: "\(LoadSettings.usualPopulation)",
    "How many customers are taken in first, to be looked up.")

  static let shares = Setting(
    "shares", .shares, default: CallShares.usual.text, "How often each kind of call is made, of all calls.")
  static let watchers = Setting(
    "watchers", .numbers("N,…", 0...mostConnections), default: "100",
    "How many watchers get every event; several numbers are measured one after the other, 0 for the writes alone.")
  static let excess = Setting(
    "excess", .number("PERCENT", 101...10_000), default: "200",
    "How much is asked for, in percent of what the server can bear.")

  /// What every scenario that loads a server takes.
  static let shared: [Flag] = [
    server.flag, ClientFlags.token.flag, directory.flag, connections.flag, inFlight.flag, rate.flag, warmUp.flag,
    duration.flag, count.flag, repetitions.flag, seed.flag, threads.flag, ClientFlags.json.flag,
    BenchCommands.plot.flag,
  ]
}

extension ValueForm where Value == [UInt64] {
  /// Whole numbers within a range, with commas between them.
  static func numbers(_ placeholder: String, _ range: ClosedRange<UInt64>) -> ValueForm {
    ValueForm(placeholder) { text throws(ValueProblem) in
      var values: [UInt64] = []
      for word in text.split(separator: ",", omittingEmptySubsequences: false) {
        guard let value = decimal(word), range.contains(value) else {
          throw ValueProblem(
            "is not whole numbers from \(range.lowerBound) to \(range.upperBound) with commas between them")
        }
        values.append(value)
      }
      return values
    }
  }
}

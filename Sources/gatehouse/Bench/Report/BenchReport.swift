/// All that one call of `gatehouse bench` has to tell.
struct BenchReport: Equatable, Sendable {
  /// Where it was measured: figures of different machines are not compared.
  struct Machine: Equatable, Sendable {
    /// "AMD EPYC 7763 64-Core Processor", as the kernel says it.
    var processor: String
    var processors: Int
    /// "Linux 6.1.0".
    var system: String
    /// Where the server's data lay: "ext4".
    var fileSystem: String
  }

  var machine: Machine?
  var floors: [Floor] = []
  var results: [ScenarioResult] = []
  /// What several results say together, each a sentence: where the knee of a sweep is, how an overload was borne.
  var conclusions: [String] = []
  /// Why the figures deserve less trust than usual, each a sentence.
  var warnings: [String] = []
}

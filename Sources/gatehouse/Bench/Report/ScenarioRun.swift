/// What one repetition of a scenario measured. Who drives it fills it in; what it does not measure stays nil.
struct ScenarioRun: Equatable, Sendable {
  /// Calls that succeeded, or events that were delivered: what ``ScenarioResult/things`` says. Warm-up does not count.
  var count: UInt64 = 0
  /// From the first call that counts to the last answer, in nanoseconds.
  var nanoseconds: UInt64 = 0
  /// Of each thing counted, in nanoseconds; in an open loop from the time at which the call was meant to be sent.
  var latency = Histogram()
  /// Calls that failed, by reason: `RESOURCE_EXHAUSTED`, `WALLET_TAKEN`. They are not in ``count`` nor ``latency``.
  var errors: [String: UInt64] = [:]
  /// Processor time of all threads, in the program and in the kernel, in microseconds.
  var serverProcessorMicroseconds: Int64?
  var clientProcessorMicroseconds: Int64?
  /// Both directions, the frames' lengths included, without the headers of TCP; of computing, the bytes gone through.
  var wireBytes: UInt64?
  /// What the server's log has grown by.
  var diskBytes: UInt64?
  /// Of the server's process, at the end of the repetition.
  var residentBytes: UInt64?

  var seconds: Double { Double(nanoseconds) / 1e9 }
  /// Things a second; 0 when no time went by.
  var rate: Double { nanoseconds == 0 ? 0 : Double(count) / seconds }
  /// Nil where no bytes were counted.
  var bytesASecond: Double? { wireBytes.map { nanoseconds == 0 ? 0 : Double($0) / seconds } }
  var errorCount: UInt64 { errors.values.reduce(0, +) }

  /// Processor time, or bytes, for each thing counted; nil when it was not measured or there is none.
  func perThing(_ total: (some BinaryInteger)?) -> Double? {
    guard let total, count > 0 else { return nil }
    return Double(total) / Double(count)
  }
}

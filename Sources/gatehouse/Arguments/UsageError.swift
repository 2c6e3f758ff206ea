/// Why a command line was not understood: answered with exit code 2.
struct UsageError: Error, Equatable, Sendable {
  /// What is wrong, naming the flag or word that is.
  let message: String
  /// What to do instead, where there is a good guess.
  var hint: String?
}

/// The words given to one command, sorted into flags and operands. Every flag in here is one that the command declares,
/// and its text has passed the flag's check.
struct Arguments: Sendable {
  /// A text given for a flag, and where it comes from.
  struct Given: Sendable, Equatable {
    let text: String
    /// As messages name it: "--listen" or "GATEHOUSE_LISTEN".
    let source: String
  }

  /// The command's words: "gatehouse screening report".
  let command: String
  let given: [String: [Given]]
  let operands: [String]

  /// The value of a flag, or its default; nil when it has none.
  func value<Value>(_ setting: Setting<Value>) throws(CommandFailure) -> Value? {
    try values(setting).first
  }

  /// Every value of a repeated flag, in the order given.
  func values<Value>(_ setting: Setting<Value>) throws(CommandFailure) -> [Value] {
    let texts =
      given[setting.flag.name]
      ?? setting.flag.fallback.map { [Given(text: $0, source: "--\(setting.flag.name)")] } ?? []
    var values: [Value] = []
    for text in texts {
      do {
        values.append(try setting.form.parse(text.text))
      } catch {
        throw CommandFailure(text.error(error), command: command)
      }
    }
    return values
  }

  /// The value of a flag that the command cannot do without.
  func required<Value>(_ setting: Setting<Value>) throws(CommandFailure) -> Value {
    guard let value = try value(setting) else {
      throw usage(
        "\(command) needs --\(setting.flag.name) \(setting.form.placeholder)",
        hint: "\(setting.flag.summary) It may also stand in \(setting.flag.environmentVariable).")
    }
    return value
  }

  func isOn(_ option: Switch) throws(CommandFailure) -> Bool {
    guard let text = given[option.flag.name]?.first else { return false }
    do {
      return try Switch.isOn(text.text)
    } catch {
      throw CommandFailure(text.error(error), command: command)
    }
  }

  /// The operand at a place, read as a value; nil when fewer were given.
  func operand<Value>(_ index: Int, _ form: ValueForm<Value>) throws(CommandFailure) -> Value? {
    guard operands.indices.contains(index) else { return nil }
    do {
      return try form.parse(operands[index])
    } catch {
      throw usage("\(form.placeholder) \"\(operands[index])\" \(error.description)")
    }
  }

  /// What to throw for words that are each right and do not go together.
  func usage(_ message: String, hint: String? = nil) -> CommandFailure {
    CommandFailure(UsageError(message: message, hint: hint), command: command)
  }
}

extension Arguments.Given {
  func error(_ problem: ValueProblem) -> UsageError {
    UsageError(message: "\(source) \"\(text)\" \(problem.description)")
  }
}

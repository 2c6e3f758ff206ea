/// A flag as help shows it and as the parser looks for it.
struct Flag: Sendable {
  /// Without the dashes: lower-case words joined by dashes.
  let name: String
  /// What stands for the value in help; nil for a switch, which takes none.
  let placeholder: String?
  /// What it does, in one sentence.
  let summary: String
  /// The text that applies when the flag is not given.
  let fallback: String?
  /// Whether it may be given more than once.
  let repeats: Bool
  /// Says what is wrong with a text, before any command runs.
  let check: @Sendable (String) throws(ValueProblem) -> Void

  /// The environment variable that applies when the flag is not given: "GATEHOUSE_CHALLENGE_TTL".
  var environmentVariable: String {
    "GATEHOUSE_" + String(name.map { $0 == "-" ? "_" : Character($0.uppercased()) })
  }
}

/// A flag that takes a value of one type.
struct Setting<Value: Sendable>: Sendable {
  let flag: Flag
  let form: ValueForm<Value>

  init(
    _ name: String, _ form: ValueForm<Value>, default fallback: String? = nil, repeats: Bool = false, _ summary: String
  ) {
    self.form = form
    flag = Flag(
      name: name, placeholder: form.placeholder, summary: summary, fallback: fallback, repeats: repeats,
      check: { text throws(ValueProblem) in _ = try form.parse(text) })
  }
}

/// A flag that takes no value: it is given or not.
struct Switch: Sendable {
  let flag: Flag

  init(_ name: String, _ summary: String) {
    flag = Flag(
      name: name, placeholder: nil, summary: summary, fallback: nil, repeats: false,
      check: { text throws(ValueProblem) in _ = try Switch.isOn(text) })
  }

  /// What a text given for a switch means, as in `--json=false` or `GATEHOUSE_JSON=1`.
  static func isOn(_ text: String) throws(ValueProblem) -> Bool {
    switch text.lowercased() {
    case "1", "true", "yes", "on": true
    case "0", "false", "no", "off": false
    default: throw ValueProblem("is neither true nor false")
    }
  }
}

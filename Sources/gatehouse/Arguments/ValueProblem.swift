/// What is wrong with the text given for a value, as the rest of a sentence: "is not a whole number".
struct ValueProblem: Error, Equatable, Sendable {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

public import Lifecycle

/// Counts of one tenant's customers, or of all: true of one revision.
///
/// The counts are stored inline: each event changes some, and an array would have to be found to be unshared each time.
public struct Statistics: Equatable, Sendable {
  /// The states, and none: the numbers of `State`, and 0.
  private static var stateCount: Int { 7 }

  private var states = InlineArray<7, UInt64>(repeating: 0)
  /// From each state to each, row by row.
  private var transitions = InlineArray<49, UInt64>(repeating: 0)
  /// How many customers a person has to look at.
  public private(set) var attention: UInt64 = 0

  /// No customers yet.
  public init() {}

  /// As a snapshot has kept them; nil when these are not the counts of as many states as there are.
  init?(states: [UInt64], transitions: [UInt64], attention: UInt64) {
    guard states.count == Self.stateCount, transitions.count == Self.stateCount * Self.stateCount else { return nil }
    self.states = InlineArray { states[$0] }
    self.transitions = InlineArray { transitions[$0] }
    self.attention = attention
  }

  /// Counts another tenant's customers in.
  mutating func add(_ other: Statistics) {
    for index in states.indices { states[index] &+= other.states[index] }
    for index in transitions.indices { transitions[index] &+= other.transitions[index] }
    attention &+= other.attention
  }

  /// All counts of states, and all of transitions, in the order in which a snapshot keeps them.
  var counts: (states: [UInt64], transitions: [UInt64]) {
    (states.indices.map { states[$0] }, transitions.indices.map { transitions[$0] })
  }

  /// How many customers are in the state.
  public func customers(in state: State) -> UInt64 { states[Int(state.rawValue)] }

  /// How often customers went from one state to the other; nil is the state before the creation.
  public func transitions(from: State?, to: State) -> UInt64 { transitions[Self.cell(from, to)] }

  /// Counts an event: the state before and after, and whether a person had and has to look.
  mutating func count(from: State?, to: State, hadAttention: Bool, hasAttention: Bool) {
    if let from { states[Int(from.rawValue)] -= 1 }
    states[Int(to.rawValue)] += 1
    transitions[Self.cell(from, to)] += 1
    if hadAttention { attention -= 1 }
    if hasAttention { attention += 1 }
  }

  public static func == (left: Statistics, right: Statistics) -> Bool {
    left.attention == right.attention && left.states.indices.allSatisfy { left.states[$0] == right.states[$0] }
      && left.transitions.indices.allSatisfy { left.transitions[$0] == right.transitions[$0] }
  }

  private static func cell(_ from: State?, _ to: State) -> Int {
    Int(from?.rawValue ?? 0) * stateCount + Int(to.rawValue)
  }
}

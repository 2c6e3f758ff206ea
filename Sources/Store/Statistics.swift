public import Lifecycle

/// Counts of one tenant's customers, or of all: true of one revision.
public struct Statistics: Equatable, Sendable {
  private static let stateCount = State.allCases.count + 1

  private(set) var states = [UInt64](repeating: 0, count: stateCount)
  private(set) var transitions = [UInt64](repeating: 0, count: stateCount * stateCount)
  /// How many customers a person has to look at.
  public private(set) var attention: UInt64 = 0

  /// No customers yet.
  public init() {}

  /// As a snapshot has kept them; nil when these are not the counts of as many states as there are.
  init?(states: [UInt64], transitions: [UInt64], attention: UInt64) {
    guard states.count == Self.stateCount, transitions.count == Self.stateCount * Self.stateCount else { return nil }
    self.states = states
    self.transitions = transitions
    self.attention = attention
  }

  /// Counts another tenant's customers in.
  mutating func add(_ other: Statistics) {
    for index in states.indices { states[index] &+= other.states[index] }
    for index in transitions.indices { transitions[index] &+= other.transitions[index] }
    attention &+= other.attention
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

  private static func cell(_ from: State?, _ to: State) -> Int {
    Int(from?.rawValue ?? 0) * stateCount + Int(to.rawValue)
  }
}

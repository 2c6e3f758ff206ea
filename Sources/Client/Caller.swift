internal import RPC
internal import System

/// A call, or whatever else waits for a connection, as ``Caller`` sees it.
protocol WaitingCall: AnyObject, Sendable {
  /// On the monotonic clock, in nanoseconds; `UInt64.max` is none.
  var deadline: UInt64 { get }
  /// Whether it ends when no address of a round took the connection, instead of waiting for the next round.
  var isHasty: Bool { get }
  /// Nobody waits for it any more.
  var isOver: Bool { get }
  /// Why it was not answered before; nil where it is the first attempt.
  var lastFailure: GatehouseError? { get }
  /// - Returns: false when there is no room on the connection; it is asked again then.
  func begin(on link: ClientLink) -> Bool
  /// It ends without having been begun.
  func giveUp(_ failure: GatehouseError)
}

/// Makes calls over one connection at a time: connects, connects again, and holds calls until they can be begun.
///
/// Two threads do the waiting, each only while there is something to wait for: one, the clerk, for the clock and for
/// room; the other for the connection.
final class Caller: Sendable {
  struct Waiting {
    let call: any WaitingCall
    /// On the monotonic clock, in nanoseconds.
    let notBefore: UInt64
  }

  struct State {
    var rounds: AddressRounds
    /// The connection that takes calls.
    var link: ClientLink?
    /// Those that only finish their calls among them.
    var open: [ObjectIdentifier: ClientLink] = [:]
    /// In their order. Bounded by what the application asks for at once.
    var waiting: [Waiting] = []
    /// Why the last attempt to connect failed.
    var lastFailure: GatehouseError?
    var isConnecting = false
    var hasClerk = false
    /// The clerk has to look again.
    var hasNews = false
    var isClosed = false
  }

  let settings: ClientSettings
  let state: Monitor<State>

  /// - Parameter addresses: at least one.
  init(_ addresses: [String], _ settings: ClientSettings) {
    self.settings = settings
    state = Monitor(State(rounds: AddressRounds(addresses, settings)))
  }

  /// Begins a call as soon as that is possible.
  ///
  /// - Parameter notBefore: on the monotonic clock, in nanoseconds.
  func submit(_ call: any WaitingCall, notBefore: UInt64 = 0) {
    if notBefore == 0, let link = state.withLock({ $0.link }), call.begin(on: link) { return }
    let isClosed = state.withLock { state in
      if !state.isClosed {
        state.waiting.append(Waiting(call: call, notBefore: notBefore))
        state.hasNews = true
        startClerk(&state)
      }
      return state.isClosed
    }
    if isClosed { call.giveUp(.closed) }
    state.broadcast()
  }

  /// The call is over: it waits no longer.
  func withdraw(_ call: any WaitingCall) {
    state.withLock { $0.waiting.removeAll { $0.call === call } }
  }

  /// Ends everything; calls that are open fail with `CANCELLED`.
  func close() {
    let (waiting, links) = state.withLock { state in
      defer { (state.waiting, state.open, state.link, state.isClosed) = ([], [:], nil, true) }
      return (state.waiting, Array(state.open.values))
    }
    state.broadcast()
    for each in waiting { each.call.giveUp(.closed) }
    for link in links { link.end(.closed) }
  }

  // MARK: The clerk

  private func startClerk(_ state: inout State) {
    guard !state.hasClerk else { return }
    do {
      let thread = try Thread(name: "gh-clerk") { self.clerk() }
      thread.detach()
      state.hasClerk = true
    } catch {
      // Without a thread nobody would ever look after the calls again.
      let waiting = state.waiting
      state.waiting = []
      for each in waiting { each.call.giveUp(.lost("\(error)")) }
    }
  }

  /// What there is to do outside of the lock.
  private struct Work {
    var overdue: [any WaitingCall] = []
    var ready: [Waiting] = []
    var link: ClientLink?
    var lastFailure: GatehouseError?
    /// When to look again, at the latest; nil when nothing waits any more.
    var next: UInt64?
  }

  private func clerk() {
    while true {
      let now = MonotonicClock.now()
      let work = state.withLock { sortOut(&$0, now: now) }
      for call in work.overdue { call.giveUp(.overdue(last: work.lastFailure ?? call.lastFailure)) }
      guard let next = work.next else { return }
      if let link = work.link, begin(work.ready, on: link) { continue }
      state.wait(deadline: next) { state in
        defer { state.hasNews = false }
        return state.hasNews ? () : nil
      }
    }
  }

  private func sortOut(_ state: inout State, now: UInt64) -> Work {
    var work = Work(link: state.link, lastFailure: state.lastFailure)
    var rest: [Waiting] = []
    var next = UInt64.max
    var wantsConnection = false
    for each in state.waiting where !each.call.isOver {
      if each.call.deadline <= now {
        work.overdue.append(each.call)
        continue
      }
      next = min(next, each.call.deadline, each.notBefore > now ? each.notBefore : .max)
      if each.notBefore <= now, state.link != nil {
        work.ready.append(each)
      } else {
        wantsConnection = wantsConnection || each.notBefore <= now
        rest.append(each)
      }
    }
    state.waiting = rest
    if wantsConnection { startConnecting(&state) }
    state.hasClerk = !(rest.isEmpty && work.ready.isEmpty)
    work.next = state.hasClerk ? next : nil
    return work
  }

  /// Those that find no room wait on, before all others.
  ///
  /// - Returns: whether there were any and all of them were begun.
  private func begin(_ ready: [Waiting], on link: ClientLink) -> Bool {
    guard let full = ready.firstIndex(where: { !$0.call.begin(on: link) }) else { return !ready.isEmpty }
    state.withLock { $0.waiting.insert(contentsOf: ready[full...], at: 0) }
    return false
  }
}

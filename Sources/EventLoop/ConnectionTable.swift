internal import RPC

/// The connections of a loop, by slot. A slot that is used again has another generation, so that an answer or an event
/// for its former tenant finds nothing.
struct ConnectionTable {
  private var connections: [Connection?] = []
  private var generations: [UInt32] = []
  private var freeSlots: [Int] = []
  private(set) var count = 0
  private let loop: UInt8

  init(loop: UInt8) {
    self.loop = loop
  }

  /// Takes a slot; `make` fills it.
  mutating func insert(_ make: (ConnectionID) -> Connection) -> Connection {
    let slot = freeSlots.popLast() ?? connections.count
    if slot == connections.count {
      connections.append(nil)
      generations.append(0)
    }
    generations[slot] &+= 1
    let connection = make(ConnectionID(loop: loop, slot: slot, generation: generations[slot]))
    connections[slot] = connection
    count += 1
    return connection
  }

  mutating func remove(_ id: ConnectionID) {
    guard self[id] != nil else { return }
    connections[id.slot] = nil
    freeSlots.append(id.slot)
    count -= 1
  }

  /// Nil when the connection has gone.
  subscript(id: ConnectionID) -> Connection? {
    let slot = id.slot
    guard slot < connections.count, let connection = connections[slot], connection.id == id else { return nil }
    return connection
  }

  /// All of them.
  var all: [Connection] { connections.compactMap { $0 } }
}

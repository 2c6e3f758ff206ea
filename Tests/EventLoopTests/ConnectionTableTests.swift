internal import RPC
internal import System
internal import Testing

@testable import EventLoop

struct ConnectionTableTests {
  @Test func aSlotThatIsUsedAgainForgetsItsFormerTenant() throws {
    let listener = try Listener(on: .loopback(port: 0))
    var table = ConnectionTable(loop: 3)
    var former: [ConnectionID] = []
    for _ in 0..<5 {
      var socket: Socket? = try Socket.connect(to: listener.address, timeout: 20_000)
      let connection = table.insert { id in
        Connection(id: id, socket: socket.take()!, limits: ServerLimits(), now: 0)
      }
      #expect(connection.id.slot == 0 && connection.id.loop == 3)
      #expect(table[connection.id] === connection)
      for id in former { #expect(table[id] == nil) }
      table.remove(connection.id)
      table.remove(connection.id)
      #expect(table.count == 0 && table[connection.id] == nil)
      former.append(connection.id)
    }
    #expect(table[ConnectionID(loop: 3, slot: 999, generation: 1)] == nil)
  }
}

internal import Testing

@testable import System

@Suite struct ListeningProcessTests {
  @Test func itIsThisOne() throws {
    let listener = try Listener(on: .loopback(port: 0))
    #expect(ListeningProcess.find(port: listener.address.port) == Int32(CurrentProcess.id))
  }

  @Test func aPortThatNobodyListensOnIsNobodys() throws {
    // Connected from there, which is not listening.
    let listener = try Listener(on: .loopback(port: 0))
    let port = listener.address.port
    let socket = try Socket.connect(to: listener.address, timeout: 5000)
    #expect(ListeningProcess.find(port: port) != nil)
    _ = consume listener
    #expect(ListeningProcess.find(port: port) == nil)
    _ = consume socket
  }

  @Test func theTableIsRead() {
    let table = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:1CFC 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 501 1 0 100 0 0 10 0
         1: 0100007F:1CFC 0100007F:9C40 01 00000000:00000000 00:00000000 00000000     0        0 502 1 0 20 4 30 10 -1
         2: 00000000000000000000000000000000:1CFC 00000000:0000 0A 0:0 00:0 0 0 0 503 1
         3: 0100007F:1CFD 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 504 1 0 100 0 0 10 0
         4: short
      """
    #expect(ListeningProcess.inodes(listeningOn: 7420, in: table) == ["501", "503"])
    #expect(ListeningProcess.inodes(listeningOn: 1, in: table).isEmpty)
  }
}

internal import GatehouseAPI
internal import ProtobufWire
internal import Testing

@testable import RPC

struct ClientConnectionTests {
  private func receive(_ connection: inout ClientConnection, _ frame: GatehouseRpcV1.Frame) -> ClientAction {
    frame.encoded().withUnsafeBytes { bytes in
      guard let view = try? FrameView(bytes) else { return .close(.malformedFrame) }
      return connection.receive(view)
    }
  }

  private func opened() -> ClientConnection {
    var connection = ClientConnection()
    #expect(receive(&connection, FrameSamples.hello()) == .greeted)
    return connection
  }

  @Test func callsMayBeMadeBeforeTheServersHello() {
    var connection = ClientConnection()
    #expect(connection.begin(credit: 0) == 1)
    #expect(connection.begin(credit: 0) == 2)
    #expect(receive(&connection, FrameSamples.hello()) == .greeted)
    #expect(receive(&connection, FrameSamples.reply(2, status: GatehouseRpcV1.Status())) == .end(stream: 2, isOK: true))
    #expect(receive(&connection, FrameSamples.reply(1, status: FrameSamples.failure)) == .end(stream: 1, isOK: false))
    #expect(connection.openCount == 0)
  }

  @Test func theServerSaysHelloFirstAndOnce() {
    var connection = ClientConnection()
    _ = connection.begin(credit: 0)
    #expect(receive(&connection, FrameSamples.reply(1, status: nil)) == .close(.helloExpected))
    connection = opened()
    #expect(receive(&connection, FrameSamples.hello()) == .close(.secondHello))
  }

  @Test func moreMessagesThanGrantedEndTheConnection() {
    var connection = opened()
    #expect(connection.begin(credit: 2) == 1)
    #expect(receive(&connection, FrameSamples.reply(1, status: nil)) == .message(stream: 1))
    #expect(connection.grant(1, messages: 1) == true)
    #expect(receive(&connection, FrameSamples.reply(1, status: nil)) == .message(stream: 1))
    #expect(receive(&connection, FrameSamples.reply(1, status: nil)) == .message(stream: 1))
    #expect(receive(&connection, FrameSamples.reply(1, status: nil)) == .close(.creditExceeded(1)))
  }

  @Test func aUnaryCallTakesNoMessageWithoutAnEnd() {
    var connection = opened()
    _ = connection.begin(credit: 0)
    #expect(receive(&connection, FrameSamples.reply(1, status: nil)) == .close(.creditExceeded(1)))
  }

  @Test func anAbandonedCallIsIgnoredUntilItsEnd() {
    var connection = opened()
    _ = connection.begin(credit: 5)
    #expect(connection.abandon(1) == true)
    #expect(connection.abandon(1) == false)
    #expect(connection.grant(1, messages: 1) == false)
    #expect(receive(&connection, FrameSamples.reply(1, status: nil)) == .ignore)
    #expect(connection.openCount == 1)
    #expect(receive(&connection, FrameSamples.reply(1, status: FrameSamples.failure)) == .ignore)
    #expect(connection.openCount == 0)
  }

  @Test func anAnswerNobodyAskedForEndsTheConnection() {
    var connection = opened()
    #expect(receive(&connection, FrameSamples.reply(1, status: nil)) == .close(.unknownStream(1)))
  }

  @Test func afterGoAwayWhatIsOpenGoesOn() {
    var connection = opened()
    _ = connection.begin(credit: 0)
    #expect(receive(&connection, FrameSamples.frame(0, .goAway(GatehouseRpcV1.GoAway()))) == .goAway)
    #expect(connection.begin(credit: 0) == nil)
    #expect(receive(&connection, FrameSamples.reply(1, status: GatehouseRpcV1.Status())) == .end(stream: 1, isOK: true))
  }

  @Test func framesOfClientsAreNotTaken() {
    for (frame, kind) in [
      (FrameSamples.call(1), FrameView.Kind.call), (FrameSamples.cancel(1), .cancel),
      (FrameSamples.credit(1, 1), .credit),
      (FrameSamples.frame(0, nil), .none),
    ] {
      var connection = opened()
      #expect(receive(&connection, frame) == .close(.unexpectedKind(kind)))
    }
  }
}

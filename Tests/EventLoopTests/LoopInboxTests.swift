internal import RPC
internal import System
internal import Testing

@testable import EventLoop

struct LoopInboxTests {
  /// Whether the bell has rung since it was asked last.
  private func rings(_ epoll: borrowing Epoll) throws -> Bool {
    try epoll.wait(timeout: 0) > 0
  }

  @Test func theBellRingsOnceForALoopThatSleeps() throws {
    let inbox = try LoopInbox()
    let epoll = try Epoll(capacity: 1)
    try epoll.add(inbox.bellDescriptor, [.readable, .edge], tag: 0)
    inbox.deliver(ReplyBatch())
    #expect(try !rings(epoll))
    #expect(!inbox.fallAsleep())
    var contents = LoopInbox.Contents()
    inbox.take(&contents)
    #expect(contents.replies.count == 1)
    #expect(inbox.fallAsleep())
    inbox.wakeStreams()
    inbox.wakeStreams()
    #expect(try rings(epoll))
    #expect(try !rings(epoll))
    contents = LoopInbox.Contents()
    inbox.take(&contents)
    #expect(contents.wakesAll && contents.replies.isEmpty)
  }

  @Test func manyWakesBecomeOneOfAll() throws {
    let inbox = try LoopInbox()
    let id = ConnectionID(loop: 0, slot: 0, generation: 1)
    for stream in UInt32(1)...5000 { inbox.wakeStream(stream, of: id) }
    var contents = LoopInbox.Contents()
    inbox.take(&contents)
    #expect(contents.wakesAll && contents.wakes.isEmpty)
    for stream in UInt32(1)...5 { inbox.wakeStream(stream, of: id) }
    contents = LoopInbox.Contents()
    inbox.take(&contents)
    #expect(!contents.wakesAll && contents.wakes.map(\.stream) == [1, 2, 3, 4, 5])
  }
}

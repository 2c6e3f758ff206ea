/// Where answers go: the loop that read the calls. All of it may be called from any thread.
public protocol ReplySink: AnyObject, Sendable {
  /// Sends the answers, in their order. The batch is the sink's from here on.
  func deliver(_ replies: ReplyBatch)

  /// Asks every idle stream of the loop again whether it has something to send. Many calls before the loop gets to it
  /// count as one.
  func wakeStreams()

  /// Asks one stream again. Nothing happens when it has ended.
  func wakeStream(_ stream: UInt32, of connection: ConnectionID)
}

internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Store

/// A GetHistory on its way: waits until the customer's newest event is durable, then reads the chain on a worker.
final class HistoryReading: CommitGate.Waiter {
  /// Bytes of events that one answer holds: within the greatest frame that a client of this protocol takes.
  private static let maximumBytes = 8 << 20

  private let newest: UInt64
  private let showsPrivate: Bool
  private let hub: WatchHub
  private let workers: WorkerPool
  private let address: ReturnAddress

  init(
    upTo newest: UInt64, showingPrivate: Bool, from hub: WatchHub, on workers: WorkerPool,
    answering address: ReturnAddress
  ) {
    self.newest = newest
    showsPrivate = showingPrivate
    self.hub = hub
    self.workers = workers
    self.address = address
  }

  func committed() {
    if !workers.submit({ [self] in read() }) { address.deliver(.workersBusy) }
  }

  private func read() {
    do throws(HistoryError) {
      let records = try hub.history(upTo: newest)
      var writer = WireWriter()
      for record in records {
        writer.message(GatehouseV1.GetHistoryResponse.Field.events) {
          record.renderEvent(showingPrivate: showsPrivate, into: &$0)
        }
      }
      if writer.count > Self.maximumBytes {
        address.deliver(.historyTooLong(events: records.count))
      } else {
        address.deliver { answer in writer.withUnsafeBytes { answer.append($0) } }
      }
    } catch {
      address.deliver(.historyUnreadable(error))
    }
  }
}

package gatehouse;

/**
 * What a Watch hands out: one of four.
 *
 * @param event an event
 * @param current a customer of the snapshot
 * @param snapshotBegun a snapshot follows: forget what you hold
 * @param snapshotComplete the snapshot is whole
 */
public record Change(
    GatehouseV1.Event event,
    GatehouseV1.Customer current,
    SnapshotBegun snapshotBegun,
    SnapshotComplete snapshotComplete) {
  /** The reason is why it begins again: one of the server's, or "INTERRUPTED"; empty the first time. */
  public record SnapshotBegun(String reason) {}

  /** What the snapshot is true of, and how many customers it held. */
  public record SnapshotComplete(long revision, long customers) {}
}

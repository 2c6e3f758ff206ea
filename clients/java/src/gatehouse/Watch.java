package gatehouse;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Set;

/**
 * Changes, each once and in order, whatever becomes of connections and servers. For one thread; {@code close}, from any
 * thread, ends it.
 */
public final class Watch implements Iterable<Change>, AutoCloseable {
  private static final Set<String> HISTORY_LOST = Set.of("REVISION_COMPACTED", "STORE_CHANGED", "REVISION_IN_FUTURE");

  private record Step(Change change, Long position) {}

  private final Caller caller;
  private final GatehouseV1.WatchRequest options;
  private final boolean snapshotOnHistoryLost;
  private final CallOptions callOptions;
  private final Resumption resumption;
  private final ArrayDeque<Step> pending = new ArrayDeque<>();
  private volatile Stream<GatehouseV1.WatchResponse> stream;
  private volatile boolean isClosed;
  private Long position;
  private byte[] storeId;
  private long behindBy;
  private long skipped;
  private boolean isInSnapshot;
  private String reason = "";

  Watch(Caller caller, GatehouseV1.WatchRequest options, boolean snapshotOnHistoryLost, int credit) {
    this.caller = caller;
    this.options = options;
    this.snapshotOnHistoryLost = snapshotOnHistoryLost;
    callOptions = new CallOptions(null, credit);
    resumption = new Resumption(caller.settings);
    position = options.afterRevision;
    storeId = options.storeId;
    isInSnapshot = options.snapshot;
  }

  /** Everything up to this revision was handed out; null while nothing is known of it. */
  public Long position() {
    return position;
  }

  /** The history that the position belongs to. */
  public byte[] storeId() {
    return storeId.clone();
  }

  /** How many revisions the server was ahead of the last message when it was made. */
  public long behindBy() {
    return behindBy;
  }

  /** How many events {@code latestOnly} left out so far. */
  public long skipped() {
    return skipped;
  }

  /** Waits for the next change; null when the Watch was closed. */
  public Change next() {
    while (!isClosed) {
      Step step = pending.poll();
      if (step == null) {
        fill();
        continue;
      }
      boolean isNew =
          step.position == null || position == null || Long.compareUnsigned(step.position, position) > 0;
      if (!isNew && step.change != null && step.change.event() != null) continue; // Handed out before.
      if (isNew && step.position != null) position = step.position;
      if (step.change != null) return step.change;
    }
    return null;
  }

  /** Waits for a message, on a new stream where the one before was interrupted. */
  private void fill() {
    long pause;
    try {
      if (stream == null) stream = new Stream<>(caller, Services.CustomerService.WATCH, request(), callOptions);
      if (isClosed) return;
      GatehouseV1.WatchResponse message = stream.next();
      if (message != null) {
        take(message);
        resumption.reset();
        return;
      }
      stream = null; // The server ends no Watch well; should it, the Watch goes on.
      pause = resumption.pause();
    } catch (GatehouseException failure) {
      if (isClosed) return;
      pause = pauseBefore(failure);
      stream.close();
      stream = null;
    }
    try {
      synchronized (this) {
        if (!isClosed) Resumption.rest(this, pause);
      }
    } catch (InterruptedException interruption) {
      Thread.currentThread().interrupt();
      close();
    }
  }

  /** Asks for what is behind everything that was handed out. */
  private GatehouseV1.WatchRequest request() {
    var request =
        new GatehouseV1.WatchRequest()
            .states(options.states)
            .customerIds(options.customerIds)
            .progressIntervalMs(options.progressIntervalMs)
            .latestOnly(options.latestOnly)
            .tenant(options.tenant);
    if (!isInSnapshot) return request.afterRevision(position).storeId(storeId);
    pending.add(new Step(new Change(null, null, new Change.SnapshotBegun(reason), null), null));
    reason = "INTERRUPTED";
    // Both is a mistake, and the server's to refuse.
    return request.snapshot(true).afterRevision(options.snapshot ? options.afterRevision : null);
  }

  private void take(GatehouseV1.WatchResponse message) {
    behindBy = message.behindBy;
    skipped += message.skipped;
    if (message.storeId.length > 0) storeId = message.storeId;
    for (var customer : message.current) pending.add(new Step(new Change(null, customer, null, null), null));
    for (var event : message.events) pending.add(new Step(new Change(event, null, null, null), event.revision));
    if (message.snapshotComplete != null) {
      isInSnapshot = false;
      reason = "";
      long revision = message.snapshotComplete.revision;
      var complete = new Change.SnapshotComplete(revision, message.snapshotComplete.customers);
      pending.add(new Step(new Change(null, null, null, complete), revision));
    }
    if (message.progress != null) pending.add(new Step(null, message.progress.revision));
  }

  /** How long to wait before the Watch is asked for again, in nanoseconds; throws the failure where it must not be. */
  private long pauseBefore(GatehouseException failure) {
    if (isHistoryLost(failure)) return resumption.pause();
    try {
      return resumption.pauseAfter(failure, stream);
    } catch (GatehouseException end) {
      close();
      throw end;
    }
  }

  /** Whether the Watch begins again with a snapshot; it is told so. */
  private boolean isHistoryLost(GatehouseException failure) {
    if (!HISTORY_LOST.contains(failure.reason()) || !snapshotOnHistoryLost) return false;
    position = null;
    storeId = new byte[0];
    isInSnapshot = true;
    reason = failure.reason();
    return true;
  }

  /** Ends the Watch. */
  @Override
  public void close() {
    isClosed = true;
    Stream<GatehouseV1.WatchResponse> open = stream;
    if (open != null) open.close();
    synchronized (this) {
      notifyAll();
    }
  }

  /** The changes until the Watch is closed. */
  @Override
  public Iterator<Change> iterator() {
    return new Iterator<>() {
      private Change held;

      @Override
      public boolean hasNext() {
        if (held == null) held = Watch.this.next();
        return held != null;
      }

      @Override
      public Change next() {
        if (!hasNext()) throw new java.util.NoSuchElementException();
        Change change = held;
        held = null;
        return change;
      }
    };
  }
}

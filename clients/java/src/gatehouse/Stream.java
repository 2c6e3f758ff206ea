package gatehouse;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * The messages of a streaming call, for one thread. Begins with the first one asked for; {@code close}, from any thread, ends
 * it. It ends with an error when its connection is lost.
 */
public final class Stream<R extends Message> implements AutoCloseable {
  private final Caller caller;
  private final Method<R> method;
  private final Message request;
  private final CallOptions options;
  private volatile CompletableFuture<Connection> connecting;
  private volatile Replies replies;
  private volatile boolean isClosed;
  private Resumption resumption;

  Stream(Caller caller, Method<R> method, Message request, CallOptions options) {
    this.caller = caller;
    this.method = method;
    this.request = request;
    this.options = options;
  }

  /**
   * The same, called again with the same request when its connection is lost or its server stops. For methods whose
   * messages say each what is so now, like those of statistics and health; for customers and their events there is {@link
   * Client#watch}.
   */
  public Stream<R> resuming() {
    resumption = new Resumption(caller.settings);
    return this;
  }

  /** Waits for the next message; null at the stream's end. */
  public R next() {
    if (resumption == null) return read();
    while (true) {
      try {
        R message = read();
        resumption.reset();
        return message;
      } catch (GatehouseException failure) {
        if (isClosed) throw failure;
        long pause = resumption.pauseAfter(failure, this);
        replies = null;
        try {
          synchronized (this) {
            if (!isClosed) Resumption.rest(this, pause);
          }
        } catch (InterruptedException interruption) {
          close();
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  private R read() {
    if (isClosed) throw new GatehouseException(Code.CANCELLED, "the stream was closed");
    try {
      if (replies == null) begin();
      byte[] payload = replies.next();
      if (isClosed) throw new GatehouseException(Code.CANCELLED, "the stream was closed");
      return payload == null ? null : Message.decode(payload, method.empty().get());
    } catch (WireException error) {
      throw Caller.unreadable(error);
    } catch (InterruptedException interruption) {
      close();
      Thread.currentThread().interrupt();
      throw new GatehouseException(Code.CANCELLED, "the stream was interrupted");
    }
  }

  private void begin() throws InterruptedException {
    Duration timeout = options.timeout();
    CompletableFuture<Connection> waiter = new CompletableFuture<>();
    connecting = waiter;
    if (isClosed) waiter.cancel(false);
    if (timeout != null) waiter.orTimeout(timeout.toNanos(), java.util.concurrent.TimeUnit.NANOSECONDS);
    caller
        .connected(waiter)
        .whenComplete(
            (opened, error) -> {
              if (error != null) waiter.completeExceptionally(Caller.failureOf(error));
              else waiter.complete(opened);
            });
    Connection connection;
    try {
      connection = waiter.get();
    } catch (java.util.concurrent.ExecutionException error) {
      boolean isLate = error.getCause() instanceof java.util.concurrent.TimeoutException;
      throw isLate ? GatehouseException.late(null) : Caller.failureOf(error.getCause());
    } catch (java.util.concurrent.CancellationException cancellation) {
      throw new GatehouseException(Code.CANCELLED, "the stream was closed");
    }
    int credit = options.credit() > 0 ? options.credit() : caller.settings.credit();
    Replies begun = new Replies(connection, credit);
    connection.begin(method.path(), request.encode(), timeout, credit, begun);
    replies = begun;
    if (isClosed) begun.cancel();
  }

  /** Ends the call. */
  @Override
  public void close() {
    isClosed = true;
    CompletableFuture<Connection> waiter = connecting;
    if (waiter != null) waiter.cancel(false);
    Replies begun = replies;
    if (begun != null) begun.cancel();
    synchronized (this) {
      notifyAll();
    }
  }

  /** Gives up the connection that the stream came over. */
  void breakConnection(String what) {
    Replies begun = replies;
    if (begun != null) begun.connection.violated(what);
  }
}

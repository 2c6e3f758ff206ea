package gatehouse;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Calls over one connection at a time: connects, connects again, and makes calls again where that is safe. */
final class Caller {
  final Settings settings;
  private final List<String> addresses;
  private final ScheduledThreadPoolExecutor timers;
  private final Set<Connection> open = new HashSet<>();
  private Connection current;
  private CompletableFuture<Void> connecting;
  private int waiting;
  private int next;
  private GatehouseException last;
  private boolean isClosed;

  Caller(List<String> addresses, Settings settings) {
    if (addresses.isEmpty()) throw new IllegalArgumentException("a client needs an address");
    this.addresses = List.copyOf(addresses);
    this.settings = settings;
    timers = new ScheduledThreadPoolExecutor(1, Caller::daemon);
    timers.setRemoveOnCancelPolicy(true);
    timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  private static Thread daemon(Runnable body) {
    Thread thread = new Thread(body, "gatehouse");
    thread.setDaemon(true);
    return thread;
  }

  static byte[] encode(Message request) {
    return request.encode();
  }

  static String newKey() {
    return UUID.randomUUID().toString();
  }

  /** An encoded request with a key behind it: of singular fields the last counts. */
  static byte[] withKey(byte[] request, Message key) {
    byte[] more = key.encode();
    byte[] keyed = java.util.Arrays.copyOf(request, request.length + more.length);
    System.arraycopy(more, 0, keyed, request.length, more.length);
    return keyed;
  }

  /** Waits for an answer. An interruption cancels the call. */
  static <R> R await(CompletableFuture<R> answer) {
    try {
      return answer.get();
    } catch (ExecutionException error) {
      if (error.getCause() instanceof GatehouseException failure) throw failure;
      throw new IllegalStateException(error.getCause());
    } catch (InterruptedException interruption) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new GatehouseException(Code.CANCELLED, "the call was interrupted");
    } catch (CancellationException cancellation) {
      throw new GatehouseException(Code.CANCELLED, "the call was cancelled by its caller");
    }
  }

  // Calls

  /** Makes a unary call, again where needed and safe, within its deadline. Cancelling the future cancels the call. */
  <R extends Message> CompletableFuture<R> call(
      Method<R> method, byte[] payload, boolean hasKey, CallOptions options) {
    Duration timeout = options.timeout() != null ? options.timeout() : settings.timeout();
    return new Call<>(method, payload, hasKey || method.isRepeatable(), timeout).begin();
  }

  /** One logical call, over all its retries. */
  private final class Call<R extends Message> {
    private final Method<R> method;
    private final byte[] payload;
    private final boolean isSafe;
    private final long deadline;
    private final Settings.Backoff backoff = new Settings.Backoff(settings, 0);
    private final CompletableFuture<R> answer = new CompletableFuture<>();
    private volatile GatehouseException lastFailure;
    private volatile Connection connection;
    private volatile int stream;

    Call(Method<R> method, byte[] payload, boolean isSafe, Duration timeout) {
      this.method = method;
      this.payload = payload;
      this.isSafe = isSafe;
      deadline = System.nanoTime() + timeout.toNanos();
    }

    CompletableFuture<R> begin() {
      long left = deadline - System.nanoTime();
      var timer = timers.schedule(this::expire, Math.max(0, left), TimeUnit.NANOSECONDS);
      answer.whenComplete(
          (response, failure) -> {
            timer.cancel(false);
            Connection used = connection;
            // Nothing happens where the call has ended by itself.
            if (failure != null && used != null) used.cancel(stream);
          });
      attempt();
      return answer;
    }

    private void expire() {
      GatehouseException before = lastFailure;
      synchronized (Caller.this) {
        if (before == null) before = last;
      }
      answer.completeExceptionally(GatehouseException.late(before));
    }

    private void attempt() {
      if (answer.isDone()) return;
      connected(answer)
          .whenComplete(
              (opened, error) -> {
                if (error != null) retry(failureOf(error));
                else send(opened);
              });
    }

    private void send(Connection opened) {
      long left = deadline - System.nanoTime();
      if (answer.isDone() || left <= 0) return; // The timer ends it.
      if (opened.isFull()) {
        timers.schedule(() -> send(opened), 1, TimeUnit.MILLISECONDS);
        return;
      }
      Connection.Receiver receiver =
          new Connection.Receiver() {
            @Override
            public boolean message(byte[] part) {
              return false;
            }

            @Override
            public void end(byte[] whole, GatehouseException failure) {
              if (failure != null) timers.execute(() -> retry(failure));
              else finish(whole);
            }
          };
      try {
        // Whoever cancels meanwhile finds the stream of this attempt.
        connection = opened;
        stream = opened.begin(method.path(), payload, Duration.ofNanos(left), 0, receiver);
        if (answer.isDone()) opened.cancel(stream);
      } catch (GatehouseException failure) {
        retry(failure);
      }
    }

    private void finish(byte[] whole) {
      try {
        answer.complete(Message.decode(whole, method.empty().get()));
      } catch (WireException error) {
        answer.completeExceptionally(unreadable(error));
      }
    }

    private void retry(GatehouseException failure) {
      long pause = pauseBefore(failure, isSafe, backoff);
      if (pause < 0 || System.nanoTime() + pause >= deadline || timers.isShutdown()) {
        answer.completeExceptionally(failure);
        return;
      }
      lastFailure = failure;
      timers.schedule(this::attempt, pause, TimeUnit.NANOSECONDS);
    }
  }

  static GatehouseException unreadable(WireException error) {
    return new GatehouseException(Code.INTERNAL, "the answer is none: " + error.getMessage());
  }

  /** How long to wait before the call is made again, in nanoseconds; -1 where it must not be. */
  private static long pauseBefore(GatehouseException failure, boolean isSafe, Settings.Backoff backoff) {
    if (failure.code() == Code.RESOURCE_EXHAUSTED && failure.retryAfter() != null) {
      return Math.max(failure.retryAfter().toNanos(), backoff.pause());
    }
    if (failure.code() == Code.UNAVAILABLE && (failure.isUnbegun || isSafe)) return backoff.pause();
    return -1;
  }

  static GatehouseException failureOf(Throwable error) {
    Throwable cause = error instanceof CompletionException ? error.getCause() : error;
    if (cause instanceof GatehouseException failure) return failure;
    return new GatehouseException(Code.INTERNAL, String.valueOf(cause));
  }

  // The connection

  /** The connection that takes calls, once there is one; {@code waiter} is who waits, as long as it is not done. */
  synchronized CompletableFuture<Connection> connected(CompletableFuture<?> waiter) {
    if (isClosed) return CompletableFuture.failedFuture(closed());
    if (current != null && current.takesCalls()) return CompletableFuture.completedFuture(current);
    if (connecting == null) {
      connecting = new CompletableFuture<>();
      CompletableFuture<Void> attempt = connecting;
      daemon(() -> connect(attempt)).start();
    }
    waiting++;
    waiter.whenComplete((result, error) -> leave());
    return connecting.thenCompose(nothing -> waiter.isDone() ? new CompletableFuture<>() : connected(waiter));
  }

  private synchronized void leave() {
    waiting--;
  }

  private static GatehouseException closed() {
    return new GatehouseException(Code.CANCELLED, "the client was closed");
  }

  /** Tries the addresses in turn until one takes the connection, or nobody waits any longer. */
  private void connect(CompletableFuture<Void> attempt) {
    Settings.Backoff backoff = new Settings.Backoff(settings, 1);
    while (true) {
      for (int tries = 0; tries < addresses.size(); tries++) {
        if (tryNext(attempt)) return;
      }
      try {
        TimeUnit.NANOSECONDS.sleep(backoff.pause());
      } catch (InterruptedException interruption) {
        Thread.currentThread().interrupt();
      }
      synchronized (this) {
        if (waiting > 0 && !isClosed) continue;
        connecting = null;
      }
      attempt.complete(null);
      return;
    }
  }

  /** Returns whether the attempt is over. */
  private boolean tryNext(CompletableFuture<Void> attempt) {
    String address;
    synchronized (this) {
      address = addresses.get(Math.floorMod(next, addresses.size()));
    }
    try {
      Connection opened = Connection.open(address, settings, timers, this::hasEnded);
      boolean isTooLate;
      synchronized (this) {
        isTooLate = isClosed;
        if (opened.takesCalls()) current = opened;
        open.add(opened);
        last = null;
        connecting = null;
      }
      if (isTooLate) opened.end(closed());
      attempt.complete(null);
      return true;
    } catch (GatehouseException failure) {
      synchronized (this) {
        last = failure;
        next++;
        if (failure.code() != Code.UNAUTHENTICATED && !isClosed) return false;
        connecting = null;
      }
      attempt.completeExceptionally(failure);
      return true;
    }
  }

  private synchronized void hasEnded(Connection ended) {
    if (ended.isClosed()) open.remove(ended);
    if (ended == current) {
      current = null;
      next++;
    }
  }

  void close() {
    List<Connection> connections;
    synchronized (this) {
      isClosed = true;
      connections = List.copyOf(open);
    }
    for (Connection each : connections) each.end(closed());
    timers.shutdown();
  }
}

package gatehouse;

import java.util.concurrent.TimeUnit;

/** When a stream that was interrupted is asked for again: what has gone wrong since something was last handed out. */
final class Resumption {
  /** So many messages that are none, with nothing handed out in between, end what is resumed. */
  private static final int UNREADABLE_IN_A_ROW = 5;

  private final Settings.Backoff backoff;
  private int unreadable;

  Resumption(Settings settings) {
    backoff = new Settings.Backoff(settings, 0);
  }

  /** Something was handed out. */
  void reset() {
    backoff.reset();
    unreadable = 0;
  }

  /** How long to wait before it is asked for again, in nanoseconds, whatever the reason. */
  long pause() {
    return backoff.pause();
  }

  /** How long to wait before it is asked for again, in nanoseconds; throws the failure where it must not be. */
  long pauseAfter(GatehouseException failure, Stream<?> stream) {
    if (failure.code() == Code.INTERNAL && failure.reason().isEmpty()) {
      unreadable++;
      stream.breakConnection("a message of a stream is none");
      if (unreadable < UNREADABLE_IN_A_ROW) return pause();
    } else if (failure.code() == Code.UNAVAILABLE) {
      return pause();
    } else if (failure.code() == Code.RESOURCE_EXHAUSTED && failure.retryAfter() != null) {
      return Math.max(failure.retryAfter().toNanos(), pause());
    }
    throw failure;
  }

  /** Waits so long; {@code notifyAll} on the lock ends the wait early. To be called with the lock held. */
  static void rest(Object lock, long nanoseconds) throws InterruptedException {
    if (nanoseconds > 0) TimeUnit.NANOSECONDS.timedWait(lock, Math.max(nanoseconds, 1_000_000));
  }
}

package gatehouse;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How a client behaves; {@code clients/README.md} says what each is about.
 *
 * @param token as {@code gatehouse token new} printed it; empty where the server asks for none
 * @param timeout the deadline of a unary call that names none
 * @param connectTimeout for one address to take the connection and say hello
 * @param keepaliveAfter after so long a silence with calls open a ping is sent
 * @param keepaliveTimeout when nothing comes for so long behind the ping, the connection is lost
 * @param leastPause between two rounds of attempts; doubled each time
 * @param greatestPause the longest of them
 * @param credit how many messages of a stream may lie here unread
 */
public record Settings(
    String token,
    Duration timeout,
    Duration connectTimeout,
    Duration keepaliveAfter,
    Duration keepaliveTimeout,
    Duration leastPause,
    Duration greatestPause,
    int credit) {
  /** The greatest frame, in bytes: the protocol's own bound. */
  static final int GREATEST_FRAME = (1 << 24) - 1;

  /** What holds where nothing is said. */
  public static final Settings DEFAULT =
      new Settings(
          "",
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(4),
          Duration.ofSeconds(4),
          Duration.ofMillis(50),
          Duration.ofSeconds(2),
          64);

  /** The same, with a token. */
  public Settings withToken(String token) {
    return new Settings(
        token, timeout, connectTimeout, keepaliveAfter, keepaliveTimeout, leastPause, greatestPause, credit);
  }

  /** The pauses between attempts: none before the second, then growing ones with jitter. In nanoseconds. */
  static final class Backoff {
    private final Settings settings;
    private int failures;

    Backoff(Settings settings, int failures) {
      this.settings = settings;
      this.failures = failures;
    }

    long pause() {
      failures++;
      if (failures == 1) return 0;
      long grown = settings.leastPause.toNanos() << Math.min(failures - 2, 20);
      long pause = Math.min(grown, settings.greatestPause.toNanos());
      return pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
    }

    void reset() {
      failures = 0;
    }
  }
}

package gatehouse;

import java.time.Duration;

/**
 * What can be said of a call.
 *
 * @param timeout the deadline, from now on, over all retries; null: as the client's settings have it
 * @param credit how many messages of a stream may lie here unread; 0: as the client's settings have it
 */
public record CallOptions(Duration timeout, int credit) {
  static final CallOptions NONE = new CallOptions(null, 0);

  public static CallOptions timeout(Duration timeout) {
    return new CallOptions(timeout, 0);
  }

  static CallOptions of(CallOptions... options) {
    return options.length == 0 ? NONE : options[options.length - 1];
  }
}

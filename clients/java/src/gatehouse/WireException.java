package gatehouse;

/** Bytes that are no message. */
public final class WireException extends Exception {
  private static final long serialVersionUID = 1;

  WireException(String message) {
    super(message);
  }
}

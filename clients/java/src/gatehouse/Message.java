package gatehouse;

import java.util.Arrays;

/** A message. Its fields are public, and each has a method of its name that sets it, for chains. Compared by its encoding. */
public abstract class Message {
  Message() {}

  /** The message's name with its package. */
  public abstract String fullName();

  abstract void merge(WireReader reader) throws WireException;

  abstract void write(WireWriter writer);

  /** The message's bytes. Throws {@code IllegalArgumentException} when a text has half of a surrogate pair. */
  public final byte[] encode() {
    WireWriter writer = new WireWriter();
    write(writer);
    return writer.bytes();
  }

  static <M extends Message> M decode(byte[] bytes, M message) throws WireException {
    message.merge(new WireReader(bytes));
    return message;
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof Message message && message.getClass() == getClass() && Arrays.equals(message.encode(), encode());
  }

  @Override
  public final int hashCode() {
    return Arrays.hashCode(encode());
  }
}

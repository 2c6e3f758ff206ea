package gatehouse;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** Bytes in the making. */
final class WireWriter {
  private byte[] buffer = new byte[128];
  private int count;

  byte[] bytes() {
    return Arrays.copyOf(buffer, count);
  }

  private void reserve(int more) {
    if (count + more > buffer.length) buffer = Arrays.copyOf(buffer, Math.max(count + more, buffer.length * 2));
  }

  private void varint(long value) {
    reserve(10);
    while ((value & ~0x7fL) != 0) {
      buffer[count++] = (byte) (value | 0x80);
      value >>>= 7;
    }
    buffer[count++] = (byte) value;
  }

  private void append(byte[] bytes, int length) {
    reserve(length);
    System.arraycopy(bytes, 0, buffer, count, length);
    count += length;
  }

  void tag(int tag) {
    varint(Integer.toUnsignedLong(tag));
  }

  /** Begins something that has its length in front; {@code end} puts it there. */
  int begin() {
    return count;
  }

  void end(int start) {
    int length = count - start;
    int size = 1;
    for (int rest = length >>> 7; rest != 0; rest >>>= 7) size++;
    reserve(size);
    System.arraycopy(buffer, start, buffer, start + size, length);
    count = start;
    varint(length);
    count = start + size + length;
  }

  void message(Message message) {
    int start = begin();
    message.write(this);
    end(start);
  }

  void int32(int value) {
    varint(value);
  }

  void int64(long value) {
    varint(value);
  }

  void uint32(int value) {
    varint(Integer.toUnsignedLong(value));
  }

  void uint64(long value) {
    varint(value);
  }

  void sint32(int value) {
    uint32(value << 1 ^ value >> 31);
  }

  void sint64(long value) {
    varint(value << 1 ^ value >> 63);
  }

  void bool(boolean value) {
    varint(value ? 1 : 0);
  }

  void fixed32(int value) {
    reserve(4);
    for (int shift = 0; shift < 32; shift += 8) buffer[count++] = (byte) (value >>> shift);
  }

  void fixed64(long value) {
    reserve(8);
    for (int shift = 0; shift < 64; shift += 8) buffer[count++] = (byte) (value >>> shift);
  }

  void sfixed32(int value) {
    fixed32(value);
  }

  void sfixed64(long value) {
    fixed64(value);
  }

  void float_(float value) {
    fixed32(Float.floatToRawIntBits(value));
  }

  void double_(double value) {
    fixed64(Double.doubleToRawLongBits(value));
  }

  void string(String value) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
      varint(bytes.remaining());
      append(bytes.array(), bytes.remaining());
    } catch (CharacterCodingException error) {
      // It would silently become another character.
      throw new IllegalArgumentException("the text has half of a surrogate pair");
    }
  }

  void bytes(byte[] value) {
    varint(value.length);
    append(value, value.length);
  }

  /** In the order of UTF-8, which is not that of Java's strings. */
  static List<String> sortedTexts(Collection<String> keys) {
    List<String> sorted = new ArrayList<>(keys);
    sorted.sort(
        (left, right) ->
            Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8)));
    return sorted;
  }

  static <K extends Comparable<K>> List<K> sorted(Collection<K> keys) {
    List<K> sorted = new ArrayList<>(keys);
    sorted.sort(null);
    return sorted;
  }
}

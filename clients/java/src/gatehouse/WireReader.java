package gatehouse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads values up to the end of the innermost message: proto3, with what protobuf's reference parser takes and refuses. Unknown
 * fields are skipped and not kept; bits that are too many are dropped.
 */
final class WireReader {
  /** How many levels of messages and groups may lie within each other. */
  private static final int GREATEST_DEPTH = 100;

  private final byte[] data;
  private final ByteBuffer view;
  private int position;
  private int end;
  private int depth = GREATEST_DEPTH;

  WireReader(byte[] data) {
    this.data = data;
    view = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    end = data.length;
  }

  boolean hasMore() {
    return position < end;
  }

  private long varint(int limit) throws WireException {
    long value = 0;
    for (int index = 0; index < limit; index++) {
      if (position >= end) throw new WireException("truncated");
      byte next = data[position++];
      value |= (long) (next & 0x7f) << (7 * index);
      if (next >= 0) return value;
    }
    throw new WireException("varint too long");
  }

  /** The number of a field with its wire type; of 32 bits without a sign. */
  int tag() throws WireException {
    long tag = varint(5);
    if (tag >>> 32 != 0) throw new WireException("invalid tag");
    return (int) tag;
  }

  private int length() throws WireException {
    long length = varint(5);
    if (length > Integer.MAX_VALUE) throw new WireException("length too great");
    if (length > end - position) throw new WireException("truncated");
    return (int) length;
  }

  private int take(int count) throws WireException {
    if (count > end - position) throw new WireException("truncated");
    position += count;
    return position - count;
  }

  /** Narrows the reader to what lies in the next bytes; the end to go back to. */
  int enter(int levels) throws WireException {
    int length = length();
    if (depth < levels) throw new WireException("nesting too deep");
    depth -= levels;
    int outer = end;
    end = position + length;
    return outer;
  }

  void leave(int outer, int levels) {
    end = outer;
    depth += levels;
  }

  void message(Message message) throws WireException {
    int outer = enter(1);
    message.merge(this);
    leave(outer, 1);
  }

  /** Passes over the field behind a tag of no interest. */
  void skip(int tag) throws WireException {
    if (tag >>> 3 == 0) throw new WireException("invalid tag");
    skipValue(tag);
  }

  /** As the reference parser has it, field number 0 is not looked for in a message without fields. */
  void skipAll() throws WireException {
    while (hasMore()) skipValue(tag());
  }

  private void skipValue(int tag) throws WireException {
    switch (tag & 7) {
      case 0 -> varint(10);
      case 1 -> take(8);
      case 2 -> take(length());
      case 3 -> skipGroup(tag >>> 3);
      case 4 -> throw new WireException("unmatched group");
      case 5 -> take(4);
      default -> throw new WireException("invalid wire type");
    }
  }

  private void skipGroup(int number) throws WireException {
    if (depth == 0) throw new WireException("nesting too deep");
    depth--;
    while (hasMore()) {
      // As the reference parser has it, field number 0 is not looked for within a group.
      int tag = tag();
      if ((tag & 7) == 4) {
        if (tag >>> 3 != number) throw new WireException("unmatched group");
        depth++;
        return;
      }
      skipValue(tag);
    }
    throw new WireException("unmatched group");
  }

  int int32() throws WireException {
    return (int) varint(10);
  }

  long int64() throws WireException {
    return varint(10);
  }

  int uint32() throws WireException {
    return (int) varint(10);
  }

  long uint64() throws WireException {
    return varint(10);
  }

  int sint32() throws WireException {
    int bits = (int) varint(10);
    return bits >>> 1 ^ -(bits & 1);
  }

  long sint64() throws WireException {
    long bits = varint(10);
    return bits >>> 1 ^ -(bits & 1);
  }

  boolean bool() throws WireException {
    return varint(10) != 0;
  }

  int fixed32() throws WireException {
    return view.getInt(take(4));
  }

  long fixed64() throws WireException {
    return view.getLong(take(8));
  }

  int sfixed32() throws WireException {
    return fixed32();
  }

  long sfixed64() throws WireException {
    return fixed64();
  }

  float float_() throws WireException {
    return Float.intBitsToFloat(fixed32());
  }

  double double_() throws WireException {
    return Double.longBitsToDouble(fixed64());
  }

  String string() throws WireException {
    int length = length();
    ByteBuffer bytes = ByteBuffer.wrap(data, take(length), length);
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(bytes)
          .toString();
    } catch (CharacterCodingException error) {
      throw new WireException("invalid UTF-8");
    }
  }

  byte[] bytes() throws WireException {
    int length = length();
    int start = take(length);
    return Arrays.copyOfRange(data, start, start + length);
  }
}

// Varints, lengths and scalars: the bottom of the encoding.
export const VARINT = 0;
export const FIXED64 = 1;
export const DELIMITED = 2;
export const START_GROUP = 3;
export const END_GROUP = 4;
export const FIXED32 = 5;

/** Of anything that has a length, in bytes. */
const GREATEST_LENGTH = 0x7fffffff;
const ALL = (1n << 64n) - 1n;

export class WireError extends Error {
  constructor(message) {
    super(message);
    this.name = "WireError";
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Reads values up to an end that the caller names: that of the innermost message. */
export class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.position = 0;
    // Of the varint read last: its low and its high 32 bits.
    this.low = 0;
    this.high = 0;
  }

  /** Reads a varint of at most `limit` bytes into `low` and `high`; bits beyond 64 are dropped. */
  varint(end, limit = 10) {
    const { bytes } = this;
    const start = this.position;
    let low = 0;
    let high = 0;
    for (let index = 0; index < limit; index += 1) {
      if (start + index >= end) throw new WireError("truncated");
      const byte = bytes[start + index];
      const bits = byte & 0x7f;
      if (index < 4) low |= bits << (7 * index);
      else if (index === 4) {
        low |= bits << 28;
        high |= bits >> 4;
      } else if (index < 9) high |= bits << (7 * index - 32);
      else high |= (bits & 1) << 31;
      if (byte < 0x80) {
        this.position = start + index + 1;
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    throw new WireError("varint too long");
  }

  varint64(end) {
    this.varint(end);
    return this.high === 0 ? BigInt(this.low) : (BigInt(this.high) << 32n) | BigInt(this.low);
  }

  tag(end) {
    const first = this.bytes[this.position];
    if (first < 0x80) {
      this.position += 1;
      return first;
    }
    this.varint(end, 5);
    if (this.high !== 0) throw new WireError("invalid tag");
    return this.low;
  }

  /** A length that fits before `end`. */
  length(end) {
    this.varint(end, 5);
    if (this.high !== 0 || this.low > GREATEST_LENGTH) throw new WireError("length too great");
    if (this.low > end - this.position) throw new WireError("truncated");
    return this.low;
  }

  /** Goes `count` bytes on; where they begin. */
  take(count, end) {
    const start = this.position;
    if (count > end - start) throw new WireError("truncated");
    this.position = start + count;
    return start;
  }

  /** Passes over the field behind a tag of no interest. */
  skip(tag, end, depth) {
    if (tag < 8) throw new WireError("invalid tag");
    this.skipValue(tag, end, depth);
  }

  skipValue(tag, end, depth) {
    switch (tag & 7) {
      case VARINT:
        return this.varint(end);
      case FIXED64:
        return void this.take(8, end);
      case DELIMITED:
        return void this.take(this.length(end), end);
      case START_GROUP:
        return this.skipGroup(tag >>> 3, end, depth);
      case FIXED32:
        return void this.take(4, end);
      default:
        throw new WireError((tag & 7) === END_GROUP ? "unmatched group" : "invalid wire type");
    }
  }

  skipGroup(number, end, depth) {
    if (depth === 0) throw new WireError("nesting too deep");
    while (this.position < end) {
      // As the reference parser has it, field number 0 is not looked for within a group.
      const tag = this.tag(end);
      if ((tag & 7) === END_GROUP) {
        if (tag >>> 3 !== number) throw new WireError("unmatched group");
        return;
      }
      this.skipValue(tag, end, depth - 1);
    }
    throw new WireError("unmatched group");
  }
}

/** Bytes in the making. */
export class Writer {
  constructor() {
    this.buffer = new Uint8Array(64);
    this.count = 0;
  }

  bytes() {
    return this.buffer.subarray(0, this.count);
  }

  reserve(count) {
    const needed = this.count + count;
    if (needed <= this.buffer.length) return;
    const buffer = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    buffer.set(this.bytes());
    this.buffer = buffer;
  }

  /** A number from 0 to 2^32 - 1. */
  varint(value) {
    this.reserve(5);
    while (value > 0x7f) {
      this.buffer[this.count++] = (value & 0x7f) | 0x80;
      value >>>= 7;
    }
    this.buffer[this.count++] = value;
  }

  /** A bigint from 0 to 2^64 - 1. */
  varint64(value) {
    if (value <= 0xffffffffn) return this.varint(Number(value));
    this.reserve(10);
    while (value > 0x7fn) {
      this.buffer[this.count++] = Number(value & 0x7fn) | 0x80;
      value >>= 7n;
    }
    this.buffer[this.count++] = Number(value);
  }

  append(bytes) {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.count);
    this.count += bytes.length;
  }

  /** A length, and what `body` writes. */
  delimited(body) {
    const inner = new Writer();
    body(inner);
    this.varint(inner.count);
    this.append(inner.bytes());
  }

  fixed(size, set) {
    this.reserve(size);
    set(new DataView(this.buffer.buffer, this.count, size));
    this.count += size;
  }
}

/** The order of UTF-8: that of code points, which is not that of JavaScript's strings. */
export function compareText(left, right) {
  return Buffer.compare(encoder.encode(left), encoder.encode(right));
}

function integer(least, greatest, read, write) {
  const checked = (writer, value) => {
    if (!Number.isInteger(value) || value < least || value > greatest) {
      throw new RangeError(`${value} is not an integer between ${least} and ${greatest}`);
    }
    write(writer, value);
  };
  return { wireType: VARINT, initial: 0, read, write: checked, isInitial: (value) => value === 0 };
}

function integer64(least, greatest, ofWire, toWire) {
  return {
    wireType: VARINT,
    initial: 0n,
    read: (reader, end) => ofWire(reader.varint64(end)),
    write: (writer, value) => writer.varint64(toWire(ranged(value, least, greatest))),
    isInitial: (value) => value === 0n,
  };
}

function ranged(value, least, greatest) {
  if (typeof value !== "bigint") throw new TypeError(`${value} is not a bigint`);
  if (value < least || value > greatest) throw new RangeError(`${value} is not between ${least} and ${greatest}`);
  return value;
}

function fixed(size, wireType, initial, get, set, isInitial) {
  return {
    wireType,
    initial,
    read: (reader, end) => get(reader.view, reader.take(size, end)),
    write: (writer, value) => writer.fixed(size, (view) => set(view, value)),
    isInitial,
  };
}

function checked32(value, least, greatest) {
  if (!Number.isInteger(value) || value < least || value > greatest) {
    throw new RangeError(`${value} is not an integer between ${least} and ${greatest}`);
  }
  return value;
}

const [I32, U32] = [[-0x80000000, 0x7fffffff], [0, 0xffffffff]];
const [I64, U64] = [[-(1n << 63n), (1n << 63n) - 1n], [0n, ALL]];
const low = (reader, end) => {
  reader.varint(end);
  return reader.low;
};
const isZero = (value) => Object.is(value, 0);

function readText(reader, end) {
  const length = reader.length(end);
  const start = reader.take(length, end);
  try {
    return decoder.decode(reader.bytes.subarray(start, start + length));
  } catch {
    throw new WireError("invalid UTF-8");
  }
}

function writeText(writer, value) {
  if (typeof value !== "string") throw new TypeError(`${value} is not a string`);
  // A half of a surrogate pair has no encoding; it would silently become another character.
  if (/\p{Surrogate}/u.test(value)) throw new RangeError("the text has half of a surrogate pair");
  writeBytes(writer, encoder.encode(value));
}

function writeBytes(writer, value) {
  if (!(value instanceof Uint8Array)) throw new TypeError("bytes are a Uint8Array");
  writer.varint(value.length);
  writer.append(value);
}

/** How values of each scalar type are read and written. */
export const SCALARS = {
  int32: integer(...I32, (reader, end) => low(reader, end) | 0, (writer, value) =>
    value < 0 ? writer.varint64(BigInt(value) & ALL) : writer.varint(value)),
  uint32: integer(...U32, low, (writer, value) => writer.varint(value)),
  sint32: integer(
    ...I32,
    (reader, end) => {
      const bits = low(reader, end);
      return (bits >>> 1) ^ -(bits & 1);
    },
    (writer, value) => writer.varint(((value << 1) ^ (value >> 31)) >>> 0),
  ),
  int64: integer64(...I64, (bits) => BigInt.asIntN(64, bits), (value) => value & ALL),
  uint64: integer64(...U64, (bits) => bits, (value) => value),
  sint64: integer64(...I64, (bits) => (bits >> 1n) ^ -(bits & 1n), (value) => ((value << 1n) ^ (value >> 63n)) & ALL),
  fixed32: fixed(4, FIXED32, 0, (view, at) => view.getUint32(at, true), (view, value) =>
    view.setUint32(0, checked32(value, ...U32), true), isZero),
  sfixed32: fixed(4, FIXED32, 0, (view, at) => view.getInt32(at, true), (view, value) =>
    view.setInt32(0, checked32(value, ...I32), true), isZero),
  fixed64: fixed(8, FIXED64, 0n, (view, at) => view.getBigUint64(at, true), (view, value) =>
    view.setBigUint64(0, ranged(value, ...U64), true), (value) => value === 0n),
  sfixed64: fixed(8, FIXED64, 0n, (view, at) => view.getBigInt64(at, true), (view, value) =>
    view.setBigInt64(0, ranged(value, ...I64), true), (value) => value === 0n),
  float: fixed(4, FIXED32, 0, (view, at) => view.getFloat32(at, true), (view, value) =>
    view.setFloat32(0, value, true), isZero),
  double: fixed(8, FIXED64, 0, (view, at) => view.getFloat64(at, true), (view, value) =>
    view.setFloat64(0, value, true), isZero),
  bool: {
    wireType: VARINT,
    initial: false,
    read: (reader, end) => {
      reader.varint(end);
      return reader.low !== 0 || reader.high !== 0;
    },
    write: (writer, value) => writer.varint(value ? 1 : 0),
    isInitial: (value) => !value,
  },
  string: { wireType: DELIMITED, initial: "", read: readText, write: writeText, isInitial: (value) => value === "" },
  bytes: {
    wireType: DELIMITED,
    initial: new Uint8Array(0),
    read: (reader, end) => {
      const length = reader.length(end);
      const start = reader.take(length, end);
      return reader.bytes.slice(start, start + length);
    },
    write: writeBytes,
    isInitial: (value) => value.length === 0,
  },
};

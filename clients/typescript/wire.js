// The encoding of messages: proto3, with what protobuf's reference parser takes and refuses. Generated classes name their
// fields in a table; everything else is here. Unknown fields are skipped and not kept.
import { DELIMITED, SCALARS, VARINT, Reader, WireError, Writer, compareText } from "./wire_values.js";

export { WireError };

/** How many levels of messages and groups may lie within each other. */
const GREATEST_DEPTH = 100;

/** An enum as an object from names to numbers and back; a number without a name is kept as it is. */
export function enumeration(numbers) {
  const object = { ...numbers };
  for (const [name, number] of Object.entries(numbers)) object[number] = name;
  return Object.freeze(object);
}

export class Message {
  encode() {
    const writer = new Writer();
    write(this, writer);
    return writer.bytes();
  }

  static decode(bytes) {
    const message = new this();
    merge(message, new Reader(bytes), bytes.length, GREATEST_DEPTH);
    return message;
  }

  /** Sets fields; plain objects stand for messages, and for maps with text as keys. */
  assign(init) {
    for (const [name, value] of Object.entries(init)) {
      const field = fieldNamed(this.constructor, name);
      if (field === undefined) throw new TypeError(`${this.constructor.fullName} has no field ${name}`);
      if (value !== undefined) this[name] = converted(field, value);
    }
  }
}

const namedFields = new WeakMap();

function fieldNamed(messageClass, name) {
  let fields = namedFields.get(messageClass);
  if (fields === undefined) {
    fields = new Map(messageClass.fields.map((field) => [field.name, field]));
    namedFields.set(messageClass, fields);
  }
  return fields.get(name);
}

function converted(field, value) {
  const one = (each) => (field.type === "message" && !(each instanceof Message) ? new (field.of())(each) : each);
  if (field.shape === "map") {
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    return new Map(entries.map(([key, each]) => [key, one(each)]));
  }
  return field.shape === "repeated" || field.shape === "packed" ? Array.from(value, one) : one(value);
}

// --- Reading

const compiledReaders = new WeakMap();

function merge(message, reader, end, depth) {
  const messageClass = message.constructor;
  let readers = compiledReaders.get(messageClass);
  if (readers === undefined) {
    readers = compileReaders(messageClass);
    compiledReaders.set(messageClass, readers);
  }
  while (reader.position < end) {
    const tag = reader.tag(end);
    const read = readers.get(tag);
    if (read !== undefined) read(message, reader, end, depth);
    // As the reference parser has it, field number 0 is not looked for in a message without fields.
    else if (readers.size > 0) reader.skip(tag, end, depth);
    else reader.skipValue(tag, end, depth);
  }
}

function enter(message, reader, end, depth) {
  const length = reader.length(end);
  if (depth === 0) throw new WireError("nesting too deep");
  merge(message, reader, reader.position + length, depth - 1);
}

function compileReaders(messageClass) {
  const readers = new Map();
  for (const field of messageClass.fields) {
    const isOther = (each) => field.oneof !== undefined && each.oneof === field.oneof && each !== field;
    const others = messageClass.fields.filter(isOther).map((each) => each.name);
    const delimited = ((field.number << 3) | DELIMITED) >>> 0;
    if (field.shape === "map") readers.set(delimited, mapReader(field));
    else if (field.type === "message") readers.set(delimited, messageReader(field, others));
    else {
      const scalar = scalarOf(field.type);
      const isRepeated = field.shape === "repeated" || field.shape === "packed";
      const tag = ((field.number << 3) | scalar.wireType) >>> 0;
      readers.set(tag, isRepeated ? appending(field.name, scalar.read) : setting(field.name, scalar.read, others));
      if (isRepeated && scalar.wireType !== DELIMITED) readers.set(delimited, packedReader(field.name, scalar.read));
    }
  }
  return readers;
}

const scalarOf = (type) => SCALARS[type === "enum" ? "int32" : type];
const wireTypeOf = (type) => (type === "message" ? DELIMITED : scalarOf(type).wireType);

function setting(name, read, others) {
  return (message, reader, end) => {
    message[name] = read(reader, end);
    for (const other of others) message[other] = undefined;
  };
}

function appending(name, read) {
  return (message, reader, end) => message[name].push(read(reader, end));
}

function packedReader(name, read) {
  return (message, reader, end) => {
    const length = reader.length(end);
    const stop = reader.position + length;
    while (reader.position < stop) message[name].push(read(reader, stop));
  };
}

function messageReader(field, others) {
  const { name } = field;
  if (field.shape === "repeated") {
    return (message, reader, end, depth) => {
      const value = new (field.of())();
      enter(value, reader, end, depth);
      message[name].push(value);
    };
  }
  return (message, reader, end, depth) => {
    const value = message[name] ?? new (field.of())();
    enter(value, reader, end, depth);
    message[name] = value;
    for (const other of others) message[other] = undefined;
  };
}

function mapReader(field) {
  const keyScalar = scalarOf(field.key);
  const keyTag = (1 << 3) | keyScalar.wireType;
  const valueTag = (2 << 3) | wireTypeOf(field.type);
  return (message, reader, end, depth) => {
    const length = reader.length(end);
    if (depth === 0) throw new WireError("nesting too deep");
    const stop = reader.position + length;
    let key = keyScalar.initial;
    let value = field.type === "message" ? new (field.of())() : scalarOf(field.type).initial;
    let isKnown = true;
    while (reader.position < stop) {
      const tag = reader.tag(stop);
      if (tag === keyTag) key = keyScalar.read(reader, stop);
      else if (tag === valueTag && field.type === "message") enter(value, reader, stop, depth - 1);
      else if (tag === valueTag) value = scalarOf(field.type).read(reader, stop);
      else {
        // As the reference parser has it, an entry with more in it than key and value is unknown as a whole.
        reader.skip(tag, stop, depth - 1);
        isKnown = false;
      }
    }
    if (isKnown) message[field.name].set(key, value);
  };
}

// --- Writing

const compiledWriters = new WeakMap();

function write(message, writer) {
  const messageClass = message.constructor;
  let writers = compiledWriters.get(messageClass);
  if (writers === undefined) {
    writers = [...messageClass.fields].sort((one, other) => one.number - other.number).map(fieldWriter);
    compiledWriters.set(messageClass, writers);
  }
  for (const each of writers) each(message, writer);
}

function writeNested(writer, message) {
  writer.delimited((body) => write(message, body));
}

function fieldWriter(field) {
  const { name, number, shape } = field;
  const isMessage = field.type === "message";
  const one = isMessage ? writeNested : scalarOf(field.type).write;
  const isDelimited = shape === "packed" || shape === "map";
  const tag = ((number << 3) | (isDelimited ? DELIMITED : wireTypeOf(field.type))) >>> 0;
  const put = (writer, value) => {
    writer.varint(tag);
    one(writer, value);
  };
  switch (shape) {
    case "optional":
      return (message, writer) => {
        if (message[name] !== undefined) put(writer, message[name]);
      };
    case "repeated":
      return (message, writer) => {
        for (const value of message[name]) put(writer, value);
      };
    case "packed":
      return (message, writer) => {
        if (message[name].length === 0) return;
        writer.varint(tag);
        writer.delimited((body) => message[name].forEach((value) => one(body, value)));
      };
    case "map":
      return mapWriter(field, tag, one);
    default: {
      const { isInitial } = scalarOf(field.type);
      return (message, writer) => {
        if (!isInitial(message[name])) put(writer, message[name]);
      };
    }
  }
}

function mapWriter(field, tag, one) {
  const keyScalar = scalarOf(field.key);
  const order = field.key === "string" ? compareText : (left, right) => (left < right ? -1 : left > right ? 1 : 0);
  return (message, writer) => {
    for (const key of [...message[field.name].keys()].sort(order)) {
      writer.varint(tag);
      writer.delimited((body) => {
        body.varint((1 << 3) | keyScalar.wireType);
        keyScalar.write(body, key);
        body.varint((2 << 3) | (field.type === "enum" ? VARINT : wireTypeOf(field.type)));
        one(body, message[field.name].get(key));
      });
    }
  };
}

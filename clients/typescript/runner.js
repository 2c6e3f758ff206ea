// Does what the scenario suite says, with this client: commands come as lines of JSON, answers go out likewise.
// `clients/tests/README.md` says what the commands are.
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { Client, GatehouseError, WireError, v1 } from "./index.js";
import { MESSAGES } from "./generated/messages.js";
import { METHODS, Services } from "./generated/services.js";

let client;
const signals = new Map();
const permits = new Map();
const hexadecimal = (bytes) => Buffer.from(bytes).toString("hex");
const bytesOf = (text) => new Uint8Array(Buffer.from(text, "hex"));
const json = (object) => JSON.stringify(object, (_, value) => (typeof value === "bigint" ? Number(value) : value));
const answer = (fields) => process.stdout.write(json(fields) + "\n");
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

const operations = {
  async call({ method, request_type, request, timeout_ms }, signal) {
    const options = { signal, ...(timeout_ms == null ? {} : { timeoutMs: timeout_ms }) };
    return { response: hexadecimal((await typed(method)(decoded(request_type, request), options)).encode()) };
  },

  /** Takes some messages of a stream, then lets go of it. */
  async stream({ method, request_type, request, take }, signal) {
    const messages = [];
    for await (const message of typed(method)(decoded(request_type, request), { signal })) {
      messages.push(hexadecimal(message.encode()));
      if (messages.length === take) break;
    }
    return { messages };
  },

  async watch({ watch: name, request, snapshot_on_history_lost, credit, is_slow }, signal) {
    const options = { ...v1.WatchRequest.decode(bytesOf(request)) };
    const watch = client.watch({ ...options, snapshotOnHistoryLost: snapshot_on_history_lost, credit, signal });
    permits.set(name, new Permits());
    for (;;) {
      if (is_slow) await permits.get(name).take();
      const { done, value } = await watch.next();
      if (done) return { error: { code: "CANCELLED", reason: "" } };
      const { event, current, snapshotBegun, snapshotComplete } = value;
      const said = { watch: name, position: watch.position, behind_by: watch.behindBy };
      if (event !== undefined) said.event = hexadecimal(event.encode());
      else if (current !== undefined) said.current = hexadecimal(current.encode());
      else if (snapshotBegun !== undefined) said.snapshot_begun = snapshotBegun.reason;
      else said.snapshot_complete = [snapshotComplete.revision, snapshotComplete.customers];
      answer(said);
    }
  },

  /** Says each message of a stream that resumes. */
  async follow({ watch: name, method, request_type, request }, signal) {
    for await (const message of typed(method)(decoded(request_type, request), { signal }).resuming()) {
      answer({ watch: name, message: hexadecimal(message.encode()) });
    }
  },

  /** Holds the encoding against the golden vectors. */
  async vectors({ file }) {
    const vectors = JSON.parse(readFileSync(file, "utf8"));
    return { count: vectors.length, wrong: vectors.filter((vector) => !isRight(vector)) };
  },

  /** One call again and again, so many at once. */
  async bench({ method, request_type, request, count, in_flight }) {
    const message = decoded(request_type, request);
    await typed(method)(message);
    let left = count;
    const caller = async () => {
      while (left-- > 0) await typed(method)(message);
    };
    const [started, cpu] = [performance.now(), process.cpuUsage()];
    await Promise.all(Array.from({ length: in_flight }, caller));
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - started) / 1000, cpu_seconds: (user + system) / 1e6 };
  },
};

/** What the same costs with a socket alone: frames that are ready, answers that nobody looks into. */
operations.floor = ({ file, address, in_flight }) => {
  const [frames] = split(readFileSync(file));
  const [host, port] = address.split(":");
  return new Promise((resolve) => {
    const [started, cpu] = [performance.now(), process.cpuUsage()];
    let [next, answers, held] = [0, -1, Buffer.alloc(0)]; // The hello is none.
    const socket = connect({ host, port: Number(port), noDelay: true });
    const send = (count) => socket.write(Buffer.concat(frames.slice(next, (next += count))));
    send(1 + in_flight);
    socket.on("data", (data) => {
      const [came, rest] = split(Buffer.concat([held, data]));
      held = rest;
      send(came.length - (answers < 0 ? 1 : 0));
      answers += came.length;
      if (answers < frames.length - 1) return;
      socket.destroy();
      const { user, system } = process.cpuUsage(cpu);
      resolve({ seconds: (performance.now() - started) / 1000, cpu_seconds: (user + system) / 1e6 });
    });
  });
};

/** Whole frames, and what is left. */
function split(bytes) {
  const frames = [];
  let position = 0;
  while (bytes.length - position >= 4) {
    const end = position + 4 + bytes.readUInt32BE(position);
    if (end > bytes.length) break;
    frames.push(bytes.subarray(position, end));
    position = end;
  }
  return [frames, bytes.subarray(position)];
}

/** The client's own method, by its path. */
function typed(path) {
  const [service, name] = path.split("/");
  const property = name[0].toLowerCase() + name.slice(1);
  const className = service.slice(service.lastIndexOf(".") + 1);
  const found = Object.values(client).find((each) => each.constructor.name === className);
  if (!METHODS.has(path) || !(client instanceof Services)) throw new Error(`no method ${path}`);
  return found[property].bind(found);
}

const decoded = (type, text) => MESSAGES.get(type).decode(bytesOf(text));

/** How many changes a slow watch may still take. */
class Permits {
  #count = 0;
  #wake;

  add(count) {
    this.#count += count;
    this.#wake?.();
  }

  async take() {
    while (this.#count === 0) await new Promise((resolve) => (this.#wake = resolve));
    this.#count -= 1;
  }
}

// --- The vectors

function isRight(vector) {
  let message;
  try {
    message = decoded(vector.message, vector.bytes);
  } catch (error) {
    if (error instanceof WireError) return vector.refused === true;
    throw error;
  }
  if (hexadecimal(message.encode()) !== vector.canonical) return false;
  return JSON.stringify(sorted(value(message))) === JSON.stringify(sorted(camelled(vector.value, message.constructor)));
}

/** As `vectors/make.py` describes a message, with this language's names. */
function value(message) {
  const described = {};
  for (const field of message.constructor.fields) {
    const held = message[field.name];
    const one = (each) => scalar(field.type, each);
    if (field.shape === "map") {
      const order = ([left], [right]) => Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
      if (held.size > 0) described[field.name] = [...held].map(([key, each]) => [scalar(field.key, key), one(each)]).sort(order);
    } else if (Array.isArray(held)) {
      if (held.length > 0) described[field.name] = held.map(one);
    } else if (held !== undefined && (field.shape === "optional" || !isDefault(held))) described[field.name] = one(held);
  }
  return described;
}

const isDefault = (held) => (held instanceof Uint8Array ? held.length === 0 : !held && !Object.is(held, -0));

function scalar(type, held) {
  if (type === "message") return value(held);
  if (typeof held === "bigint") return held.toString();
  if (type === "bytes") return hexadecimal(held);
  if (type !== "double") return held;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(held);
  return bytes.toString("hex");
}

function camelled(described, messageClass) {
  return Object.fromEntries(
    Object.entries(described).map(([name, held]) => {
      const field = messageClass.fields.find((each) => each.name === camel(name));
      if (field.type !== "message") return [camel(name), held];
      const one = (each) => camelled(each, field.of());
      if (field.shape === "map") return [camel(name), held.map(([key, each]) => [key, one(each)])];
      return [camel(name), Array.isArray(held) ? held.map(one) : one(held)];
    }),
  );
}

const isPlain = (each) => each !== null && typeof each === "object" && !Array.isArray(each);

function sorted(object) {
  if (Array.isArray(object)) return object.map(sorted);
  if (!isPlain(object)) return object;
  return Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)).map(([k, v]) => [k, sorted(v)]));
}

// --- Commands

function open({ addresses, settings_ms = {}, token = "" }) {
  const settings = Object.fromEntries(Object.entries(settings_ms).map(([name, value]) => [camel(name) + "Ms", value]));
  client = new Client(addresses, { token, ...settings });
}

async function execute(command) {
  const { id, op } = command;
  const controller = new AbortController();
  signals.set(id, controller);
  try {
    answer({ id, ...(await operations[op](command, controller.signal)) });
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    const { codeName, reason, metadata, fields, message, retryAfterMs } = error;
    const pairs = fields.map(({ field, description }) => [field, description]);
    const retry = retryAfterMs === undefined ? null : Math.round(retryAfterMs);
    answer({ id, error: { code: codeName, reason, metadata, fields: pairs, message, retry_after_ms: retry } });
  }
  signals.delete(id);
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.op === "open") open(command);
  else if (command.op === "cancel") signals.get(command.target)?.abort();
  else if (command.op === "permit") permits.get(command.watch).add(command.count);
  else execute(command);
}
client?.close();

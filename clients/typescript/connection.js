// One connection: frames, calls, credit, pings, GoAway. Makes nothing again; `channel.js` does.
import net from "node:net";
import { Code, GatehouseError } from "./errors.js";
import { Call, Cancel, Credit, Frame, Hello, Ping, Pong, Status } from "./generated/gatehouse_rpc_v1.js";
import { Replies } from "./replies.js";
import { GREATEST_FRAME } from "./settings.js";
import { WireError } from "./wire.js";

const AGENT = "gatehouse-javascript/1";

export class Connection {
  /** Why no more calls are taken. */
  failure = undefined;
  #settings;
  #onEnd;
  #socket;
  #greeted;
  #calls = new Map();
  #lastStream = 0;
  #greatestStreams = Infinity;
  #waiting = [];
  #held = Buffer.alloc(0);
  #unsent = [];
  #isPaused = false;
  #isEnded = false;
  #hasPinged = false;
  #receivedAt = performance.now();
  #timer;

  /** Connects and waits for the server's hello. `onEnd` is called when no more calls are taken. */
  static async open(address, token, settings, onEnd) {
    const connection = new Connection();
    connection.address = address;
    connection.#settings = settings;
    connection.#onEnd = onEnd;
    await connection.#open(token);
    return connection;
  }

  #open(token) {
    const at = this.address.lastIndexOf(":");
    const host = this.address.slice(0, at).replace(/^\[|\]$/g, "");
    return new Promise((resolve, reject) => {
      this.#greeted = { resolve, reject };
      const tooLate = () => this.end(GatehouseError.lost(`${this.address} did not say hello in time`));
      this.#timer = setTimeout(tooLate, this.#settings.connectTimeoutMs);
      this.#socket = net.connect({ host, port: Number(this.address.slice(at + 1)), noDelay: true });
      this.#socket.on("error", (error) => this.end(GatehouseError.lost(`${this.address}: ${error.message}`)));
      this.#socket.on("close", () => this.end(GatehouseError.lost(`${this.address}: the connection was closed`)));
      this.#socket.on("data", (data) => this.#receive(data));
      this.#socket.on("drain", () => {
        this.#isPaused = false;
        this.#admitAll();
      });
      this.#send({ hello: new Hello({ version: 1, agent: AGENT, authorization: token ? `Bearer ${token}` : "" }) });
    });
  }

  // --- Calls

  /** The payload of the answer. */
  async call(path, payload, timeoutMs, signal) {
    const begun = performance.now();
    await this.#room();
    const left = timeoutMs - (performance.now() - begun);
    if (left <= 0) throw GatehouseError.late();
    return new Promise((resolve, reject) => {
      const settle = (settled) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abandon);
        settled();
      };
      const receiver = {
        succeed: (answer) => settle(() => resolve(answer)),
        fail: (failure) => settle(() => reject(failure)),
      };
      const stream = this.#begin(path, payload, left, 0, receiver);
      const giveUp = (failure) => {
        this.cancel(stream);
        receiver.fail(failure);
      };
      const abandon = () => giveUp(GatehouseError.cancelled());
      const timer = setTimeout(() => giveUp(GatehouseError.late()), left);
      signal?.addEventListener("abort", abandon);
    });
  }

  /** Begins a streaming call. */
  async stream(path, payload, timeoutMs, credit) {
    await this.#room();
    const replies = new Replies(this, credit);
    replies.stream = this.#begin(path, payload, timeoutMs, credit, replies);
    return replies;
  }

  async #room() {
    while (this.failure === undefined && (this.#isPaused || this.#calls.size >= this.#greatestStreams)) {
      await new Promise((resolve) => this.#waiting.push(resolve));
    }
    if (this.failure !== undefined) throw this.failure.unbegun();
  }

  #begin(path, payload, timeoutMs, credit, receiver) {
    this.#lastStream += 1;
    const stream = this.#lastStream;
    this.#calls.set(stream, receiver);
    const timeoutUs = timeoutMs === undefined ? 0n : BigInt(Math.max(1, Math.floor(timeoutMs * 1000)));
    this.#send({ stream, call: new Call({ method: path, payload, timeoutUs, credit }) });
    if (this.#timer === undefined) {
      this.#receivedAt = Math.max(this.#receivedAt, performance.now() - this.#settings.keepaliveAfterMs);
      this.#lookAfterSilence();
    }
    return stream;
  }

  /** Ends a call from this side; nothing happens when it has ended. */
  cancel(stream) {
    if (this.#calls.has(stream)) {
      this.#send({ stream, cancel: new Cancel() });
      this.#forget(stream);
    }
  }

  grant(stream, messages) {
    if (this.#calls.has(stream)) this.#send({ stream, credit: new Credit({ messages }) });
  }

  #forget(stream) {
    this.#calls.delete(stream);
    this.#waiting.shift()?.();
    if (this.failure !== undefined && this.#calls.size === 0) this.end(this.failure); // Drained.
  }

  #admitAll() {
    for (const admit of this.#waiting.splice(0)) admit();
  }

  // --- What is sent

  #send(fields) {
    const body = new Frame(fields).encode();
    const head = Buffer.alloc(4);
    head.writeUInt32BE(body.length);
    this.#unsent.push(head, body);
    // What one turn of the event loop has to say goes out together.
    if (this.#unsent.length === 2) queueMicrotask(() => this.#flush());
  }

  #flush() {
    const bytes = Buffer.concat(this.#unsent.splice(0));
    if (bytes.length > 0 && !this.#socket.destroyed) this.#isPaused = !this.#socket.write(bytes);
  }

  // --- What comes

  #receive(data) {
    this.#receivedAt = performance.now();
    this.#hasPinged = false;
    const held = this.#held.length === 0 ? data : Buffer.concat([this.#held, data]);
    let position = 0;
    while (held.length - position >= 4 && !this.#socket.destroyed) {
      const length = held.readUInt32BE(position);
      if (length > GREATEST_FRAME) return this.violated("a frame is too long");
      if (held.length - position - 4 < length) break;
      position += 4 + length;
      let frame;
      try {
        frame = Frame.decode(held.subarray(position - length, position));
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        return this.violated(`a frame is none: ${error.message}`);
      }
      this.#take(frame);
    }
    this.#held = held.subarray(position);
  }

  #take(frame) {
    if (this.#greeted !== undefined && frame.hello === undefined && frame.goAway === undefined) {
      this.violated("the server's first frame is no hello");
    } else if (frame.reply !== undefined) this.#reply(frame.stream, frame.reply);
    else if (frame.ping !== undefined) this.#send({ pong: new Pong({ nonce: frame.ping.nonce }) });
    else if (frame.goAway !== undefined) this.#goAway(frame.goAway);
    else if (frame.hello?.version === 1 && this.#greeted !== undefined) {
      this.#greatestStreams = frame.hello.limits?.maxStreams || Infinity;
      this.#stopTimer();
      this.#greeted.resolve();
      this.#greeted = undefined;
    } else if (frame.pong === undefined) this.violated("a frame is out of order");
  }

  #reply(stream, reply) {
    const receiver = this.#calls.get(stream);
    if (receiver === undefined) {
      if (stream === 0 || stream > this.#lastStream) this.violated("a reply is to a call that was not made");
    } else if (reply.status === undefined) {
      if (!(receiver instanceof Replies && receiver.append(reply.payload))) {
        this.violated("a stream has more messages than were granted");
      }
    } else {
      if (reply.status.code === Code.OK) receiver.succeed(reply.payload);
      else receiver.fail(GatehouseError.of(reply.status));
      this.#forget(stream);
    }
  }

  #goAway(notice) {
    this.failure ??= GatehouseError.of(notice.status ?? new Status({ code: Code.UNAVAILABLE }));
    this.#onEnd(this);
    for (const [stream, receiver] of [...this.#calls]) {
      if (stream <= notice.lastStream) continue;
      this.#calls.delete(stream);
      receiver.fail(this.failure.unbegun());
    }
    this.#admitAll();
    if (this.#greeted !== undefined || this.#calls.size === 0) this.end(this.failure);
  }

  get isClosed() {
    return this.#socket.destroyed || this.#isEnded;
  }

  /** The server, or what lies between, sends what cannot be. */
  violated(what) {
    this.end(GatehouseError.lost(`${this.address}: ${what}; the connection is given up`));
  }

  // --- Time and end

  #stopTimer() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #lookAfterSilence() {
    this.#timer = undefined;
    if (this.#calls.size === 0 || this.#socket.destroyed) return;
    const { keepaliveAfterMs, keepaliveTimeoutMs } = this.#settings;
    const now = performance.now();
    let due = this.#receivedAt + keepaliveAfterMs + (this.#hasPinged ? keepaliveTimeoutMs : 0);
    if (due <= now) {
      if (this.#hasPinged) return this.end(GatehouseError.lost(`${this.address} does not answer`));
      this.#hasPinged = true;
      this.#send({ ping: new Ping({ nonce: BigInt(this.#lastStream) }) });
      due += keepaliveTimeoutMs;
    }
    this.#timer = setTimeout(() => this.#lookAfterSilence(), Math.max(1, due - now));
  }

  /** Fails every call, and every later one. The first reason counts. */
  end(failure) {
    this.failure ??= failure;
    this.#isEnded = true;
    this.#onEnd(this);
    this.#stopTimer();
    if (!this.#socket.destroyed) {
      this.#flush();
      if (this.#calls.size === 0) this.#socket.destroySoon();
      else this.#socket.destroy();
    }
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const receiver of calls) receiver.fail(failure);
    this.#greeted?.reject(this.failure);
    this.#greeted = undefined;
    this.#admitAll();
  }
}

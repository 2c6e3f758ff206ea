// Calls over one connection at a time: connects, connects again, and makes calls again where that is safe.
import { randomUUID } from "node:crypto";
import { Connection } from "./connection.js";
import { Code, GatehouseError } from "./errors.js";
import { Resumption } from "./resumption.js";
import { Backoff, DEFAULTS, sleep } from "./settings.js";
import { WireError } from "./wire.js";

/** What the generated services make their calls with. */
export class Caller {
  settings;
  #addresses;
  #token;
  #next = 0;
  #connection;
  // Those that are not closed, the ones that only finish their calls among them.
  #open = new Set();
  #connecting;
  #waiting = 0;
  #last;
  #closing = new AbortController();

  constructor(addresses, token, settings) {
    this.settings = { ...DEFAULTS, ...settings };
    this.#addresses = typeof addresses === "string" ? [addresses] : [...addresses];
    if (this.#addresses.length === 0) throw new RangeError("a client needs an address");
    this.#token = token;
  }

  // --- Calls

  /** Makes a unary call, again where needed and safe, within its deadline. */
  async call(method, request, { timeoutMs = this.settings.timeoutMs, signal } = {}) {
    const deadline = performance.now() + timeoutMs;
    const message = new method.request(request);
    if (method.hasKey && message.idempotencyKey === "") message.idempotencyKey = randomUUID();
    const payload = message.encode();
    const backoff = new Backoff(this.settings);
    for (let last; ; ) {
      if (signal?.aborted) throw GatehouseError.cancelled();
      let pause;
      try {
        const connection = await this.connected(deadline, signal, last);
        const left = deadline - performance.now();
        if (left <= 0) throw GatehouseError.late(last);
        return decoded(method, await connection.call(method.path, payload, left, signal));
      } catch (error) {
        if (!(error instanceof GatehouseError)) throw error;
        pause = pauseBefore(method, error, backoff);
        if (pause === undefined || performance.now() + pause >= deadline) throw error;
        last = error;
      }
      await sleep(pause, signal);
    }
  }

  stream(method, request, { timeoutMs, signal, credit = this.settings.credit } = {}) {
    return new Stream(this, method, new method.request(request), timeoutMs, signal, credit);
  }

  // --- The connection

  /** The connection that takes calls, once there is one. */
  async connected(deadline, signal, last) {
    for (;;) {
      if (this.#closing.signal.aborted) throw new GatehouseError(Code.CANCELLED, "the client was closed");
      if (signal?.aborted) throw GatehouseError.cancelled();
      if (this.#connection !== undefined && this.#connection.failure === undefined) return this.#connection;
      this.#connecting ??= this.#connect().finally(() => {
        this.#connecting = undefined;
      });
      const isLate = await this.#waitFor(this.#connecting, deadline, signal);
      if (isLate) throw GatehouseError.late(this.#last ?? last);
    }
  }

  /** Whether the deadline passed first. */
  async #waitFor(connecting, deadline, signal) {
    const over = new AbortController();
    const stop = () => over.abort();
    signal?.addEventListener("abort", stop);
    this.#waiting += 1;
    try {
      const races = [connecting.then(() => false)];
      // Without a deadline only the caller's own signal ends the wait.
      const left = deadline === undefined ? 0x7fffffff : Math.max(0, deadline - performance.now());
      races.push(sleep(Math.min(left, 0x7fffffff), over.signal).then(() => deadline !== undefined && !signal?.aborted));
      return await Promise.race(races);
    } finally {
      this.#waiting -= 1;
      over.abort();
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Tries the addresses in turn until one takes the connection, or nobody waits any longer. */
  async #connect() {
    const backoff = new Backoff(this.settings);
    backoff.pause();
    while (!this.#closing.signal.aborted) {
      for (let tries = 0; tries < this.#addresses.length && !this.#closing.signal.aborted; tries += 1) {
        const address = this.#addresses[this.#next % this.#addresses.length];
        try {
          const opened = await Connection.open(address, this.#token, this.settings, (ended) => this.#hasEnded(ended));
          if (this.#closing.signal.aborted) opened.end(new GatehouseError(Code.CANCELLED, "the client was closed"));
          this.#connection = opened;
          this.#open.add(opened);
          this.#last = undefined;
          return;
        } catch (error) {
          if (!(error instanceof GatehouseError)) throw error;
          this.#last = error;
          this.#next += 1;
          if (error.code === Code.UNAUTHENTICATED) throw error;
        }
      }
      await sleep(backoff.pause(), this.#closing.signal);
      if (this.#waiting === 0) return;
    }
  }

  #hasEnded(connection) {
    if (connection.isClosed) this.#open.delete(connection);
    if (connection !== this.#connection) return;
    this.#connection = undefined;
    this.#next += 1;
  }

  /** Ends the connection; calls that are open end with CANCELLED. */
  close() {
    this.#closing.abort();
    for (const connection of this.#open) connection.end(new GatehouseError(Code.CANCELLED, "the client was closed"));
  }
}

/** How long to wait before the call is made again; undefined where it must not be. */
function pauseBefore(method, error, backoff) {
  if (error.code === Code.RESOURCE_EXHAUSTED && error.retryAfterMs !== undefined) {
    return Math.max(error.retryAfterMs, backoff.pause());
  }
  if (error.code !== Code.UNAVAILABLE) return undefined;
  return error.isUnbegun || method.isRepeatable || method.hasKey ? backoff.pause() : undefined;
}

function decoded(method, payload) {
  try {
    return method.response.decode(payload);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new GatehouseError(Code.INTERNAL, `the answer is no ${method.response.fullName}: ${error.message}`);
  }
}

/** The messages of a streaming call. */
export class Stream {
  #caller;
  #method;
  #request;
  #timeoutMs;
  #signal;
  #credit;
  #replies;
  #isCancelled = false;
  #isListening = false;
  #resumption;

  constructor(caller, method, request, timeoutMs, signal, credit) {
    this.#caller = caller;
    this.#method = method;
    this.#request = request;
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
    this.#credit = credit;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  resuming() {
    this.#resumption = new Resumption(this.#caller.settings);
    return this;
  }

  async next() {
    if (this.#resumption === undefined) return this.#read();
    for (;;) {
      let pause;
      try {
        const result = await this.#read();
        this.#resumption.reset();
        return result;
      } catch (error) {
        if (!(error instanceof GatehouseError)) throw error;
        pause = this.#resumption.pauseAfter(error, this);
        this.#replies = undefined;
      }
      await sleep(pause, this.#signal);
    }
  }

  async #read() {
    if (this.#isCancelled) return { done: true, value: undefined };
    if (this.#replies === undefined) await this.#begin();
    const payload = await this.#replies.next();
    if (this.#signal?.aborted) throw GatehouseError.cancelled();
    return payload === undefined ? { done: true, value: undefined } : { done: false, value: decoded(this.#method, payload) };
  }

  async #begin() {
    const deadline = this.#timeoutMs === undefined ? undefined : performance.now() + this.#timeoutMs;
    const connection = await this.#caller.connected(deadline, this.#signal);
    this.#replies = await connection.stream(this.#method.path, this.#request.encode(), this.#timeoutMs, this.#credit);
    if (this.#isCancelled || this.#signal?.aborted) this.cancel();
    if (!this.#isListening) this.#signal?.addEventListener("abort", () => this.cancel(), { once: true });
    this.#isListening = true;
  }

  /** What leaving a `for await` loop calls. */
  async return() {
    this.cancel();
    return { done: true, value: undefined };
  }

  cancel() {
    this.#isCancelled = true;
    this.#replies?.cancel();
  }

  /** Gives up the connection that the stream came over. */
  breakConnection(what) {
    this.#replies?.connection.violated(what);
  }
}

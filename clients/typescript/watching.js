// A Watch that goes on by itself behind the last event that it handed out.
import { Stream } from "./channel.js";
import { GatehouseError } from "./errors.js";
import { WatchRequest } from "./generated/gatehouse_v1.js";
import { METHODS } from "./generated/services.js";
import { Resumption } from "./resumption.js";
import { sleep } from "./settings.js";

const METHOD = METHODS.get("gatehouse.v1.CustomerService/Watch");
const HISTORY_LOST = new Set(["REVISION_COMPACTED", "STORE_CHANGED", "REVISION_IN_FUTURE"]);

/** What a Watch knows, without any input or output: what to ask for, and what a message hands out. */
export class WatchCore {
  position;
  storeId;
  behindBy = 0n;
  skipped = 0n;
  #options;
  #isInSnapshot;
  #reason = "";
  #pending = [];
  #first = 0;

  constructor(options) {
    this.#options = options;
    this.position = options.afterRevision;
    this.storeId = options.storeId ?? new Uint8Array(0);
    this.#isInSnapshot = options.snapshot === true;
  }

  /** Asks for what is behind everything that was handed out. */
  request() {
    const { afterRevision, snapshot, storeId, snapshotOnHistoryLost, credit, signal, ...filters } = this.#options;
    const request = new WatchRequest(filters);
    if (this.#isInSnapshot) {
      this.#add({ snapshotBegun: { reason: this.#reason } });
      this.#reason = "INTERRUPTED";
      request.snapshot = true;
      // Both is a mistake, and the server's to refuse.
      if (snapshot) request.afterRevision = afterRevision;
    } else {
      request.afterRevision = this.position;
      request.storeId = this.storeId;
    }
    return request;
  }

  #add(change, position) {
    this.#pending.push({ change, position });
  }

  take(message) {
    this.behindBy = message.behindBy;
    this.skipped += message.skipped;
    if (message.storeId.length > 0) this.storeId = message.storeId;
    for (const current of message.current) this.#add({ current });
    for (const event of message.events) this.#add({ event }, event.revision);
    if (message.snapshotComplete !== undefined) {
      this.#isInSnapshot = false;
      this.#reason = "";
      const { revision, customers } = message.snapshotComplete;
      this.#add({ snapshotComplete: { revision, customers } }, revision);
    }
    if (message.progress !== undefined) this.#add(undefined, message.progress.revision);
  }

  /** What is handed out next; undefined when nothing has come. */
  next() {
    while (this.#first < this.#pending.length) {
      const { change, position } = this.#pending[this.#first];
      this.#pending[this.#first] = undefined;
      this.#first += 1;
      if (change?.event !== undefined && position <= (this.position ?? 0n)) continue; // Handed out before.
      if (position !== undefined && position > (this.position ?? -1n)) this.position = position;
      if (change !== undefined) return change;
    }
    this.#pending = [];
    this.#first = 0;
    return undefined;
  }

  /** Whether the Watch begins again with a snapshot; it is told so. */
  isHistoryLost(error) {
    if (!HISTORY_LOST.has(error.reason) || this.#options.snapshotOnHistoryLost !== true) return false;
    this.position = undefined;
    this.storeId = new Uint8Array(0);
    this.#isInSnapshot = true;
    this.#reason = error.reason;
    return true;
  }
}

export class Watch {
  #caller;
  #options;
  #core;
  #stream;
  #resumption;
  #ending = new AbortController();

  constructor(caller, options) {
    this.#caller = caller;
    this.#options = options;
    this.#core = new WatchCore(options);
    this.#resumption = new Resumption(caller.settings);
    if (options.signal?.aborted) this.cancel();
    options.signal?.addEventListener("abort", () => this.cancel(), { once: true });
  }

  get position() {
    return this.#core.position;
  }

  get storeId() {
    return this.#core.storeId;
  }

  get behindBy() {
    return this.#core.behindBy;
  }

  get skipped() {
    return this.#core.skipped;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  async next() {
    while (!this.#ending.signal.aborted) {
      const value = this.#core.next();
      if (value !== undefined) return { done: false, value };
      await this.#fill();
    }
    return { done: true, value: undefined };
  }

  /** Waits for a message, on a new stream where the one before was interrupted. */
  async #fill() {
    let pause = 0;
    try {
      const credit = this.#options.credit ?? this.#caller.settings.credit;
      const { signal } = this.#ending;
      this.#stream ??= new Stream(this.#caller, METHOD, this.#core.request(), undefined, signal, credit);
      const { done, value } = await this.#stream.next();
      if (!done) {
        this.#core.take(value);
        this.#resumption.reset();
        return;
      }
      this.#stream = undefined; // The server ends no Watch well; should it, the Watch goes on.
      pause = this.#resumption.pause();
    } catch (error) {
      if (!(error instanceof GatehouseError)) throw error;
      const stream = this.#stream;
      this.#stream = undefined;
      pause = this.#pause(error, stream);
    }
    await sleep(pause, this.#ending.signal);
  }

  /** How long to wait before the Watch is asked for again; throws the error where it must not be. */
  #pause(error, stream) {
    if (this.#ending.signal.aborted) return 0;
    if (this.#core.isHistoryLost(error)) return this.#resumption.pause();
    try {
      return this.#resumption.pauseAfter(error, stream);
    } catch (error) {
      this.cancel();
      throw error;
    }
  }

  /** What leaving a `for await` loop calls. */
  async return() {
    this.cancel();
    return { done: true, value: undefined };
  }

  cancel() {
    this.#ending.abort();
    this.#stream?.cancel();
  }
}

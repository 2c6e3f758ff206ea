// When a stream that was interrupted is asked for again.
import { Code } from "./errors.js";
import { Backoff } from "./settings.js";

/** So many messages that are none, with nothing handed out in between, end what is resumed. */
const UNREADABLE_IN_A_ROW = 5;

/** What has gone wrong since something was last handed out. */
export class Resumption {
  #backoff;
  #unreadable = 0;

  constructor(settings) {
    this.#backoff = new Backoff(settings);
  }

  /** Something was handed out. */
  reset() {
    this.#backoff.reset();
    this.#unreadable = 0;
  }

  /** How long to wait before it is asked for again, whatever the reason. */
  pause() {
    return this.#backoff.pause();
  }

  /** How long to wait before it is asked for again; throws the error where it must not be. */
  pauseAfter(error, stream) {
    if (error.code === Code.INTERNAL && error.reason === "") {
      this.#unreadable += 1;
      stream?.breakConnection("a message of a stream is none");
      if (this.#unreadable < UNREADABLE_IN_A_ROW) return this.pause();
    } else if (error.code === Code.UNAVAILABLE) {
      return this.pause();
    } else if (error.code === Code.RESOURCE_EXHAUSTED && error.retryAfterMs !== undefined) {
      return Math.max(error.retryAfterMs, this.pause());
    }
    throw error;
  }
}

// What a client can be told, with what holds when nothing is said. Times are in milliseconds.

export const GREATEST_FRAME = (1 << 24) - 1;

export const DEFAULTS = Object.freeze({
  timeoutMs: 10_000,
  connectTimeoutMs: 5000,
  keepaliveAfterMs: 4000,
  keepaliveTimeoutMs: 4000,
  leastPauseMs: 50,
  greatestPauseMs: 2000,
  credit: 64,
});

/** The pauses between attempts: none before the second, then growing ones with jitter. */
export class Backoff {
  #settings;
  #failures = 0;

  constructor(settings) {
    this.#settings = settings;
  }

  pause() {
    this.#failures += 1;
    if (this.#failures === 1) return 0;
    const grown = this.#settings.leastPauseMs * 2 ** Math.min(this.#failures - 2, 30);
    return Math.min(grown, this.#settings.greatestPauseMs) * (0.5 + Math.random() / 2);
  }

  reset() {
    this.#failures = 0;
  }
}

/** Waits; ends early, without an error, when the signal is given. */
export function sleep(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    if (signal?.aborted) done();
    else signal?.addEventListener("abort", done);
  });
}

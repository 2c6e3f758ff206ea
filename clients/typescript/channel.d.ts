import { Method } from "./generated/services.js";
import { Settings } from "./settings.js";

export interface CallOptions {
  /** The deadline, from now on, over all retries. */
  timeoutMs?: number;
  /** Cancels the call, which then ends with CANCELLED. */
  signal?: AbortSignal;
}

export interface StreamOptions extends CallOptions {
  /** How many messages may lie here unread. */
  credit?: number;
}

/**
 * The messages of a streaming call, read with `for await`. Begins with the first one asked for; leaving the loop, or
 * `cancel`, ends the call. It ends with an error when its connection is lost.
 */
export declare class Stream<T> implements AsyncIterableIterator<T> {
  [Symbol.asyncIterator](): AsyncIterableIterator<T>;
  next(): Promise<IteratorResult<T>>;
  return(): Promise<IteratorResult<T>>;
  /**
   * The same, called again with the same request when its connection is lost or its server stops. For methods whose
   * messages say each what is so now, like those of statistics and health; for customers and their events there is
   * `Client.watch`.
   */
  resuming(): Stream<T>;
  /** Ends the call; it has no more messages. */
  cancel(): void;
}

/** What the generated services make their calls with. */
export declare class Caller {
  constructor(addresses: string | readonly string[], token: string, settings: Settings);
  call<T>(method: Method, request: object, options?: CallOptions): Promise<T>;
  stream<T>(method: Method, request: object, options?: StreamOptions): Stream<T>;
  close(): void;
}

import { Customer, CustomerState, Event } from "./generated/gatehouse_v1.js";

/** One of four. */
export interface Change {
  event?: Event;
  /** A customer of the snapshot. */
  current?: Customer;
  /** A snapshot follows: forget what you hold. `reason` says why it begins again; empty the first time. */
  snapshotBegun?: { reason: string };
  /** The snapshot is whole, and true of the revision. */
  snapshotComplete?: { revision: bigint; customers: bigint };
}

/** What to watch: the fields of `WatchRequest`, and three more. */
export interface WatchOptions {
  afterRevision?: bigint;
  snapshot?: boolean;
  storeId?: Uint8Array;
  states?: readonly CustomerState[];
  customerIds?: readonly string[];
  progressIntervalMs?: number;
  latestOnly?: boolean;
  tenant?: string;
  /** Begin again with a snapshot when the history cannot be gone on with, instead of ending with the error. */
  snapshotOnHistoryLost?: boolean;
  /** How many messages may lie here unread. */
  credit?: number;
  /** Ends the Watch. */
  signal?: AbortSignal;
}

/** The changes, read with `for await`, each once and in order. Leaving the loop, or `cancel`, ends it. */
export declare class Watch implements AsyncIterableIterator<Change> {
  [Symbol.asyncIterator](): AsyncIterableIterator<Change>;
  next(): Promise<IteratorResult<Change>>;
  return(): Promise<IteratorResult<Change>>;
  /** Everything up to this revision was handed out; undefined while nothing is known of it. */
  readonly position: bigint | undefined;
  /** The history that `position` belongs to. */
  readonly storeId: Uint8Array;
  /** How many revisions the server was ahead of the last message when it was made. */
  readonly behindBy: bigint;
  /** How many events `latestOnly` left out so far. */
  readonly skipped: bigint;
  /** Ends the Watch. */
  cancel(): void;
}

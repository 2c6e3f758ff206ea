/** gRPC's status codes. */
export declare enum Code {
  OK = 0, CANCELLED = 1, UNKNOWN = 2, INVALID_ARGUMENT = 3, DEADLINE_EXCEEDED = 4, NOT_FOUND = 5, ALREADY_EXISTS = 6,
  PERMISSION_DENIED = 7, RESOURCE_EXHAUSTED = 8, FAILED_PRECONDITION = 9, ABORTED = 10, OUT_OF_RANGE = 11,
  UNIMPLEMENTED = 12, INTERNAL = 13, UNAVAILABLE = 14, DATA_LOSS = 15, UNAUTHENTICATED = 16,
}

/** A call that was refused or failed. `message` is for a person: what happened and what to do about it. */
export declare class GatehouseError extends Error {
  readonly code: Code;
  /** The name of the code. */
  readonly codeName: string;
  /** A name of `gatehouse.v1.Reason` without its prefix; empty when the failure is this side's. */
  readonly reason: string;
  /** What the reason is about. */
  readonly metadata: { readonly [name: string]: string };
  /** Which fields of the request were wrong, and what is wrong with each. */
  readonly fields: readonly { field: string; description: string }[];
  /** How long to wait before trying again, where the server says so. */
  readonly retryAfterMs: number | undefined;
  /** The server did not begin the call. */
  readonly isUnbegun: boolean;
}

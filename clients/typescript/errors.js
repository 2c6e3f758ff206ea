// What a call ends with when it does not succeed.
import { BadRequest, ErrorInfo, RetryInfo } from "./generated/google_rpc.js";
import { WireError, enumeration } from "./wire.js";

/** gRPC's status codes. */
export const Code = enumeration({
  OK: 0, CANCELLED: 1, UNKNOWN: 2, INVALID_ARGUMENT: 3, DEADLINE_EXCEEDED: 4, NOT_FOUND: 5, ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7, RESOURCE_EXHAUSTED: 8, FAILED_PRECONDITION: 9, ABORTED: 10, OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12, INTERNAL: 13, UNAVAILABLE: 14, DATA_LOSS: 15, UNAUTHENTICATED: 16,
});

export class GatehouseError extends Error {
  constructor(code, message, reason = "") {
    super(message);
    this.name = "GatehouseError";
    this.code = Code[code] === undefined ? Code.UNKNOWN : code;
    this.reason = reason;
    this.metadata = {};
    this.fields = [];
    this.retryAfterMs = undefined;
    // The server did not begin the call.
    this.isUnbegun = false;
  }

  get codeName() {
    return Code[this.code];
  }

  /** From what the server answered. */
  static of(status) {
    const [info, retry, request] = [ErrorInfo, RetryInfo, BadRequest].map((kind) => detail(status, kind));
    const error = new GatehouseError(status.code, status.message, info?.reason ?? "");
    error.metadata = Object.fromEntries(info?.metadata ?? []);
    error.fields = (request?.fieldViolations ?? []).map(({ field, description }) => ({ field, description }));
    const delay = retry?.retryDelay;
    if (delay !== undefined) error.retryAfterMs = Math.max(0, Number(delay.seconds) * 1000 + delay.nanos / 1e6);
    error.isUnbegun = error.reason === "SHUTTING_DOWN";
    return error;
  }

  /** The connection went away. */
  static lost(message) {
    return new GatehouseError(Code.UNAVAILABLE, message);
  }

  /** The deadline has passed; `last` is why the call was not answered before. */
  static late(last) {
    const why = last === undefined ? "" : `; the last failure was: ${last.codeName}: ${last.message}`;
    const error = new GatehouseError(Code.DEADLINE_EXCEEDED, `the call's deadline has passed${why}`, "DEADLINE_EXCEEDED");
    error.cause = last;
    return error;
  }

  static cancelled() {
    return new GatehouseError(Code.CANCELLED, "the call was cancelled by its caller");
  }

  /** The same failure of a call that was not begun. */
  unbegun() {
    const error = new GatehouseError(this.code, this.message, this.reason);
    error.isUnbegun = true;
    return error;
  }
}

function detail(status, kind) {
  const found = status.details.find(({ typeUrl }) => typeUrl.endsWith("/" + kind.fullName));
  try {
    return found === undefined ? undefined : kind.decode(found.value);
  } catch (error) {
    if (error instanceof WireError) return undefined; // The code and the message still say what happened.
    throw error;
  }
}

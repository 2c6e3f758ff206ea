import { Timestamp } from "./generated/google_protobuf.js";

/** In whole milliseconds, which is all that a `Date` holds. */
export declare function dateOf(timestamp: Timestamp): Date;
export declare function timestampOf(date: Date): Timestamp;

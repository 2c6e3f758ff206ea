// Timestamps and JavaScript's own times.
import { Timestamp } from "./generated/google_protobuf.js";

export function dateOf(timestamp) {
  return new Date(Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanos / 1e6));
}

export function timestampOf(date) {
  const milliseconds = date.getTime();
  const seconds = Math.floor(milliseconds / 1000);
  return new Timestamp({ seconds: BigInt(seconds), nanos: (milliseconds - seconds * 1000) * 1e6 });
}

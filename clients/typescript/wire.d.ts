/** Bytes that are no message. */
export class WireError extends Error {}

/** What a message can be made of: its fields, all of them optional; plain objects stand for messages and for maps. */
export type Init<T> = { [K in keyof T as T[K] extends Function ? never : K]?: InitValue<T[K]> };

type InitValue<V> =
  V extends Map<string, infer E> ? V | { [key: string]: InitValue<E> }
  : V extends (infer E)[] ? readonly InitValue<E>[]
  : V extends Uint8Array ? V
  : V extends Message ? V | Init<V>
  : V;

/** A message. Fields left out are at their default; 64-bit integers are `bigint`, bytes are `Uint8Array`. */
export class Message {
  static readonly fullName: string;
  /** The message's bytes. Throws `RangeError` or `TypeError` when a field holds what its type cannot. */
  encode(): Uint8Array;
}

export interface MessageClass {
  readonly fullName: string;
  new (init?: {}): Message;
  decode(bytes: Uint8Array): Message;
}

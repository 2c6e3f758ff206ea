import { Services } from "./generated/services.js";
import { Settings } from "./settings.js";
import { Watch, WatchOptions } from "./watching.js";

export { CallOptions, Stream, StreamOptions } from "./channel.js";
export { Code, GatehouseError } from "./errors.js";
export * as healthV1 from "./generated/grpc_health_v1.js";
export * as v1 from "./generated/gatehouse_v1.js";
export { Settings } from "./settings.js";
export { dateOf, timestampOf } from "./times.js";
export { Change, Watch, WatchOptions } from "./watching.js";
export { Init, Message, WireError } from "./wire.js";

/**
 * A client of a Gatehouse server. Connects with the first call. The services are its properties:
 * `await client.customer.getCustomer({ customerId })`.
 */
export declare class Client extends Services {
  /** `addresses` are "host:port", tried in turn; `token` is as `gatehouse token new` printed it. */
  constructor(addresses: string | readonly string[], options?: Settings & { token?: string });
  /**
   * Events behind a revision, or behind a snapshot of the present, or from now on; each once and in order, whatever
   * becomes of connections and servers.
   */
  watch(options?: WatchOptions): Watch;
  /** Ends the connection; calls that are open end with CANCELLED. */
  close(): void;
}

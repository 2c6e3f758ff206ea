// A client for Gatehouse. `clients/README.md` says how it behaves, `README.md` beside this file how to use it.
import { Caller } from "./channel.js";
import { Services } from "./generated/services.js";
import { Watch } from "./watching.js";

export { Code, GatehouseError } from "./errors.js";
export * as healthV1 from "./generated/grpc_health_v1.js";
export * as v1 from "./generated/gatehouse_v1.js";
export { dateOf, timestampOf } from "./times.js";
export { WireError } from "./wire.js";
export { Watch };

export class Client extends Services {
  #caller;

  constructor(addresses, { token = "", ...settings } = {}) {
    const caller = new Caller(addresses, token, settings);
    super(caller);
    this.#caller = caller;
  }

  watch(options = {}) {
    return new Watch(this.#caller, options);
  }

  close() {
    this.#caller.close();
  }
}

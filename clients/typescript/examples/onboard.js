// Takes a customer in: creates them, has their wallet sign the challenge, and waits until they may use the services.
//
//     node examples/onboard.js 127.0.0.1:7420 eip155:1:0x… alice
//
// prints the message that the wallet has to sign and reads the signature, hexadecimal, from standard input.
import { createInterface } from "node:readline/promises";
import { Client, GatehouseError, v1 } from "../index.js";

const [address, wallet, externalId] = process.argv.slice(2);
const client = new Client(address);
const terminal = createInterface({ input: process.stdin });
try {
  const { customer, challenge } = await client.customer.createCustomer({ wallet, externalId });
  console.log(new TextDecoder().decode(challenge.message));
  const signature = new Uint8Array(Buffer.from((await terminal.question("")).trim().replace("0x", ""), "hex"));
  await client.customer.submitChallenge({ customerId: customer.id, signature });
  // From the creation on: nothing that happened meanwhile is missed.
  for await (const { event } of client.watch({ afterRevision: customer.revision, customerIds: [customer.id] })) {
    if (event === undefined) continue;
    console.log(`${customer.id} is ${v1.CustomerState[event.to]}`);
    if (event.to === v1.CustomerState.ACTIVE || event.to === v1.CustomerState.REJECTED) break;
  }
} catch (error) {
  if (!(error instanceof GatehouseError)) throw error;
  console.error(`${error.codeName} ${error.reason}: ${error.message}`);
  process.exitCode = 1;
} finally {
  client.close();
  terminal.close();
}

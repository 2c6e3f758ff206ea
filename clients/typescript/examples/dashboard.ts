// Feeds a dashboard: how many customers are in each state, kept up to date through restarts and broken connections.
import { Client, v1 } from "../index.js";

export async function feed(client: Client, show: (counts: Map<string, number>, revision: bigint | undefined) => void) {
  const states = new Map<string, v1.CustomerState>();
  const watch = client.watch({ snapshot: true, snapshotOnHistoryLost: true });
  let isWhole = false;
  for await (const { event, current, snapshotBegun, snapshotComplete } of watch) {
    if (snapshotBegun !== undefined) {
      states.clear();
      isWhole = false;
    }
    if (current !== undefined) states.set(current.id, current.state);
    if (event?.customer !== undefined) states.set(event.customer.id, event.to);
    isWhole ||= snapshotComplete !== undefined;
    if (isWhole) {
      const counts = new Map<string, number>();
      for (const state of states.values()) counts.set(v1.CustomerState[state], (counts.get(v1.CustomerState[state]) ?? 0) + 1);
      show(counts, watch.position);
    }
  }
}

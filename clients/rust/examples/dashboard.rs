//! Feeds a dashboard: how many customers are in each state, kept up to date through restarts and broken connections.
//!
//!     cargo run --example dashboard 127.0.0.1:7420

use std::collections::{BTreeMap, HashMap};

use gatehouse::v1::{CustomerState, WatchRequest};
use gatehouse::{Change, Client, WatchOptions};

fn main() -> gatehouse::Result<()> {
    let client = Client::new(std::env::args().skip(1));
    let request = WatchRequest { snapshot: true, ..Default::default() };
    let mut watch = client.watch(WatchOptions::new(request).snapshot_on_history_lost(true));
    let mut states: HashMap<String, CustomerState> = HashMap::new();
    let mut is_whole = false;
    while let Some(change) = watch.next() {
        match change? {
            Change::SnapshotBegun { .. } => {
                states.clear();
                is_whole = false;
            }
            Change::Current(customer) => {
                states.insert(customer.id, customer.state);
            }
            Change::SnapshotComplete { .. } => is_whole = true,
            Change::Event(event) => {
                states.insert(event.customer.unwrap_or_default().id, event.to);
            }
        }
        if is_whole {
            let revision = watch.position().unwrap_or_default();
            println!("revision {revision}, behind by {}: {}", watch.behind_by(), counted(&states));
        }
    }
    Ok(())
}

/// How many are in each state: "ACTIVE: 2, VERIFYING: 1".
fn counted(states: &HashMap<String, CustomerState>) -> String {
    let mut counts: BTreeMap<CustomerState, usize> = BTreeMap::new();
    for state in states.values() {
        *counts.entry(*state).or_default() += 1;
    }
    counts.iter().map(|(state, count)| format!("{state}: {count}")).collect::<Vec<_>>().join(", ")
}

//! How one thread ends what another waits for.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

use crate::waiting::locked;

/// Ends calls, streams and Watches from any thread: give it to them with [`CallOptions`](crate::CallOptions) or
/// [`WatchOptions`](crate::WatchOptions), keep a clone, and [`cancel`](Cancellation::cancel) that. They end with
/// [`Code::Cancelled`](crate::Code::Cancelled), and the server is told.
#[derive(Clone, Default)]
pub struct Cancellation {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    is_cancelled: AtomicBool,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    last: u64,
    by_number: BTreeMap<u64, Weak<dyn Wake>>,
}

/// Something that threads wait on. Those that are woken look again at what they wait for.
pub(crate) trait Wake: Send + Sync {
    fn wake(&self);
}

impl Cancellation {
    pub fn new() -> Self {
        Self::default()
    }

    /// Ends everything that this, or a clone of it, was given to; also what is given to it from now on.
    pub fn cancel(&self) {
        self.shared.is_cancelled.store(true, Ordering::SeqCst);
        let waiting: Vec<_> = locked(&self.shared.waiting).by_number.values().filter_map(Weak::upgrade).collect();
        for each in waiting {
            each.wake();
        }
    }

    pub fn is_cancelled(&self) -> bool {
        self.shared.is_cancelled.load(Ordering::SeqCst)
    }

    /// Whoever registers looks at `is_cancelled` behind that, so that nobody sleeps through it.
    pub(crate) fn register(&self, waited_on: &Arc<dyn Wake>) -> Registration {
        let mut waiting = locked(&self.shared.waiting);
        waiting.last += 1;
        let number = waiting.last;
        waiting.by_number.insert(number, Arc::downgrade(waited_on));
        Registration { shared: self.shared.clone(), number }
    }
}

impl fmt::Debug for Cancellation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Cancellation").field("is_cancelled", &self.is_cancelled()).finish()
    }
}

/// Ends with what it is held for.
pub(crate) struct Registration {
    shared: Arc<Shared>,
    number: u64,
}

impl Drop for Registration {
    fn drop(&mut self) {
        locked(&self.shared.waiting).by_number.remove(&self.number);
    }
}

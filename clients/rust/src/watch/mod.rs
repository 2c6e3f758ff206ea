//! A Watch that goes on by itself: each change once and in order, whatever becomes of connections and servers.

mod options;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::caller::Caller;
use crate::calls::Method;
use crate::error::{Error, Result};
use crate::resumption::Resumption;
use crate::stream::Stream;
use crate::v1::{Reason, WatchRequest, WatchResponse};
use crate::waiting::{sleep, Limits};
use crate::wire::Message;

pub use options::{Change, WatchOptions};

const METHOD: Method = Method::repeatable("gatehouse.v1.CustomerService/Watch");
/// Why a snapshot begins again that was cut off.
const INTERRUPTED: &str = "INTERRUPTED";

/// Changes, each once and in order. It is for one thread at a time; [`Cancellation`](crate::Cancellation) ends it from another, dropping it ends
/// it too. An error ends it, and there is nothing behind.
///
/// ```no_run
/// use gatehouse::v1::WatchRequest;
/// use gatehouse::{Change, Client};
///
/// # fn main() -> gatehouse::Result<()> {
/// let mut watch = Client::new(["127.0.0.1:7420"]).watch(WatchRequest { snapshot: true, ..Default::default() });
/// while let Some(change) = watch.next() {
///     if let Change::Event(event) = change? {
///         println!("{} {} -> {}, behind by {}", event.revision, event.from, event.to, watch.behind_by());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a Watch does nothing until it is read"]
pub struct Watch {
    caller: Arc<Caller>,
    options: WatchOptions,
    limits: Limits,
    stream: Option<Stream<WatchResponse>>,
    resumption: Resumption,
    is_over: bool,

    position: Option<u64>,
    store_id: Vec<u8>,
    behind_by: u64,
    skipped: u64,
    is_in_snapshot: bool,
    /// Why a snapshot begins that the application was not told of yet.
    begins: Option<String>,
    pending: VecDeque<Step>,
}

/// A change that is yet to be handed out, if there is one, and the position that it leads to.
struct Step {
    change: Option<Change>,
    position: Option<u64>,
}

impl Watch {
    pub(crate) fn new(caller: Arc<Caller>, options: WatchOptions) -> Self {
        Self {
            caller,
            limits: Limits { deadline: None, cancellation: options.cancellation.clone() },
            stream: None,
            resumption: Resumption::default(),
            is_over: false,
            position: options.request.after_revision,
            store_id: options.request.store_id.clone(),
            behind_by: 0,
            skipped: 0,
            is_in_snapshot: options.request.snapshot,
            begins: options.request.snapshot.then(String::new),
            pending: VecDeque::new(),
            options,
        }
    }

    /// The revision up to which everything was handed out; none as long as nothing is known of it. Keep it, with
    /// [`store_id`](Watch::store_id), to go on in another process.
    pub fn position(&self) -> Option<u64> {
        self.position
    }

    /// The history that the position belongs to; empty as long as it is not known.
    pub fn store_id(&self) -> &[u8] {
        &self.store_id
    }

    /// How many revisions the server was ahead of the last message when it was made.
    pub fn behind_by(&self) -> u64 {
        self.behind_by
    }

    /// How many events `latest_only` has left out so far.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    fn advance(&mut self) -> Result<Change> {
        loop {
            while let Some(Step { change, position }) = self.pending.pop_front() {
                let is_new = position.is_none() || position > self.position;
                if !is_new && matches!(change, Some(Change::Event(_))) {
                    continue; // Handed out before.
                }
                if is_new && position.is_some() {
                    self.position = position;
                }
                if let Some(change) = change {
                    return Ok(change);
                }
            }
            self.fill()?;
        }
    }

    /// Waits for a message, on a new stream where the one before was interrupted.
    fn fill(&mut self) -> Result<()> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let payload = self.request().encode();
                let credit = self.options.credit.unwrap_or(self.caller.settings.credit);
                Stream::new(self.caller.clone(), METHOD, payload, self.limits.clone(), credit)
            }
        };
        let pause = match stream.next() {
            Some(Ok(message)) => {
                self.stream = Some(stream);
                self.take(message);
                self.resumption.reset();
                return Ok(());
            }
            // The server ends no Watch well; should it, the Watch goes on.
            None => self.resumption.pause(&self.caller.settings),
            Some(Err(failure)) => {
                stream.let_go(&failure);
                self.pause(failure)?
            }
        };
        drop(stream);
        sleep(pause, &self.limits);
        Ok(())
    }

    /// Asks for what is behind everything that was handed out.
    fn request(&mut self) -> WatchRequest {
        let mut request = self.options.request.clone();
        if self.is_in_snapshot {
            self.begins.get_or_insert_with(|| INTERRUPTED.into());
            // Both is a mistake, and the server's to refuse.
            if !request.snapshot {
                request.after_revision = None;
            }
            request.snapshot = true;
            request.store_id.clear();
        } else {
            request.snapshot = false;
            request.after_revision = self.position;
            request.store_id = self.store_id.clone();
        }
        request
    }

    fn take(&mut self, message: WatchResponse) {
        self.behind_by = message.behind_by;
        self.skipped = self.skipped.saturating_add(message.skipped);
        if !message.store_id.is_empty() {
            self.store_id = message.store_id;
        }
        if let Some(reason) = self.begins.take() {
            self.pending.push_back(Step { change: Some(Change::SnapshotBegun { reason }), position: None });
        }
        let current = message.current.into_iter().map(|customer| (Some(Change::Current(customer)), None));
        let events = message.events.into_iter().map(|event| {
            let revision = event.revision;
            (Some(Change::Event(event)), Some(revision))
        });
        self.pending.extend(current.chain(events).map(|(change, position)| Step { change, position }));
        if let Some(complete) = message.snapshot_complete {
            self.is_in_snapshot = false;
            let (revision, customers) = (complete.revision, complete.customers);
            let change = Some(Change::SnapshotComplete { revision, customers });
            self.pending.push_back(Step { change, position: Some(revision) });
        }
        if let Some(progress) = message.progress {
            self.pending.push_back(Step { change: None, position: Some(progress.revision) });
        }
    }

    /// How long to wait before the Watch is asked for again, or the failure where it must not be.
    fn pause(&mut self, failure: Error) -> Result<Duration> {
        if self.begins_again(&failure) {
            return Ok(self.resumption.pause(&self.caller.settings));
        }
        self.resumption.pause_after(failure, &self.caller.settings)
    }

    /// Whether the history cannot be gone on with, and the Watch begins again with a snapshot.
    fn begins_again(&mut self, failure: &Error) -> bool {
        let lost = [Reason::RevisionCompacted, Reason::StoreChanged, Reason::RevisionInFuture];
        if !self.options.snapshot_on_history_lost || !lost.iter().any(|reason| failure.is(*reason)) {
            return false;
        }
        self.position = None;
        self.store_id.clear();
        self.is_in_snapshot = true;
        self.begins = Some(failure.reason().into());
        true
    }
}

impl Iterator for Watch {
    type Item = Result<Change>;

    /// Waits for the next change.
    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let change = self.advance();
        if change.is_err() {
            self.is_over = true;
            self.stream = None;
        }
        Some(change)
    }
}

impl std::iter::FusedIterator for Watch {}

impl fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Watch").field("position", &self.position).finish_non_exhaustive()
    }
}

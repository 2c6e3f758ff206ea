//! What to watch, and what a Watch hands out.

use crate::cancellation::Cancellation;
use crate::v1::{Customer, Event, WatchRequest};

/// What a [`Watch`](crate::Watch) hands out.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant)] // They are handed out one by one, and seldom kept.
pub enum Change {
    /// A snapshot follows: forget what you hold. Why it begins again: a reason of the server's, or "INTERRUPTED"; empty
    /// the first time.
    SnapshotBegun {
        reason: String,
    },
    /// A customer of the snapshot.
    Current(Customer),
    /// The snapshot is whole, has so many customers, and is true of this revision.
    SnapshotComplete {
        revision: u64,
        customers: u64,
    },
    Event(Event),
}

/// What to watch, and how.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct WatchOptions {
    pub(super) request: WatchRequest,
    pub(super) snapshot_on_history_lost: bool,
    pub(super) credit: Option<u32>,
    pub(super) cancellation: Option<Cancellation>,
}

impl WatchOptions {
    /// The request says where to begin and what matches.
    pub fn new(request: WatchRequest) -> Self {
        Self { request, ..Default::default() }
    }

    /// Begins again with a snapshot when the history cannot be gone on with, instead of ending with the error.
    pub fn snapshot_on_history_lost(mut self, is_asked_for: bool) -> Self {
        self.snapshot_on_history_lost = is_asked_for;
        self
    }

    /// How many messages may lie here unread, where that is not as the client's settings have it.
    pub fn credit(mut self, messages: u32) -> Self {
        self.credit = Some(messages.max(1));
        self
    }

    /// What can end the Watch, which has no other end where all goes well.
    pub fn cancellation(mut self, cancellation: &Cancellation) -> Self {
        self.cancellation = Some(cancellation.clone());
        self
    }
}

impl From<WatchRequest> for WatchOptions {
    fn from(request: WatchRequest) -> Self {
        Self::new(request)
    }
}

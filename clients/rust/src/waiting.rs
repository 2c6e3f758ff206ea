//! How threads wait here: on a condition, until a moment, or until somebody cancels what they wait for.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::cancellation::{Cancellation, Registration, Wake};
use crate::error::{Code, Error};

/// Locks. What is guarded here is never left half changed, so the poison of a thread that panicked is passed over.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until the condition is notified, until the moment, or less.
pub(crate) fn wait<'a, T>(condition: &Condvar, guard: MutexGuard<'a, T>, until: Option<Instant>) -> MutexGuard<'a, T> {
    match until {
        None => condition.wait(guard).unwrap_or_else(PoisonError::into_inner),
        Some(moment) => {
            let left = moment.saturating_duration_since(Instant::now());
            condition.wait_timeout(guard, left).unwrap_or_else(PoisonError::into_inner).0
        }
    }
}

/// What ends a call from this side: its deadline, or a cancellation.
#[derive(Clone, Default)]
pub(crate) struct Limits {
    pub deadline: Option<Instant>,
    pub cancellation: Option<Cancellation>,
}

impl Limits {
    /// What is left of the time; none where there is no end.
    pub fn left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    pub fn is_cancelled(&self) -> bool {
        self.cancellation.as_ref().map_or(false, Cancellation::is_cancelled)
    }

    /// Fails when the call has ended; `last` is why it was not answered before.
    pub fn check(&self, last: Option<&Error>) -> Result<(), Error> {
        if self.is_cancelled() {
            return Err(Error::new(Code::Cancelled, "the call was cancelled by its caller"));
        }
        match self.left() {
            Some(left) if left.is_zero() => Err(Error::late(last)),
            _ => Ok(()),
        }
    }

    /// Has what is waited on woken by a cancellation, as long as the registration is held.
    #[must_use]
    pub fn waking<W: Wake + 'static>(&self, waited_on: &Arc<W>) -> Option<Registration> {
        self.cancellation.as_ref().map(|cancellation| {
            let waited_on: Arc<dyn Wake> = waited_on.clone();
            cancellation.register(&waited_on)
        })
    }
}

/// Waits for so long; a cancellation ends it early.
pub(crate) fn sleep(pause: Duration, limits: &Limits) {
    if pause.is_zero() {
        return;
    }
    let nap = Arc::new(Nap::default());
    let _registration = limits.waking(&nap);
    // An end beyond what the clock can tell is none.
    let end = Instant::now().checked_add(pause);
    let mut guard = locked(&nap.mutex);
    while end.map_or(true, |end| Instant::now() < end) && !limits.is_cancelled() {
        guard = wait(&nap.condition, guard, end);
    }
}

#[derive(Default)]
struct Nap {
    mutex: Mutex<()>,
    condition: Condvar,
}

impl Wake for Nap {
    fn wake(&self) {
        let _guard = locked(&self.mutex);
        self.condition.notify_all();
    }
}

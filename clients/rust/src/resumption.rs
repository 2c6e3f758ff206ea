//! When a stream that was interrupted is asked for again.

use std::time::Duration;

use crate::error::{Code, Error, Result};
use crate::settings::{Backoff, Settings};

/// How many messages that are none, with nothing handed out in between, end what is resumed.
const UNREADABLE_IN_A_ROW: u32 = 5;

/// What has gone wrong since something was last handed out.
#[derive(Default)]
pub(crate) struct Resumption {
    pauses: Backoff,
    unreadable: u32,
}

impl Resumption {
    /// Something was handed out.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// How long to wait before it is asked for again, whatever the reason.
    pub fn pause(&mut self, settings: &Settings) -> Duration {
        self.pauses.pause(settings)
    }

    /// How long to wait before it is asked for again, or the failure where it must not be.
    pub fn pause_after(&mut self, failure: Error, settings: &Settings) -> Result<Duration> {
        let after = match (failure.code(), failure.retry_after()) {
            (Code::Unavailable, _) => Duration::ZERO,
            (Code::ResourceExhausted, Some(after)) => after,
            _ if is_unreadable(&failure) && self.unreadable + 1 < UNREADABLE_IN_A_ROW => {
                self.unreadable += 1;
                Duration::ZERO
            }
            _ => return Err(failure),
        };
        Ok(self.pauses.pause(settings).max(after))
    }
}

/// Whether a message could not be decoded: what it came over is taken for broken.
pub(crate) fn is_unreadable(failure: &Error) -> bool {
    failure.code() == Code::Internal && failure.reason().is_empty()
}

//! Keepalive: whether anything comes while calls are open.

use std::time::Instant;

use super::{Connection, State};
use crate::error::Error;
use crate::proto::gatehouse_rpc_v1::{FrameKind, Ping};

pub(super) struct Silence {
    received_at: Instant,
    /// When a ping was sent that nothing has come behind yet.
    pinged_at: Option<Instant>,
    /// Whether the connection's own thread looks after it; it does while calls are open.
    is_watched: bool,
}

impl Silence {
    pub fn new() -> Self {
        Self { received_at: Instant::now(), pinged_at: None, is_watched: false }
    }

    /// A call begins; returns whether somebody has to look from now on.
    pub fn begin(&mut self) -> bool {
        !std::mem::replace(&mut self.is_watched, true)
    }

    /// Something has come.
    pub fn end(&mut self) {
        self.received_at = Instant::now();
        self.pinged_at = None;
    }
}

impl Connection {
    /// Pings, or gives up, where it is time to. When to look again; none as long as nothing is waited for.
    pub(super) fn look_after_silence(&self, state: &mut State) -> Option<Instant> {
        if !state.silence.is_watched || state.calls.is_empty() || state.closes_at.is_some() {
            // A later call is not held to a ping that nobody waited for.
            state.silence.pinged_at = None;
            state.silence.is_watched = false;
            return None;
        }
        let now = Instant::now();
        if let Some(pinged_at) = state.silence.pinged_at {
            let end = pinged_at + self.settings.keepalive_timeout;
            if now >= end {
                self.finish(state, Error::lost(&self.address, "the server does not answer"));
            }
            return Some(end);
        }
        let due = state.silence.received_at + self.settings.keepalive_after;
        if now < due {
            return Some(due);
        }
        state.silence.pinged_at = Some(now);
        let nonce = state.last_stream.into();
        state.send(0, FrameKind::Ping(Ping { nonce }));
        Some(now + self.settings.keepalive_timeout)
    }
}

//! What has arrived of a stream and was not read yet: bounded by the credit that the server was granted.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};

use crate::cancellation::Wake;
use crate::error::Result;
use crate::waiting::{locked, wait, Limits};

/// The application's thread reads, the connection's thread brings.
pub(crate) struct Replies {
    credit: u32,
    state: Mutex<State>,
    condition: Condvar,
}

struct State {
    held: VecDeque<Vec<u8>>,
    /// How many messages the server may still send.
    granted: u32,
    /// How many were read since the server was last granted more.
    read: u32,
    end: Option<Result<()>>,
    is_awaited: bool,
}

/// What reading gives.
pub(crate) enum Next {
    /// A message, and how many more the server is to be granted now.
    Message(Vec<u8>, u32),
    End,
}

impl Replies {
    pub fn new(credit: u32) -> Self {
        let state = State { held: VecDeque::new(), granted: credit, read: 0, end: None, is_awaited: false };
        Self { credit, state: Mutex::new(state), condition: Condvar::new() }
    }

    /// Whether the server was granted so many.
    pub fn message(&self, payload: Vec<u8>) -> bool {
        let mut state = locked(&self.state);
        if state.granted == 0 {
            return false;
        }
        state.granted -= 1;
        state.held.push_back(payload);
        if state.is_awaited {
            self.condition.notify_all();
        }
        true
    }

    pub fn end(&self, outcome: Result<()>) {
        let mut state = locked(&self.state);
        state.end.get_or_insert(outcome);
        self.condition.notify_all();
    }

    /// Waits for the next message; what had arrived comes before the end.
    pub fn next(self: &Arc<Self>, limits: &Limits) -> Result<Next> {
        let _registration = limits.waking(self);
        let mut state = locked(&self.state);
        loop {
            limits.check(None)?;
            if let Some(payload) = state.held.pop_front() {
                return Ok(Next::Message(payload, self.granting(&mut state)));
            }
            if let Some(end) = &state.end {
                return end.clone().map(|()| Next::End);
            }
            state.is_awaited = true;
            state = wait(&self.condition, state, limits.deadline);
            state.is_awaited = false;
        }
    }

    /// More is granted when half of it was read, not for each.
    fn granting(&self, state: &mut State) -> u32 {
        state.read += 1;
        if u64::from(state.read) * 2 < u64::from(self.credit) || state.end.is_some() {
            return 0;
        }
        state.granted = state.granted.saturating_add(state.read);
        std::mem::take(&mut state.read)
    }
}

impl Wake for Replies {
    fn wake(&self) {
        let _state = locked(&self.state);
        self.condition.notify_all();
    }
}

//! Where the end of a unary call goes.

use std::sync::{Arc, Condvar, Mutex};

use crate::cancellation::Wake;
use crate::error::Result;
use crate::waiting::{locked, wait, Limits};

/// One thread waits for it, the connection's thread brings it.
#[derive(Default)]
pub(crate) struct Answer {
    state: Mutex<State>,
    condition: Condvar,
}

#[derive(Default)]
struct State {
    outcome: Option<Result<Vec<u8>>>,
    is_awaited: bool,
}

impl Answer {
    pub fn end(&self, outcome: Result<Vec<u8>>) {
        let mut state = locked(&self.state);
        state.outcome = Some(outcome);
        // To notify nobody is not free.
        if state.is_awaited {
            self.condition.notify_all();
        }
    }

    /// None when the limits came first.
    pub fn wait(self: &Arc<Self>, limits: &Limits) -> Option<Result<Vec<u8>>> {
        let _registration = limits.waking(self);
        let mut state = locked(&self.state);
        loop {
            if let Some(outcome) = state.outcome.take() {
                return Some(outcome);
            }
            if limits.check(None).is_err() {
                return None;
            }
            state.is_awaited = true;
            state = wait(&self.condition, state, limits.deadline);
        }
    }
}

impl Wake for Answer {
    fn wake(&self) {
        let _state = locked(&self.state);
        self.condition.notify_all();
    }
}

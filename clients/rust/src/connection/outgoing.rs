//! What is sent. A thread that calls sends by itself what has gathered, once and for a moment; where others have put more
//! there meanwhile, or the socket takes no more, the connection's own thread goes on.

use std::io::{ErrorKind, Write};
use std::net::Shutdown;
use std::sync::MutexGuard;
use std::time::Instant;

use super::{Connection, State};
use crate::error::Error;
use crate::proto::gatehouse_rpc_v1::Frame;
use crate::waiting::{locked, wait};
use crate::wire::{Message, Writer};

#[derive(Default)]
pub(super) struct Outgoing {
    pub unsent: Vec<u8>,
    /// What the last sending left, to be used again.
    spare: Vec<u8>,
    /// Whether some thread is at it.
    is_sending: bool,
    /// Whether the connection's own thread has to be woken.
    is_waiting: bool,
}

impl Outgoing {
    pub fn put(&mut self, frame: &Frame) {
        let start = self.unsent.len();
        self.unsent.extend_from_slice(&[0; 4]);
        let mut writer = Writer::behind(std::mem::take(&mut self.unsent));
        frame.write_to(&mut writer);
        self.unsent = writer.into_bytes();
        let length = (self.unsent.len() - start - 4) as u32;
        self.unsent[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }
}

impl Connection {
    /// Sends, from a thread that calls, what has gathered.
    pub(super) fn flush(&self, state: MutexGuard<'_, State>) {
        if !state.outgoing.is_sending && !state.outgoing.unsent.is_empty() {
            let state = self.send_once(state);
            self.hand_over(&state);
        }
    }

    /// Leaves what is unsent to the connection's own thread.
    pub(super) fn hand_over(&self, state: &State) {
        if state.outgoing.is_waiting && !state.outgoing.is_sending && !state.outgoing.unsent.is_empty() {
            self.work.notify_one();
        }
    }

    fn send_once<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let spare = std::mem::take(&mut state.outgoing.spare);
        let mut sending = std::mem::replace(&mut state.outgoing.unsent, spare);
        state.outgoing.is_sending = true;
        if state.waiting > 0 {
            self.changed.notify_all(); // There is room again.
        }
        drop(state);
        let result = (&self.socket).write(&sending);
        let mut state = locked(&self.state);
        state.outgoing.is_sending = false;
        if state.closes_at.is_some() {
            self.work.notify_one(); // The connection's own thread waits for what was on its way.
        }
        let sent = match result {
            Ok(sent) => sent,
            Err(error) if is_passing(error.kind()) => 0,
            Err(error) => {
                self.finish(&mut state, Error::lost(&self.address, error));
                state.outgoing.unsent.clear();
                return state;
            }
        };
        sending.drain(..sent);
        if sending.is_empty() {
            state.outgoing.spare = sending;
        } else {
            sending.append(&mut state.outgoing.unsent);
            state.outgoing.spare = std::mem::replace(&mut state.outgoing.unsent, sending);
        }
        state
    }

    /// The work of the connection's own thread: sends what others could not, and looks after silence, until the end.
    pub(super) fn transmit(&self) {
        let mut state = locked(&self.state);
        loop {
            let look = self.look_after_silence(&mut state);
            let outgoing = &state.outgoing;
            let has_nothing = outgoing.unsent.is_empty() && !outgoing.is_sending;
            if state.closes_at.map_or(false, |end| has_nothing || Instant::now() >= end) {
                break;
            }
            if !outgoing.unsent.is_empty() && !outgoing.is_sending {
                state = self.send_once(state);
            } else {
                state.outgoing.is_waiting = true;
                let until = state.closes_at.or(look);
                state = wait(&self.work, state, until);
                state.outgoing.is_waiting = false;
            }
        }
        drop(state);
        // It also ends the thread that reads. Where the peer was faster, there is nothing to end.
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

/// The socket takes nothing just now.
fn is_passing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

//! One connection: frames, calls, credit, pings, GoAway. It makes nothing again; `caller` does.
//!
//! Two threads belong to it, one that reads and one that writes what the calling threads could not, and that looks after
//! silence. Everything that they share is in `State`, behind one lock, which is never held while something may block.

mod incoming;
mod opening;
mod outgoing;
mod silence;

use std::collections::BTreeMap;
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use crate::answer::Answer;
use crate::cancellation::Wake;
use crate::error::{Error, Result};
use crate::proto::gatehouse_rpc_v1::{Call, Cancel, Credit, Frame, FrameKind};
use crate::replies::Replies;
use crate::settings::Settings;
use crate::waiting::{locked, wait, Limits};

/// How many bytes may wait to be sent before calls wait too.
const GREATEST_UNSENT: usize = 4 << 20;
/// How long a connection that has no calls any more tries to send its last words.
const FAREWELL: Duration = Duration::from_secs(1);

pub(crate) struct Connection {
    address: String,
    settings: Arc<Settings>,
    socket: TcpStream,
    /// Whether it takes no more calls.
    is_over: AtomicBool,
    state: Mutex<State>,
    /// The server's hello, room for calls, or the end.
    changed: Condvar,
    /// Something for the thread that writes.
    work: Condvar,
}

struct State {
    /// Why no more calls are taken.
    failure: Option<Error>,
    /// Until when what is unsent may still go out; set when the connection has ended.
    closes_at: Option<Instant>,
    is_greeted: bool,
    calls: BTreeMap<u32, Receiver>,
    last_stream: u32,
    greatest_streams: usize,
    /// How many threads wait for room.
    waiting: usize,
    outgoing: outgoing::Outgoing,
    silence: silence::Silence,
}

/// Where the answers to a call go.
#[derive(Clone)]
pub(crate) enum Receiver {
    Answer(Arc<Answer>),
    Replies(Arc<Replies>),
}

impl Receiver {
    fn end(&self, outcome: Result<Vec<u8>>) {
        match self {
            Self::Answer(answer) => answer.end(outcome),
            Self::Replies(replies) => replies.end(outcome.map(|_| ())),
        }
    }
}

impl Connection {
    pub fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    // Calls

    /// Makes a call, and gives the stream's number; waits while there is no room for one.
    pub fn begin(
        self: &Arc<Self>,
        mut call: Call,
        receiver: Receiver,
        limits: &Limits,
        last: Option<&Error>,
    ) -> Result<u32> {
        let _registration = limits.waking(self);
        let mut state = locked(&self.state);
        while state.is_full() && limits.check(None).is_ok() {
            state.waiting += 1;
            state = wait(&self.changed, state, limits.deadline);
            state.waiting -= 1;
        }
        if let Some(failure) = &state.failure {
            return Err(failure.unbegun());
        }
        limits.check(last)?;
        let stream = match state.last_stream.checked_add(1) {
            Some(stream) => stream,
            None => {
                let full = Error::lost(&self.address, "no call more fits into this connection");
                self.retire(&mut state, full.clone());
                return Err(full.unbegun());
            }
        };
        state.last_stream = stream;
        state.calls.insert(stream, receiver);
        call.timeout_us = limits.left().map_or(0, |left| u64::try_from(left.as_micros()).map_or(0, |left| left + 1));
        state.send(stream, FrameKind::Call(call));
        if state.silence.begin() {
            self.work.notify_one();
        }
        self.flush(state);
        Ok(stream)
    }

    /// Ends a call from this side; nothing happens when it has ended.
    pub fn cancel(&self, stream: u32) {
        let mut state = locked(&self.state);
        if state.calls.remove(&stream).is_some() {
            state.send(stream, FrameKind::Cancel(Cancel {}));
            self.settle(&mut state);
            self.flush(state);
        }
    }

    /// Allows so many messages more.
    pub fn grant(&self, stream: u32, messages: u32) {
        let mut state = locked(&self.state);
        if state.calls.contains_key(&stream) {
            state.send(stream, FrameKind::Credit(Credit { messages }));
            self.flush(state);
        }
    }

    // The end

    /// Fails every call, and every later one. The first reason counts.
    pub fn fail(&self, failure: Error) {
        self.finish(&mut locked(&self.state), failure);
    }

    /// For when the server, or what lies between, sends what cannot be.
    pub fn violated(&self, what: impl std::fmt::Display) {
        self.fail(Error::lost(&self.address, format_args!("{what}; the connection is given up")));
    }

    /// Takes no more calls; those that are open go on.
    fn retire(&self, state: &mut State, failure: Error) {
        state.failure.get_or_insert(failure);
        self.is_over.store(true, Ordering::Release);
        self.changed.notify_all();
    }

    /// Looks, after calls have ended, who waits for that.
    fn settle(&self, state: &mut State) {
        if state.waiting > 0 {
            self.changed.notify_all();
        }
        if let (Some(failure), true) = (&state.failure, state.calls.is_empty()) {
            let drained = failure.clone();
            self.finish(state, drained);
        }
    }

    fn finish(&self, state: &mut State, failure: Error) {
        if state.closes_at.is_some() {
            return;
        }
        let calls = std::mem::take(&mut state.calls);
        // What waits to be sent still goes out where nobody waits for the end.
        let patience = if calls.is_empty() { FAREWELL } else { Duration::ZERO };
        state.closes_at = Some(Instant::now() + patience);
        self.retire(state, failure.clone());
        for receiver in calls.values() {
            receiver.end(Err(failure.clone()));
        }
        self.work.notify_one();
    }
}

impl State {
    fn is_full(&self) -> bool {
        self.failure.is_none()
            && (self.calls.len() >= self.greatest_streams || self.outgoing.unsent.len() > GREATEST_UNSENT)
    }

    fn send(&mut self, stream: u32, kind: FrameKind) {
        self.outgoing.put(&Frame { stream, kind: Some(kind) });
    }
}

impl Wake for Connection {
    fn wake(&self) {
        let _state = locked(&self.state);
        self.changed.notify_all();
    }
}

//! Makes calls over one connection at a time: connects, connects again, and makes calls again where that is safe.

use std::sync::{Arc, Condvar, Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};

use crate::answer::Answer;
use crate::calls::Method;
use crate::cancellation::Wake;
use crate::connection::{Connection, Receiver};
use crate::error::{Code, Error, Result};
use crate::proto::gatehouse_rpc_v1::Call;
use crate::settings::{Backoff, Settings};
use crate::waiting::{locked, sleep, wait, Limits};

pub(crate) struct Caller {
    addresses: Vec<String>,
    pub settings: Arc<Settings>,
    state: Mutex<State>,
    /// A connection, the end of trying to get one, or the client's own end.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    is_closed: bool,
    /// Which address is next.
    next: usize,
    current: Option<Arc<Connection>>,
    /// All that may be open, those that only finish their calls among them.
    open: Vec<Weak<Connection>>,
    is_connecting: bool,
    /// Numbers the series of attempts to connect.
    series: u64,
    /// How many calls wait for the present one.
    waiting: usize,
    /// The series that a server has ended, and how.
    refusal: Option<(u64, Error)>,
    /// Why there is no connection.
    last: Option<Error>,
}

impl Caller {
    pub fn new(addresses: Vec<String>, settings: Settings) -> Self {
        Self { addresses, settings: Arc::new(settings), state: Mutex::default(), changed: Condvar::new() }
    }

    /// Makes a unary call, again where needed and safe, within its deadline.
    pub fn call(self: &Arc<Self>, method: Method, payload: &[u8], limits: &Limits) -> Result<Vec<u8>> {
        let mut retries = Backoff::default();
        let mut last = None;
        loop {
            let failure = match self.call_once(method, payload, limits, last.as_ref()) {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let pause = match self.pause(method, &failure, &mut retries) {
                Some(pause) if limits.left().map_or(true, |left| pause < left) => pause,
                _ => return Err(failure),
            };
            last = Some(failure);
            sleep(pause, limits);
        }
    }

    fn call_once(
        self: &Arc<Self>,
        method: Method,
        payload: &[u8],
        limits: &Limits,
        last: Option<&Error>,
    ) -> Result<Vec<u8>> {
        let connection = self.connected(limits, last)?;
        let answer = Arc::new(Answer::default());
        let call = Call { method: method.path.into(), payload: payload.into(), ..Default::default() };
        let stream = connection.begin(call, Receiver::Answer(answer.clone()), limits, last)?;
        answer.wait(limits).unwrap_or_else(|| {
            connection.cancel(stream);
            Err(limits.check(last).err().unwrap_or_else(|| Error::late(last)))
        })
    }

    /// How long to wait before a call is made again; none where it may not be.
    fn pause(&self, method: Method, failure: &Error, retries: &mut Backoff) -> Option<Duration> {
        match (failure.code(), failure.retry_after()) {
            (Code::ResourceExhausted, Some(after)) => Some(retries.pause(&self.settings).max(after)),
            (Code::Unavailable, _) if failure.is_unbegun() || method.is_repeatable => {
                Some(retries.pause(&self.settings))
            }
            _ => None,
        }
    }

    // Connecting

    /// The connection that takes calls, once there is one; `last` is why there was none before.
    pub fn connected(self: &Arc<Self>, limits: &Limits, last: Option<&Error>) -> Result<Arc<Connection>> {
        let _registration = limits.waking(self);
        let mut state = locked(&self.state);
        loop {
            if state.is_closed {
                return Err(closed());
            }
            state.let_go_of_what_is_over();
            let why = state.last.as_ref().or(last);
            limits.check(why)?;
            if let Some(current) = &state.current {
                return Ok(current.clone());
            }
            if !state.is_connecting {
                self.begin_connecting(&mut state)?;
            }
            let series = state.series;
            state.waiting += 1;
            state = wait(&self.changed, state, limits.deadline);
            state.waiting -= 1;
            match &state.refusal {
                Some((refused, failure)) if *refused == series => return Err(failure.clone()),
                _ => {}
            }
        }
    }

    fn begin_connecting(self: &Arc<Self>, state: &mut State) -> Result<()> {
        if self.addresses.is_empty() {
            return Err(Error::new(Code::InvalidArgument, "the client was given no address"));
        }
        let caller = self.clone();
        let begun = thread::Builder::new().name("gatehouse-connect".into()).spawn(move || caller.connect());
        begun.map_err(|error| Error::new(Code::ResourceExhausted, format!("no thread to connect with: {error}")))?;
        state.is_connecting = true;
        state.series += 1;
        Ok(())
    }

    /// Tries the addresses in turn until one takes the connection, or nobody waits any longer.
    fn connect(&self) {
        let mut pauses = Backoff::after_a_failure();
        loop {
            for _ in 0..self.addresses.len() {
                let next = locked(&self.state).next;
                let address = &self.addresses[next % self.addresses.len()];
                if self.settle(Connection::open(address, &self.settings)) {
                    return;
                }
            }
            let end = Instant::now() + pauses.pause(&self.settings);
            let mut state = locked(&self.state);
            while !state.is_closed && Instant::now() < end {
                state = wait(&self.changed, state, Some(end));
            }
            if state.is_closed || state.waiting == 0 {
                state.is_connecting = false;
                return self.changed.notify_all();
            }
        }
    }

    /// Returns whether the series of attempts is over.
    fn settle(&self, attempt: Result<Arc<Connection>>) -> bool {
        let mut state = locked(&self.state);
        match attempt {
            Ok(connection) if state.is_closed => connection.fail(closed()),
            Ok(connection) => {
                state.last = None;
                state.open.retain(|open| open.strong_count() > 0);
                state.open.push(Arc::downgrade(&connection));
                state.current = Some(connection);
            }
            Err(failure) => {
                state.next = state.next.wrapping_add(1);
                state.last = Some(failure.clone());
                if failure.code() != Code::Unauthenticated {
                    return false;
                }
                state.refusal = Some((state.series, failure));
            }
        }
        state.is_connecting = false;
        self.changed.notify_all();
        true
    }

    pub fn close(&self) {
        let mut state = locked(&self.state);
        state.is_closed = true;
        state.current = None;
        let open = std::mem::take(&mut state.open);
        drop(state);
        self.changed.notify_all();
        for connection in open.iter().filter_map(Weak::upgrade) {
            connection.fail(closed());
        }
    }
}

impl State {
    /// The next connection goes to the next address.
    fn let_go_of_what_is_over(&mut self) {
        if self.current.as_ref().map_or(false, |current| current.is_over()) {
            self.current = None;
            self.next = self.next.wrapping_add(1);
        }
    }
}

impl Wake for Caller {
    fn wake(&self) {
        let _state = locked(&self.state);
        self.changed.notify_all();
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.close();
    }
}

fn closed() -> Error {
    Error::new(Code::Cancelled, "the client was closed")
}

//! How a connection comes about.

use std::collections::BTreeMap;
use std::io;
use std::net::{Shutdown, TcpStream, ToSocketAddrs};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use super::outgoing::Outgoing;
use super::silence::Silence;
use super::{Connection, State};
use crate::error::{Error, Result};
use crate::proto::gatehouse_rpc_v1::{FrameKind, Hello};
use crate::settings::Settings;
use crate::waiting::{locked, wait};

const AGENT: &str = "gatehouse-rust/1";
/// How long a thread that calls may be held up by the socket; the connection's own thread goes on for it.
const SEND_PATIENCE: Duration = Duration::from_millis(10);

impl Connection {
    /// Connects, and waits for the server's hello.
    pub fn open(address: &str, settings: &Arc<Settings>) -> Result<Arc<Self>> {
        let until = Instant::now() + settings.connect_timeout;
        let lost = |error| Error::lost(address, format_args!("cannot connect: {error}"));
        let socket = connect(address, until).map_err(lost)?;
        socket.set_nodelay(true).map_err(lost)?;
        socket.set_write_timeout(Some(SEND_PATIENCE)).map_err(lost)?;
        let connection = Arc::new(Self {
            address: address.into(),
            settings: settings.clone(),
            socket,
            is_over: AtomicBool::new(false),
            state: Mutex::new(State {
                failure: None,
                closes_at: None,
                is_greeted: false,
                calls: BTreeMap::new(),
                last_stream: 0,
                greatest_streams: usize::MAX,
                waiting: 0,
                outgoing: Outgoing::default(),
                silence: Silence::new(),
            }),
            changed: Condvar::new(),
            work: Condvar::new(),
        });
        let authorization =
            if settings.token.is_empty() { String::new() } else { format!("Bearer {}", settings.token) };
        let hello = Hello { version: 1, agent: AGENT.into(), authorization, ..Default::default() };
        locked(&connection.state).send(0, FrameKind::Hello(hello));
        let (reading, writing) = (connection.clone(), connection.clone());
        let begun = thread::Builder::new()
            .name("gatehouse-read".into())
            .spawn(move || reading.receive())
            .and_then(|_| thread::Builder::new().name("gatehouse-write".into()).spawn(move || writing.transmit()));
        if let Err(error) = begun {
            connection.fail(lost(error));
            let _ = connection.socket.shutdown(Shutdown::Both);
        }
        connection.await_hello(until)
    }

    fn await_hello(self: Arc<Self>, until: Instant) -> Result<Arc<Self>> {
        let mut state = locked(&self.state);
        while !state.is_greeted && state.failure.is_none() {
            if Instant::now() >= until {
                self.finish(&mut state, Error::lost(&self.address, "no hello came in time"));
            } else {
                state = wait(&self.changed, state, Some(until));
            }
        }
        match &state.failure {
            Some(failure) => Err(failure.clone()),
            None => {
                drop(state);
                Ok(self)
            }
        }
    }
}

fn connect(address: &str, until: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for resolved in address.to_socket_addrs()? {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match TcpStream::connect_timeout(&resolved, left) {
            Ok(socket) => return Ok(socket),
            Err(error) => last = error,
        }
    }
    Err(last)
}

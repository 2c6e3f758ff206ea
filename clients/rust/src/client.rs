//! The client and its settings.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::caller::Caller;
use crate::calls::Calls;
use crate::settings::Settings;
use crate::watch::{Watch, WatchOptions};

/// A client of a Gatehouse server, for any number of threads. It connects with the first call, and one connection carries
/// all calls. A clone is the same client; with the last one, and the last stream and Watch, the connection ends.
///
/// The services are its methods: `client.customer().get_customer(request)`.
#[derive(Clone)]
pub struct Client {
    caller: Arc<Caller>,
}

impl Client {
    /// One with the settings that hold where nothing is said. The addresses are "host:port", tried in turn; without one
    /// every call fails.
    pub fn new<A: Into<String>>(addresses: impl IntoIterator<Item = A>) -> Self {
        Self::builder().addresses(addresses).build()
    }

    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A Watch that goes on by itself; it begins with the first change that is asked for. Takes a `WatchRequest`, or
    /// [`WatchOptions`] where more is to be said.
    pub fn watch(&self, options: impl Into<WatchOptions>) -> Watch {
        Watch::new(self.caller.clone(), options.into())
    }

    /// Ends the connection. Calls that are open, and later ones, end with `Cancelled`, for all clones.
    pub fn close(&self) {
        self.caller.close();
    }

    pub(crate) fn calls(&self) -> Calls<'_> {
        Calls::new(&self.caller)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").finish_non_exhaustive()
    }
}

/// The longest that any setting can be: some clocks cannot tell much more.
const GREATEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How a client is to behave; `clients/README.md` says what each is about. Durations beyond a year are taken for one.
///
/// ```
/// use std::time::Duration;
///
/// let client = gatehouse::Client::builder()
///     .addresses(["10.0.0.1:7420", "10.0.0.2:7420"])
///     .token("…")
///     .timeout(Duration::from_secs(2))
///     .build();
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct ClientBuilder {
    addresses: Vec<String>,
    settings: Settings,
}

impl ClientBuilder {
    /// One address more, "host:port".
    pub fn address(mut self, address: impl Into<String>) -> Self {
        self.addresses.push(address.into());
        self
    }

    /// More addresses, to be tried in turn.
    pub fn addresses<A: Into<String>>(mut self, addresses: impl IntoIterator<Item = A>) -> Self {
        self.addresses.extend(addresses.into_iter().map(Into::into));
        self
    }

    /// As `gatehouse token new` printed it; empty, or never set, where the server asks for none.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.settings.token = token.into();
        self
    }

    /// The deadline of a unary call that names none: 10 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout.min(GREATEST);
        self
    }

    /// For one address to take the connection and say hello: 5 s. The look-up of a name is not bounded.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout.min(GREATEST);
        self
    }

    /// How long a silence with calls open lasts before a ping is sent: 4 s.
    pub fn keepalive_after(mut self, silence: Duration) -> Self {
        self.settings.keepalive_after = silence.min(GREATEST);
        self
    }

    /// How long nothing may come behind the ping before the connection is lost: 4 s.
    pub fn keepalive_timeout(mut self, timeout: Duration) -> Self {
        self.settings.keepalive_timeout = timeout.min(GREATEST);
        self
    }

    /// Between two rounds of attempts: 50 ms at first, doubled each time up to 2 s.
    pub fn pauses(mut self, least: Duration, greatest: Duration) -> Self {
        self.settings.least_pause = least.min(GREATEST);
        self.settings.greatest_pause = greatest.min(GREATEST);
        self
    }

    /// How many messages of a stream may lie here unread: 64. None is taken for one.
    pub fn credit(mut self, messages: u32) -> Self {
        self.settings.credit = messages.max(1);
        self
    }

    pub fn build(self) -> Client {
        Client { caller: Arc::new(Caller::new(self.addresses, self.settings)) }
    }
}

impl fmt::Debug for ClientBuilder {
    /// Without the token, which is a secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ClientBuilder").field("addresses", &self.addresses).finish_non_exhaustive()
    }
}

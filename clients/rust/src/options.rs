//! What can be said of one call.

use std::time::{Duration, Instant};

use crate::cancellation::Cancellation;
use crate::waiting::Limits;

/// How a call, or the calls of a service, differ from what the client's settings say.
///
/// ```no_run
/// # use gatehouse::{v1::*, CallOptions, Client};
/// # use std::time::Duration;
/// # fn call(client: &Client, request: GetCustomerRequest) -> gatehouse::Result<()> {
/// client.customer().with(CallOptions::new().timeout(Duration::from_secs(1))).get_customer(request)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    timeout: Option<Duration>,
    cancellation: Option<Cancellation>,
}

impl CallOptions {
    pub fn new() -> Self {
        Self::default()
    }

    /// The call's deadline, from its beginning on: with waiting for a connection and all retries. That of a stream is
    /// for all of it.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// What can end the call before.
    #[must_use]
    pub fn cancellation(mut self, cancellation: &Cancellation) -> Self {
        self.cancellation = Some(cancellation.clone());
        self
    }

    /// The limits of a call that begins now. A timeout beyond what the clock can tell is none.
    pub(crate) fn limits(&self, otherwise: Option<Duration>) -> Limits {
        let timeout = self.timeout.or(otherwise);
        Limits {
            deadline: timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
            cancellation: self.cancellation.clone(),
        }
    }
}

//! What the generated services make their calls with.

use std::sync::Arc;

use crate::caller::Caller;
use crate::error::{Error, Result};
use crate::options::CallOptions;
use crate::random;
use crate::stream::Stream;
use crate::wire::Message;

/// What the generated code says of a method.
#[derive(Clone, Copy)]
pub(crate) struct Method {
    pub path: &'static str,
    /// A second call does nothing more, so one whose answer was lost is made again.
    pub is_repeatable: bool,
}

impl Method {
    /// One that the proto files say it of, or whose requests have an idempotency key.
    pub const fn repeatable(path: &'static str) -> Self {
        Self { path, is_repeatable: true }
    }

    /// One that may do something more a second time.
    pub const fn single(path: &'static str) -> Self {
        Self { path, is_repeatable: false }
    }
}

/// What a service makes its calls with.
#[derive(Clone)]
pub(crate) struct Calls<'a> {
    caller: &'a Arc<Caller>,
    options: CallOptions,
}

impl<'a> Calls<'a> {
    pub fn new(caller: &'a Arc<Caller>) -> Self {
        Self { caller, options: CallOptions::default() }
    }

    pub fn with(self, options: CallOptions) -> Self {
        Self { options, ..self }
    }

    /// Gives a logical call that has no key one, which it keeps over its retries.
    pub fn set_key(key: &mut String) {
        if key.is_empty() {
            *key = random::key();
        }
    }

    pub fn call<A: Message>(&self, method: Method, request: &impl Message) -> Result<A> {
        let limits = self.options.limits(Some(self.caller.settings.timeout));
        let payload = self.caller.call(method, &request.encode(), &limits)?;
        A::decode(&payload).map_err(|error| Error::unreadable(A::FULL_NAME, error))
    }

    pub fn stream<A: Message>(&self, method: Method, request: &impl Message) -> Stream<A> {
        let limits = self.options.limits(None);
        Stream::new(self.caller.clone(), method, request.encode(), limits, self.caller.settings.credit)
    }
}

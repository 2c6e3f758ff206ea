//! The messages of a streaming call.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::caller::Caller;
use crate::calls::Method;
use crate::connection::{Connection, Receiver};
use crate::error::{Error, Result};
use crate::proto::gatehouse_rpc_v1::Call;
use crate::replies::{Next, Replies};
use crate::resumption::{is_unreadable, Resumption};
use crate::waiting::{sleep, Limits};
use crate::wire::Message;

/// The messages of a streaming call, as they come. It begins with the first one asked for; dropping it ends the call. With
/// its connection it ends with an error, behind which there is nothing more, unless it is [resuming](Stream::resuming).
#[must_use = "a stream does nothing until it is read"]
pub struct Stream<M> {
    caller: Arc<Caller>,
    method: Method,
    payload: Vec<u8>,
    limits: Limits,
    credit: u32,
    begun: Option<Begun>,
    resumption: Option<Resumption>,
    is_over: bool,
    messages: PhantomData<fn() -> M>,
}

struct Begun {
    connection: Arc<Connection>,
    number: u32,
    replies: Arc<Replies>,
}

impl<M: Message> Stream<M> {
    pub(crate) fn new(caller: Arc<Caller>, method: Method, payload: Vec<u8>, limits: Limits, credit: u32) -> Self {
        let (begun, resumption) = (None, None);
        Self { caller, method, payload, limits, credit, begun, resumption, is_over: false, messages: PhantomData }
    }

    /// One that is called again, with the same request, when its connection is lost or its server stops. For methods whose
    /// messages say each what is so now, like those of the customers' statistics and of health; for customers and their
    /// events there is [`Client::watch`](crate::Client::watch).
    pub fn resuming(mut self) -> Self {
        self.resumption = Some(Resumption::default());
        self
    }

    fn begin(&mut self) -> Result<Begun> {
        let connection = self.caller.connected(&self.limits, None)?;
        let replies = Arc::new(Replies::new(self.credit));
        let (method, payload) = (self.method.path.into(), self.payload.clone());
        let call = Call { method, payload, credit: self.credit, ..Default::default() };
        let number = connection.begin(call, Receiver::Replies(replies.clone()), &self.limits, None)?;
        Ok(Begun { connection, number, replies })
    }

    fn read(&mut self) -> Result<Option<M>> {
        let begun = match self.begun.take() {
            Some(begun) => begun,
            None => self.begin()?,
        };
        let begun = self.begun.insert(begun);
        match begun.replies.next(&self.limits)? {
            Next::End => Ok(None),
            Next::Message(payload, granted) => {
                if granted > 0 {
                    begun.connection.grant(begun.number, granted);
                }
                M::decode(&payload).map(Some).map_err(|error| Error::unreadable(M::FULL_NAME, error))
            }
        }
    }

    /// Reads, from another stream where the one before was interrupted and may be asked for again.
    fn read_on(&mut self) -> Result<Option<M>> {
        let mut resumption = match self.resumption.take() {
            Some(resumption) => resumption,
            None => return self.read(),
        };
        loop {
            match self.read() {
                Ok(message) => {
                    resumption.reset();
                    self.resumption = Some(resumption);
                    return Ok(message);
                }
                Err(failure) => {
                    self.let_go(&failure);
                    sleep(resumption.pause_after(failure, &self.caller.settings)?, &self.limits);
                }
            }
        }
    }
}

impl<M> Stream<M> {
    /// Ends the call, and the connection where what came over it cannot be.
    pub(crate) fn let_go(&mut self, failure: &Error) {
        if let Some(begun) = self.begun.take() {
            if is_unreadable(failure) {
                begun.connection.violated("a message of a stream is none");
            }
            begun.connection.cancel(begun.number);
        }
    }
}

impl<M: Message> Iterator for Stream<M> {
    type Item = Result<M>;

    /// Waits for the next message.
    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let read = self.read_on().transpose();
        if !matches!(read, Some(Ok(_))) {
            self.is_over = true;
        }
        read
    }
}

impl<M: Message> std::iter::FusedIterator for Stream<M> {}

impl<M> Drop for Stream<M> {
    fn drop(&mut self) {
        if let Some(begun) = &self.begun {
            begun.connection.cancel(begun.number);
        }
    }
}

impl<M> fmt::Debug for Stream<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Stream").field("method", &self.method.path).finish_non_exhaustive()
    }
}

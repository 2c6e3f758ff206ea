//! The messages of a streaming call.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::caller::{Caller, Method};
use crate::connection::{Connection, Receiver};
use crate::error::{Error, Result};
use crate::proto::gatehouse_rpc_v1::Call;
use crate::replies::{Next, Replies};
use crate::waiting::Limits;
use crate::wire::Message;

/// The messages of a streaming call, as they come. It begins with the first one asked for; dropping it ends the call. With
/// its connection it ends with an error, behind which there is nothing more.
#[must_use = "a stream does nothing until it is read"]
pub struct Stream<M> {
    caller: Arc<Caller>,
    method: Method,
    payload: Vec<u8>,
    limits: Limits,
    credit: u32,
    begun: Option<Begun>,
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
        Self { caller, method, payload, limits, credit, begun: None, is_over: false, messages: PhantomData }
    }

    /// Ends the connection that the stream is on: what came over it cannot be.
    pub(crate) fn condemn(&self) {
        if let Some(begun) = &self.begun {
            begun.connection.violated("a message of a stream is none");
        }
    }

    fn begin(&mut self) -> Result<Begun> {
        let connection = self.caller.connected(&self.limits, None)?;
        let replies = Arc::new(Replies::new(self.credit));
        let payload = std::mem::take(&mut self.payload);
        let call = Call { method: self.method.path.into(), payload, credit: self.credit, ..Default::default() };
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
}

impl<M: Message> Iterator for Stream<M> {
    type Item = Result<M>;

    /// Waits for the next message.
    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let read = self.read().transpose();
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

//! What comes.

use std::io::{ErrorKind, Read};

use super::{Connection, Receiver, State};
use crate::error::{Code, Error};
use crate::proto::gatehouse_rpc_v1::{Frame, FrameKind, GoAway, Pong, Reply};
use crate::settings::GREATEST_FRAME;
use crate::waiting::locked;
use crate::wire::Message;

/// How much is read at once, in bytes.
const CHUNK: usize = 64 << 10;

/// Why the connection is given up.
type Violation = String;

/// An answer on its way to where it goes.
struct Delivery {
    receiver: Receiver,
    reply: Reply,
}

impl Connection {
    /// The work of the thread that reads, until the end.
    pub(super) fn receive(&self) {
        let mut buffer = Buffer::default();
        let mut frames = Vec::new();
        loop {
            match (&self.socket).read(buffer.space()) {
                Ok(0) => return self.fail(Error::lost(&self.address, "the connection ended before the answer came")),
                Ok(count) => buffer.end += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return self.fail(Error::lost(&self.address, error)),
            }
            // What came before a violation counts.
            let read = buffer.take_frames(&mut frames);
            if let Err(violation) = self.take(&mut frames).and(read) {
                return self.violated(violation);
            }
            if locked(&self.state).closes_at.is_some() {
                return;
            }
        }
    }

    /// All frames that came together are looked at within one lock, and delivered behind it.
    fn take(&self, frames: &mut Vec<Frame>) -> std::result::Result<(), Violation> {
        let mut deliveries = Vec::with_capacity(frames.len());
        let mut state = locked(&self.state);
        state.silence.end();
        let taken = frames.drain(..).try_for_each(|frame| self.take_one(&mut state, frame, &mut deliveries));
        drop(state);
        let overdrawn = deliveries.into_iter().map(Delivery::deliver).filter(|was_granted| !was_granted).count();
        let mut state = locked(&self.state);
        self.settle(&mut state);
        self.hand_over(&state);
        drop(state);
        taken?;
        if overdrawn > 0 {
            return Err("a stream has more messages than were granted".into());
        }
        Ok(())
    }

    fn take_one(
        &self,
        state: &mut State,
        frame: Frame,
        deliveries: &mut Vec<Delivery>,
    ) -> std::result::Result<(), Violation> {
        match frame.kind {
            Some(FrameKind::GoAway(notice)) => self.go_away(state, notice),
            Some(FrameKind::Hello(hello)) if !state.is_greeted && hello.version == 1 => {
                let greatest = hello.limits.map_or(0, |limits| limits.max_streams);
                if greatest > 0 {
                    state.greatest_streams = usize::try_from(greatest).unwrap_or(usize::MAX);
                }
                state.is_greeted = true;
                self.changed.notify_all();
            }
            _ if !state.is_greeted => return Err("the server's first frame is no hello".into()),
            Some(FrameKind::Reply(reply)) => {
                let receiver = match reply.status {
                    Some(_) => state.calls.remove(&frame.stream),
                    None => state.calls.get(&frame.stream).cloned(),
                };
                match receiver {
                    Some(receiver) => deliveries.push(Delivery { receiver, reply }),
                    None if frame.stream == 0 || frame.stream > state.last_stream => {
                        return Err("a reply is to a call that was not made".into());
                    }
                    None => {} // To one that was cancelled.
                }
            }
            Some(FrameKind::Ping(ping)) => state.send(0, FrameKind::Pong(Pong { nonce: ping.nonce })),
            Some(FrameKind::Pong(_)) => {}
            _ => return Err("a frame is out of order".into()),
        }
        Ok(())
    }

    /// No more calls are taken. Those that the server has not begun are made again elsewhere.
    fn go_away(&self, state: &mut State, notice: GoAway) {
        let failure = match notice.status {
            Some(status) => Error::of(status),
            None => Error::lost(&self.address, "the server takes no more calls"),
        };
        let unbegun = match notice.last_stream.checked_add(1) {
            Some(first) => state.calls.split_off(&first),
            None => Default::default(),
        };
        for receiver in unbegun.values() {
            receiver.end(Err(failure.unbegun()));
        }
        self.retire(state, failure);
    }
}

impl Delivery {
    /// Whether the server may have sent it.
    fn deliver(self) -> bool {
        match (self.receiver, self.reply.status) {
            (Receiver::Replies(replies), None) => return replies.message(self.reply.payload),
            (Receiver::Answer(_), None) => return false,
            (receiver, Some(status)) if status.code == Code::Ok as i32 => receiver.end(Ok(self.reply.payload)),
            (receiver, Some(status)) => receiver.end(Err(Error::of(status))),
        }
        true
    }
}

/// Bytes that were read and are no whole frame yet.
#[derive(Default)]
struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    /// Where the next bytes go: room for the whole frame that has begun.
    fn space(&mut self) -> &mut [u8] {
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let wanted = self.length().unwrap_or(0).saturating_add(4).max(CHUNK);
        if self.bytes.len() < wanted {
            self.bytes.resize(wanted, 0);
        }
        &mut self.bytes[self.end..]
    }

    /// That of the frame that has begun, where it is known.
    fn length(&self) -> Option<usize> {
        let head = self.bytes.get(self.start..self.end)?.get(..4)?.try_into().ok()?;
        usize::try_from(u32::from_be_bytes(head)).ok()
    }

    fn take_frames(&mut self, frames: &mut Vec<Frame>) -> std::result::Result<(), Violation> {
        while let Some(length) = self.length() {
            if length > GREATEST_FRAME {
                return Err("a frame is too long".into());
            }
            let body = self.start + 4;
            if self.end - body < length {
                break;
            }
            let frame = Frame::decode(&self.bytes[body..body + length]);
            frames.push(frame.map_err(|error| format!("a frame is none: {error}"))?);
            self.start = body + length;
        }
        Ok(())
    }
}

//! The encoding of messages: proto3, with what protobuf's reference parser takes and refuses. Unknown fields are skipped
//! and not kept.

mod reader;
mod writer;

use std::fmt;

pub use reader::Reader;
pub use writer::Writer;

/// What the generated types are.
pub trait Message: Clone + Default + Send + Sync + 'static {
    /// The name with its package.
    const FULL_NAME: &'static str;

    /// Reads fields up to the reader's end. The message has some of them when it fails.
    fn merge_from(&mut self, reader: &mut Reader<'_>) -> Result<(), WireError>;

    /// Writes the fields that are not at their defaults.
    fn write_to(&self, writer: &mut Writer);

    /// The message's bytes: the same for equal messages.
    fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        self.write_to(&mut writer);
        writer.into_bytes()
    }

    /// The message that bytes are.
    fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let mut message = Self::default();
        message.merge_from(&mut Reader::new(bytes))?;
        Ok(message)
    }
}

impl<M: Message> Message for Box<M> {
    const FULL_NAME: &'static str = M::FULL_NAME;

    fn merge_from(&mut self, reader: &mut Reader<'_>) -> Result<(), WireError> {
        self.as_mut().merge_from(reader)
    }

    fn write_to(&self, writer: &mut Writer) {
        self.as_ref().write_to(writer);
    }
}

/// Why bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WireError {
    Truncated,
    VarintTooLong,
    InvalidTag,
    InvalidWireType,
    LengthTooGreat,
    NestingTooDeep,
    UnmatchedGroup,
    InvalidUtf8,
}

impl fmt::Display for WireError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Truncated => "truncated",
            Self::VarintTooLong => "varint too long",
            Self::InvalidTag => "invalid tag",
            Self::InvalidWireType => "invalid wire type",
            Self::LengthTooGreat => "length too great",
            Self::NestingTooDeep => "nesting too deep",
            Self::UnmatchedGroup => "unmatched group",
            Self::InvalidUtf8 => "invalid UTF-8",
        })
    }
}

impl std::error::Error for WireError {}

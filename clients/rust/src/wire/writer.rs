//! Values to bytes.

use super::Message;

/// Bytes in the making.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// One that writes behind what is there.
    pub fn behind(bytes: Vec<u8>) -> Self {
        Self { bytes }
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn varint(&mut self, mut value: u64) {
        while value > 0x7f {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// Writes the number of a field with its wire type.
    pub fn tag(&mut self, tag: u32) {
        self.varint(tag.into());
    }

    /// Writes a length and what `body` writes.
    pub fn delimited(&mut self, body: impl FnOnce(&mut Self)) {
        // Most lengths are one byte; for a longer one what was written moves.
        let start = self.bytes.len();
        self.bytes.push(0);
        body(self);
        let length = self.bytes.len() - start - 1;
        if length <= 0x7f {
            self.bytes[start] = length as u8;
            return;
        }
        let mut head = Self::default();
        head.varint(length as u64);
        self.bytes.splice(start..=start, head.bytes);
    }

    /// Writes a message with its length.
    pub fn message<M: Message>(&mut self, message: &M) {
        self.delimited(|writer| message.write_to(writer));
    }

    pub fn int32(&mut self, value: i32) {
        self.int64(value.into());
    }

    pub fn int64(&mut self, value: i64) {
        self.varint(value as u64);
    }

    pub fn uint32(&mut self, value: u32) {
        self.varint(value.into());
    }

    pub fn uint64(&mut self, value: u64) {
        self.varint(value);
    }

    pub fn sint32(&mut self, value: i32) {
        self.uint32(((value << 1) ^ (value >> 31)) as u32);
    }

    pub fn sint64(&mut self, value: i64) {
        self.varint(((value << 1) ^ (value >> 63)) as u64);
    }

    pub fn fixed32(&mut self, value: u32) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub fn fixed64(&mut self, value: u64) {
        self.bytes.extend_from_slice(&value.to_le_bytes());
    }

    pub fn sfixed32(&mut self, value: i32) {
        self.fixed32(value as u32);
    }

    pub fn sfixed64(&mut self, value: i64) {
        self.fixed64(value as u64);
    }

    pub fn float(&mut self, value: f32) {
        self.fixed32(value.to_bits());
    }

    pub fn double(&mut self, value: f64) {
        self.fixed64(value.to_bits());
    }

    pub fn bool(&mut self, value: bool) {
        self.bytes.push(value.into());
    }

    /// Writes the number of an enum's value.
    pub fn enumeration(&mut self, value: impl Into<i32>) {
        self.int32(value.into());
    }

    pub fn string(&mut self, value: &str) {
        self.bytes(value.as_bytes());
    }

    pub fn bytes(&mut self, value: &[u8]) {
        self.varint(value.len() as u64);
        self.bytes.extend_from_slice(value);
    }
}

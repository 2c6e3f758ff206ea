//! Bytes to values. What comes is a stranger's: every length is checked, nothing is allocated for what is not there.

use std::collections::BTreeMap;

use super::{Message, WireError};

/// How many levels of messages and groups may lie within each other.
const GREATEST_DEPTH: u32 = 100;
/// That of anything that has a length, in bytes.
const GREATEST_LENGTH: u64 = i32::MAX as u64;

/// Reads values up to the end of the innermost message.
#[derive(Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
    depth: u32,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, depth: GREATEST_DEPTH }
    }

    /// A varint of so many bytes at most; bits beyond 64 are dropped.
    fn varint(&mut self, limit: u32) -> Result<u64, WireError> {
        let mut value = 0;
        for index in 0..limit {
            let (byte, rest) = self.rest.split_first().ok_or(WireError::Truncated)?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << (7 * index);
            if *byte < 0x80 {
                return Ok(value);
            }
        }
        Err(WireError::VarintTooLong)
    }

    /// The number of the next field with its wire type; none at the end.
    pub fn tag(&mut self) -> Result<Option<u32>, WireError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        u32::try_from(self.varint(5)?).map(Some).map_err(|_| WireError::InvalidTag)
    }

    /// The next bytes; they are the source's own.
    fn take(&mut self, count: usize) -> Result<&'a [u8], WireError> {
        if count > self.rest.len() {
            return Err(WireError::Truncated);
        }
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        self.take(N)?.try_into().map_err(|_| WireError::Truncated)
    }

    /// What has a length before it.
    fn delimited(&mut self) -> Result<&'a [u8], WireError> {
        let length = self.varint(5)?;
        if length > GREATEST_LENGTH {
            return Err(WireError::LengthTooGreat);
        }
        self.take(usize::try_from(length).map_err(|_| WireError::LengthTooGreat)?)
    }

    /// A reader of what has a length before it, one level down.
    fn within(&mut self) -> Result<Reader<'a>, WireError> {
        let rest = self.delimited()?;
        let depth = self.depth.checked_sub(1).ok_or(WireError::NestingTooDeep)?;
        Ok(Reader { rest, depth })
    }

    /// Merges the next value into a message.
    pub fn message<M: Message>(&mut self, message: &mut M) -> Result<(), WireError> {
        message.merge_from(&mut self.within()?)
    }

    /// Merges the next value into a message that may not be there yet.
    pub fn optional<M: Message>(&mut self, message: &mut Option<M>) -> Result<(), WireError> {
        self.message(message.get_or_insert_with(M::default))
    }

    /// Puts the next value behind others.
    pub fn push<M: Message>(&mut self, messages: &mut Vec<M>) -> Result<(), WireError> {
        let mut message = M::default();
        self.message(&mut message)?;
        messages.push(message);
        Ok(())
    }

    /// Puts the values that lie packed behind others.
    pub fn packed<T>(
        &mut self,
        values: &mut Vec<T>,
        read: fn(&mut Reader<'a>) -> Result<T, WireError>,
    ) -> Result<(), WireError> {
        let mut packed = Reader { rest: self.delimited()?, depth: self.depth };
        while !packed.rest.is_empty() {
            values.push(read(&mut packed)?);
        }
        Ok(())
    }

    /// Reads an entry of a map.
    pub fn entry<K: Default + Ord, V: Default>(
        &mut self,
        map: &mut BTreeMap<K, V>,
        key_tag: u32,
        key: fn(&mut Reader<'a>) -> Result<K, WireError>,
        value_tag: u32,
        value: fn(&mut Reader<'a>) -> Result<V, WireError>,
    ) -> Result<(), WireError> {
        self.entry_with(map, key_tag, key, value_tag, |reader, held| {
            *held = value(reader)?;
            Ok(())
        })
    }

    /// Reads an entry of a map with messages.
    pub fn message_entry<K: Default + Ord, M: Message>(
        &mut self,
        map: &mut BTreeMap<K, M>,
        key_tag: u32,
        key: fn(&mut Reader<'a>) -> Result<K, WireError>,
        value_tag: u32,
    ) -> Result<(), WireError> {
        self.entry_with(map, key_tag, key, value_tag, |reader, held| reader.message(held))
    }

    fn entry_with<K: Default + Ord, V: Default>(
        &mut self,
        map: &mut BTreeMap<K, V>,
        key_tag: u32,
        read_key: fn(&mut Reader<'a>) -> Result<K, WireError>,
        value_tag: u32,
        read_value: impl Fn(&mut Reader<'a>, &mut V) -> Result<(), WireError>,
    ) -> Result<(), WireError> {
        let mut entry = self.within()?;
        let (mut key, mut value) = (K::default(), V::default());
        let mut is_known = true;
        while let Some(tag) = entry.tag()? {
            if tag == key_tag {
                key = read_key(&mut entry)?;
            } else if tag == value_tag {
                read_value(&mut entry, &mut value)?;
            } else {
                // As the reference parser has it, an entry with more in it than key and value is unknown as a whole.
                entry.skip(tag)?;
                is_known = false;
            }
        }
        if is_known {
            map.insert(key, value);
        }
        Ok(())
    }

    /// Passes over the field behind a tag of no interest.
    pub fn skip(&mut self, tag: u32) -> Result<(), WireError> {
        if tag < 8 {
            return Err(WireError::InvalidTag);
        }
        self.skip_value(tag)
    }

    /// Passes over everything: as the reference parser has it, field number 0 is not looked for in a message without
    /// fields.
    pub fn skip_all(&mut self) -> Result<(), WireError> {
        while let Some(tag) = self.tag()? {
            self.skip_value(tag)?;
        }
        Ok(())
    }

    fn skip_value(&mut self, tag: u32) -> Result<(), WireError> {
        match tag & 7 {
            0 => self.varint(10).map(|_| ()),
            1 => self.take(8).map(|_| ()),
            2 => self.delimited().map(|_| ()),
            3 => self.skip_group(tag >> 3),
            4 => Err(WireError::UnmatchedGroup),
            5 => self.take(4).map(|_| ()),
            _ => Err(WireError::InvalidWireType),
        }
    }

    fn skip_group(&mut self, number: u32) -> Result<(), WireError> {
        self.depth = self.depth.checked_sub(1).ok_or(WireError::NestingTooDeep)?;
        // As the reference parser has it, field number 0 is not looked for within a group.
        while let Some(tag) = self.tag()? {
            if tag & 7 != 4 {
                self.skip_value(tag)?;
            } else if tag >> 3 == number {
                self.depth += 1;
                return Ok(());
            } else {
                break;
            }
        }
        Err(WireError::UnmatchedGroup)
    }

    // The scalar types. Bits that are too many are dropped.

    pub fn int32(&mut self) -> Result<i32, WireError> {
        Ok(self.varint(10)? as i32)
    }

    pub fn int64(&mut self) -> Result<i64, WireError> {
        Ok(self.varint(10)? as i64)
    }

    pub fn uint32(&mut self) -> Result<u32, WireError> {
        Ok(self.varint(10)? as u32)
    }

    pub fn uint64(&mut self) -> Result<u64, WireError> {
        self.varint(10)
    }

    pub fn sint32(&mut self) -> Result<i32, WireError> {
        let bits = self.uint32()?;
        Ok((bits >> 1) as i32 ^ -((bits & 1) as i32))
    }

    pub fn sint64(&mut self) -> Result<i64, WireError> {
        let bits = self.uint64()?;
        Ok((bits >> 1) as i64 ^ -((bits & 1) as i64))
    }

    pub fn fixed32(&mut self) -> Result<u32, WireError> {
        self.array().map(u32::from_le_bytes)
    }

    pub fn fixed64(&mut self) -> Result<u64, WireError> {
        self.array().map(u64::from_le_bytes)
    }

    pub fn sfixed32(&mut self) -> Result<i32, WireError> {
        self.array().map(i32::from_le_bytes)
    }

    pub fn sfixed64(&mut self) -> Result<i64, WireError> {
        self.array().map(i64::from_le_bytes)
    }

    pub fn float(&mut self) -> Result<f32, WireError> {
        self.array().map(f32::from_le_bytes)
    }

    pub fn double(&mut self) -> Result<f64, WireError> {
        self.array().map(f64::from_le_bytes)
    }

    pub fn bool(&mut self) -> Result<bool, WireError> {
        Ok(self.varint(10)? != 0)
    }

    /// The value of an enum.
    pub fn enumeration<E: From<i32>>(&mut self) -> Result<E, WireError> {
        self.int32().map(E::from)
    }

    pub fn string(&mut self) -> Result<String, WireError> {
        let bytes = self.delimited()?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| WireError::InvalidUtf8)
    }

    pub fn bytes(&mut self) -> Result<Vec<u8>, WireError> {
        self.delimited().map(<[u8]>::to_vec)
    }
}

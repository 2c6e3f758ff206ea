//! What messages hold, as `vectors/make.py` describes it, and the check of the golden vectors.

use std::collections::BTreeMap;

use gatehouse::wire::{Message, WireError};

use crate::hexadecimal;
use crate::json::Json;
use crate::messages::examine;

/// What bytes are as a message: its own bytes, and what it holds.
pub type Examined = Result<(Vec<u8>, Json), WireError>;

pub fn examined<M: Message + Value>(bytes: &[u8]) -> Examined {
    M::decode(bytes).map(|message| (message.encode(), message.json()))
}

pub trait Value {
    fn json(&self) -> Json;

    fn is_default(&self) -> bool {
        false
    }
}

/// The fields of a message that are there.
#[derive(Default)]
pub struct Fields(BTreeMap<String, Json>);

impl Fields {
    pub fn present(&mut self, name: &str, value: &impl Value) {
        self.0.insert(name.into(), value.json());
    }

    pub fn implicit(&mut self, name: &str, value: &impl Value) {
        if !value.is_default() {
            self.present(name, value);
        }
    }

    pub fn optional(&mut self, name: &str, value: &Option<impl Value>) {
        if let Some(value) = value {
            self.present(name, value);
        }
    }

    pub fn repeated(&mut self, name: &str, values: &[impl Value]) {
        if !values.is_empty() {
            self.0.insert(name.into(), Json::List(values.iter().map(Value::json).collect()));
        }
    }

    pub fn map(&mut self, name: &str, values: &BTreeMap<impl Value, impl Value>) {
        if !values.is_empty() {
            let pairs = values.iter().map(|(key, value)| Json::List(vec![key.json(), value.json()]));
            self.0.insert(name.into(), Json::List(pairs.collect()));
        }
    }

    pub fn json(self) -> Json {
        Json::Object(self.0)
    }
}

/// A type is described by an expression, and at its default when another is true.
macro_rules! values {
    ($($type:ty: |$value:ident| $json:expr, $is_default:expr;)+) => {
        $(impl Value for $type {
            fn json(&self) -> Json {
                let $value = self;
                $json
            }

            fn is_default(&self) -> bool {
                let $value = self;
                $is_default
            }
        })+
    };
}

values! {
    i32: |value| Json::number(value), *value == 0;
    u32: |value| Json::number(value), *value == 0;
    // Numbers of 64 bits are texts: not every language has them.
    i64: |value| Json::Text(value.to_string()), *value == 0;
    u64: |value| Json::Text(value.to_string()), *value == 0;
    f32: |value| Json::Text(format!("{:08x}", value.to_bits())), value.to_bits() == 0;
    f64: |value| Json::Text(format!("{:016x}", value.to_bits())), value.to_bits() == 0;
    bool: |value| Json::Bool(*value), !value;
    String: |value| Json::Text(value.clone()), value.is_empty();
    Vec<u8>: |value| Json::Text(hexadecimal::text(value)), value.is_empty();
}

impl<V: Value> Value for Box<V> {
    fn json(&self) -> Json {
        self.as_ref().json()
    }
}

macro_rules! enumeration {
    ($type:ty) => {
        impl Value for $type {
            fn json(&self) -> Json {
                i32::from(*self).json()
            }

            fn is_default(&self) -> bool {
                i32::from(*self) == 0
            }
        }
    };
}
pub(crate) use enumeration;

/// How many vectors there are, and those that the client takes otherwise.
pub fn check(vectors: &str) -> (usize, Vec<Json>) {
    let vectors = Json::parse(vectors);
    let is_wrong = |vector: &&Json| !is_right(vector);
    (vectors.elements().len(), vectors.elements().iter().filter(is_wrong).cloned().collect())
}

fn is_right(vector: &Json) -> bool {
    match examine(vector.get("message").text(), &hexadecimal::bytes(vector.get("bytes").text())) {
        None => false,
        Some(Err(_)) => vector.get("refused").is_true(),
        Some(Ok((bytes, held))) => {
            hexadecimal::text(&bytes) == vector.get("canonical").text() && held == *vector.get("value")
        }
    }
}

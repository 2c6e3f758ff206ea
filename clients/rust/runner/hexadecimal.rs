//! Bytes as text.

use std::fmt::Write;

pub fn text(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes everything");
        text
    })
}

/// Panics when the text is none: it comes from the suite alone.
pub fn bytes(text: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("the text is not hexadecimal");
    (0..text.len()).step_by(2).map(byte).collect()
}

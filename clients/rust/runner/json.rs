//! JSON, as much of it as the scenario suite speaks.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    /// As it is written: no number is rounded here.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// Panics when the text is none: it comes from the suite alone.
    pub fn parse(text: &str) -> Json {
        let mut parser = Parser { rest: text.chars().peekable() };
        let value = parser.value();
        parser.spaces();
        assert!(parser.rest.next().is_none(), "something follows the JSON value");
        value
    }

    pub fn number(number: impl fmt::Display) -> Json {
        Json::Number(number.to_string())
    }

    pub fn object(fields: impl IntoIterator<Item = (&'static str, Json)>) -> Json {
        Json::Object(fields.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
    }

    /// A field of an object; null where there is none.
    pub fn get(&self, name: &str) -> &Json {
        match self {
            Json::Object(fields) => fields.get(name).unwrap_or(&Json::Null),
            _ => &Json::Null,
        }
    }

    pub fn text(&self) -> &str {
        match self {
            Json::Text(text) => text,
            _ => "",
        }
    }

    pub fn integer(&self) -> Option<u64> {
        match self {
            Json::Number(number) => number.parse().ok(),
            _ => None,
        }
    }

    pub fn is_true(&self) -> bool {
        *self == Json::Bool(true)
    }

    pub fn elements(&self) -> &[Json] {
        match self {
            Json::List(elements) => elements,
            _ => &[],
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::Text(text.into())
    }
}

impl fmt::Display for Json {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => formatter.write_str("null"),
            Json::Bool(value) => write!(formatter, "{value}"),
            Json::Number(number) => formatter.write_str(number),
            Json::Text(text) => write_text(text, formatter),
            Json::List(elements) => {
                formatter.write_str("[")?;
                for (index, element) in elements.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    write!(formatter, "{comma}{element}")?;
                }
                formatter.write_str("]")
            }
            Json::Object(fields) => {
                formatter.write_str("{")?;
                for (index, (name, value)) in fields.iter().enumerate() {
                    formatter.write_str(if index > 0 { "," } else { "" })?;
                    write_text(name, formatter)?;
                    write!(formatter, ":{value}")?;
                }
                formatter.write_str("}")
            }
        }
    }
}

fn write_text(text: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    formatter.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(formatter, "\\{character}")?,
            '\0'..='\x1f' => write!(formatter, "\\u{:04x}", character as u32)?,
            _ => write!(formatter, "{character}")?,
        }
    }
    formatter.write_str("\"")
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
}

impl Parser<'_> {
    fn spaces(&mut self) {
        while self.rest.next_if(|character| character.is_ascii_whitespace()).is_some() {}
    }

    /// The next character that is no space.
    fn next(&mut self) -> char {
        self.spaces();
        self.rest.next().expect("the JSON ends too soon")
    }

    fn value(&mut self) -> Json {
        match self.next() {
            '{' => Json::Object(self.members('}', |parser| {
                assert_eq!(parser.next(), '"');
                let name = parser.text();
                assert_eq!(parser.next(), ':');
                (name, parser.value())
            })),
            '[' => Json::List(self.members(']', Parser::value)),
            '"' => Json::Text(self.text()),
            first => self.word(first),
        }
    }

    fn members<T, C: FromIterator<T>>(&mut self, end: char, member: fn(&mut Self) -> T) -> C {
        let mut members = Vec::new();
        self.spaces();
        if self.rest.next_if_eq(&end).is_none() {
            loop {
                members.push(member(self));
                let next = self.next();
                if next == end {
                    break;
                }
                assert_eq!(next, ',');
            }
        }
        members.into_iter().collect()
    }

    fn word(&mut self, first: char) -> Json {
        let mut word = String::from(first);
        while let Some(next) = self.rest.next_if(|next| next.is_ascii_alphanumeric() || "+-.".contains(*next)) {
            word.push(next);
        }
        match word.as_str() {
            "null" => Json::Null,
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            _ => Json::Number(word),
        }
    }

    fn text(&mut self) -> String {
        let mut units = Vec::new();
        loop {
            let character = match self.rest.next().expect("the JSON ends within a text") {
                '"' => return String::from_utf16(&units).expect("a text has half a character"),
                '\\' => match self.rest.next().expect("the JSON ends within a text") {
                    'u' => {
                        let digits: String = self.rest.by_ref().take(4).collect();
                        units.push(u16::from_str_radix(&digits, 16).expect("an escape is no number"));
                        continue;
                    }
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    itself => itself,
                },
                itself => itself,
            };
            units.extend_from_slice(character.encode_utf16(&mut [0; 2]));
        }
    }
}

//! Objects of a request, read piece by piece and without copying what is not asked for: keys in any case, by any of their names.
//!
//! A file's content stays where it lies in the body. Deliberately not here: which keys there are (`wire`).

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{ParseError, reason};

/// Fields of one object at most: a document has a handful.
const MOST_FIELDS: usize = 200;

/// A key by all its names, each in small letters; the first is the one errors name.
pub(super) struct Key(pub(super) &'static [&'static str]);

impl Key {
    pub(super) fn name(&self) -> &'static str {
        self.0.first().copied().unwrap_or_default()
    }
}

/// What is wrong at a place; the content is never repeated.
/// An object of the request, and where it stands there.
pub(super) struct Object<'a> {
    place: String,
    fields: Vec<(String, &'a RawValue)>,
}

impl<'a> Object<'a> {
    /// Reads the object that a text is. `place` is empty for the whole body.
    pub(super) fn read(text: &'a str, place: &str) -> Result<Self, ParseError> {
        let here = if place.is_empty() { "body" } else { place };
        if !text.trim_ascii_start().starts_with('{') {
            return Err(ParseError::at(here, reason!("an object is expected")));
        }
        match serde_json::from_str::<Fields<'_>>(text) {
            Ok(Fields(fields)) => Ok(Self { place: place.to_owned(), fields }),
            Err(error) if error.is_data() => Err(ParseError::at(here, reason!("has more than {MOST_FIELDS} fields"))),
            Err(error) => {
                let (line, column) = (error.line(), error.column());
                Err(ParseError::at(here, reason!("is not valid JSON (line {line}, column {column})")))
            }
        }
    }

    /// Where a field of it stands.
    pub(super) fn place(&self, key: &Key) -> String {
        if self.place.is_empty() { key.name().to_owned() } else { format!("{}.{}", self.place, key.name()) }
    }

    /// A field's value as it was written; `null` is the same as nothing.
    pub(super) fn get(&self, key: &Key) -> Option<&'a str> {
        let given = |name: &&str| self.fields.iter().find(|(known, value)| known == name && value.get() != "null");
        key.0.iter().find_map(given).map(|(_, value)| value.get())
    }

    /// A text without spaces around it; a number counts as its text, an empty text as nothing.
    pub(super) fn text(&self, key: &Key, longest: usize) -> Result<Option<String>, ParseError> {
        let Some(raw) = self.get(key) else { return Ok(None) };
        let text = text_of(raw).ok_or_else(|| ParseError::at(self.place(key), reason!("a text is expected")))?;
        let text = text.trim();
        if text.chars().count() > longest {
            return Err(ParseError::at(self.place(key), reason!("is longer than {longest} characters")));
        }
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    /// The same where there must be one.
    pub(super) fn required(&self, key: &Key, longest: usize) -> Result<String, ParseError> {
        self.text(key, longest)?.ok_or_else(|| ParseError::at(self.place(key), reason!("is missing or empty")))
    }

    /// The values of a list, each as it was written; a single value is a list of one.
    pub(super) fn list(&self, key: &Key, most: usize) -> Result<Vec<&'a str>, ParseError> {
        let Some(raw) = self.get(key) else { return Ok(vec![]) };
        if !raw.starts_with('[') {
            return Ok(vec![raw]);
        }
        let values: Values<'_> =
            serde_json::from_str(raw).map_err(|_| ParseError::at(self.place(key), reason!("is not a list")))?;
        if values.count > most {
            return Err(ParseError::at(
                self.place(key),
                reason!("holds {} entries, {most} at most are taken", values.count),
            ));
        }
        Ok(values.first.into_iter().map(RawValue::get).collect())
    }
}

/// A JSON text, or a number as it was written.
pub(super) fn text_of(raw: &str) -> Option<String> {
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok(),
        b'-' | b'0'..=b'9' => Some(raw.to_owned()),
        _ => None,
    }
}

struct Fields<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Vec<(String, &'de RawValue)>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = vec![];
                while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if fields.len() == MOST_FIELDS {
                        return Err(A::Error::custom("too many fields"));
                    }
                    fields.push((name.to_lowercase(), value));
                }
                Ok(fields)
            }
        }
        deserializer.deserialize_map(Reader).map(Self)
    }
}

/// Values kept of a list; the rest is only counted.
const KEPT: usize = 1_000;

#[derive(Default)]
struct Values<'a> {
    first: Vec<&'a RawValue>,
    count: usize,
}

impl<'de: 'a, 'a> Deserialize<'de> for Values<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Values<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut values = Values::default();
                while let Some(value) = list.next_element::<&'de RawValue>()? {
                    if values.count < KEPT {
                        values.first.push(value);
                    }
                    values.count += 1;
                }
                Ok(values)
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}

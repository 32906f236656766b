//! A key that a JSON object gives twice: whoever reads values keeps the last one and says nothing.
//!
//! Deliberately not here: what the keys mean, and text that is not JSON (`shape`).

use std::{cell::RefCell, collections::BTreeSet, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The place of the first key that its object gives twice, from outside in, for instance `blocks 2 · label`.
pub(super) fn given_twice(text: &str) -> Option<String> {
    let found = RefCell::new(None);
    // It ends at the first one; the rest of the text has been read by somebody else.
    let _ = Look { place: String::new(), found: &found }.deserialize(&mut serde_json::Deserializer::from_str(text));
    found.into_inner()
}

/// Looks through one value.
struct Look<'f> {
    place: String,
    found: &'f RefCell<Option<String>>,
}

impl<'de> DeserializeSeed<'de> for Look<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut number = 1;
        let item = |number: usize| Look { place: format!("{} {number}", self.place).trim_start().to_owned(), ..self };
        while items.next_element_seed(item(number))?.is_some() {
            number += 1;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let mut seen = BTreeSet::new();
        while let Some(name) = fields.next_key::<String>()? {
            let place = if self.place.is_empty() { name.clone() } else { format!("{} · {name}", self.place) };
            if !seen.insert(name) {
                self.found.replace(Some(place));
                return Err(A::Error::custom("given twice"));
            }
            fields.next_value_seed(Look { place, ..self })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::given_twice;

    #[test]
    fn the_first_key_given_twice_is_told_with_its_place() {
        for (text, place) in [
            (
                r#"{"text": "a", "rows": [[{"text": "b", "action": null}, {"text": -1.5}]], "size": [true, -2, 3]}"#,
                None,
            ),
            (r#"{"text": "a", "text": "a"}"#, Some("text")),
            (r#"{"rows": [[], [{"text": "a", "action": "b", "action": "c"}]]}"#, Some("rows 2 1 · action")),
            (r#"{"a": {"b": {"c": 1, "c": 2}}, "a": 1}"#, Some("a · b · c")),
            (r#"[{"a": 1}, {"a": 1, "\u0061": 1}]"#, Some("2 · a")),
            (r#"{"a": 1, "A": 1}"#, None),
            (r#"{"a": 1, "#, None),
            ("7", None),
        ] {
            assert_eq!(given_twice(text).as_deref(), place, "{text}");
        }
    }
}

//! Carrying settings from one installation to another: the text of what differs from the defaults, and what those of another are.
//!
//! Deliberately not here: secrets, which no text ever holds, and writing (`file`).

use serde_json::{Map, Value};

use super::{Config, file::edit};

impl Config {
    /// A file with every setting that is not at its default, in the order of the declarations, and nothing else.
    #[must_use]
    pub fn differences(&self) -> String {
        let values = self.values();
        let changed: Vec<(&str, Value)> = super::fields()
            .filter_map(|field| {
                let value = values.get(&field.path).filter(|value| **value != field.default)?;
                Some((field.path.as_str(), value.clone()))
            })
            .collect();
        // Every value was read from a file or from the console, so each of them can be written.
        edit("", &changed).unwrap_or_default()
    }

    /// The values in force, by dotted path.
    #[must_use]
    pub fn values(&self) -> Map<String, Value> {
        let all = serde_json::to_value(self).unwrap_or_default();
        super::fields()
            .map(|field| {
                let value = field.path.split('.').try_fold(&all, |at, part| at.get(part)).cloned();
                (field.path.clone(), value.unwrap_or_default())
            })
            .collect()
    }

    /// The values of another installation that are not as they are here, by dotted path. What its file does not name is at its default.
    #[must_use]
    pub fn other_values(&self, there: &Self) -> Map<String, Value> {
        let here = self.values();
        there.values().into_iter().filter(|(path, value)| here.get(path) != Some(value)).collect()
    }
}

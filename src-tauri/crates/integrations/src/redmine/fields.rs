//! Names of the tracker's own fields, as far as they were seen: its lists of them are for administrators.
//!
//! Deliberately not here: what is in the fields.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use serde_json::Value;

use super::wire;

/// The most names remembered.
const MAX_FIELDS: usize = 1_000;

#[derive(Default)]
pub(super) struct Fields(Mutex<BTreeMap<i64, String>>);

impl Fields {
    /// Takes note of the fields of a ticket.
    pub(super) fn learn(&self, issue: &Value) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, name) in wire::fields(issue) {
            if known.len() < MAX_FIELDS || known.contains_key(&id) {
                known.insert(id, name);
            }
        }
    }

    pub(super) fn known(&self) -> BTreeMap<i64, String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

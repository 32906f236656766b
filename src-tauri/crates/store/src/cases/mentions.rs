//! What texts name of other things, written as the text itself is kept. When a text changes or goes, the schema's triggers take out what
//! it named.
//!
//! Deliberately not here: reading texts for what they name (`pult_domain::areas::cases`).

use std::collections::BTreeMap;

use pult_domain::areas::cases::{Mention, Thing, Written, mentions};
use rusqlite::{Connection, params};

use super::{MOST_BESIDE, sql};
use crate::{
    StoreError,
    query::{many, one},
};

/// Things a thing's texts name, at most.
const MOST_NAMED: usize = 200;

/// Keeps what the texts of a part of a thing name. Only texts may be given that everybody may read who may see the thing.
pub(crate) fn note(
    connection: &Connection,
    part: &str,
    thing: &Thing,
    texts: &[(&'static str, &str)],
) -> Result<(), StoreError> {
    for (place, text) in texts {
        for mention in mentions(text) {
            connection.prepare_cached(sql::NOTE)?.execute(params![
                part,
                mention.to_string(),
                thing.to_string(),
                place,
            ])?;
        }
    }
    Ok(())
}

/// What a thing's texts name.
pub(super) fn named_by(connection: &Connection, thing: &Thing) -> Result<BTreeMap<Mention, Written>, StoreError> {
    let rows = many(connection, sql::NAMED_BY, params![thing.to_string(), MOST_NAMED as i64], |r| {
        Ok((r.get::<_, String>(0)?, Written { place: r.get(1)? }))
    })?;
    Ok(rows.into_iter().filter_map(|(named, written)| Some((named.parse().ok()?, written))).collect())
}

/// Things whose texts name something.
pub(super) fn naming(connection: &Connection, mention: &Mention) -> Result<Vec<Thing>, StoreError> {
    let values = params![mention.to_string(), MOST_BESIDE as i64];
    let things = many(connection, sql::NAMING, values, |r| r.get::<_, String>(0))?;
    Ok(things.iter().filter_map(|thing| thing.parse().ok()).collect())
}

/// Whether anything names it.
pub(super) fn is_named(connection: &Connection, mention: &Mention) -> Result<bool, StoreError> {
    Ok(one(connection, sql::NAMING, params![mention.to_string(), 1], |_| Ok(()))?.is_some())
}

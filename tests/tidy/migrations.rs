//! The schema's history only grows: migrations are numbered without gaps, and `migrations.lock` beside this file holds
//! the SHA-256 of each, so that an edit of an old one cannot pass unnoticed.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::tree::{expect_none, texts};

/// Name of each migration, in order, with its hash.
fn migrations() -> BTreeMap<&'static str, String> {
    let files = texts().iter().filter_map(|file| Some((file.path.strip_prefix("migrations/")?, &file.text)));
    files.map(|(name, text)| (name, HEXLOWER.encode(&Sha256::digest(text.as_bytes())))).collect()
}

#[test]
fn migrations_are_numbered_without_gaps() {
    let found = migrations().into_keys().enumerate().filter_map(|(index, name)| {
        let expected = format!("{:04}_", index + 1);
        (!name.starts_with(&expected) || !name.ends_with(".sql")).then(|| format!("{name}: expected {expected}….sql"))
    });
    expect_none(
        "A migration is the next number, a subject and .sql; nothing else lives in that folder.",
        found.collect(),
    );
}

#[test]
fn migrations_are_never_edited() {
    let locked: BTreeMap<&str, &str> = include_str!("migrations.lock")
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(hash, name)| (name, hash))
        .collect();
    let migrations = migrations();
    let mut found = Vec::new();
    for (name, hash) in &migrations {
        match locked.get(name) {
            Some(locked) if locked == hash => {}
            Some(_) => {
                found.push(format!("{name} differs from its lock; unreleased, its line becomes `{hash}  {name}`"))
            }
            None => found.push(format!("{name} is not locked; add the line `{hash}  {name}`")),
        }
    }
    found.extend(locked.keys().filter(|name| !migrations.contains_key(*name)).map(|name| format!("{name} is gone")));
    expect_none(
        "Somebody's database has already run this migration: put the change into a new one. Only what was never released \
         may still change, together with its line in tests/tidy/migrations.lock.",
        found,
    );
}

//! `cargo xtask bindings`: the TypeScript types of the console's API, written by the engine's own tests (ts-rs exports
//! in a test), and the check that what is committed is what they would write today.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::binaries::cargo;
use crate::process::{self, announce};
use crate::workspace;

/// Write or compare.
#[derive(Args)]
pub(crate) struct Options {
    /// Change nothing; fail when the committed types differ
    #[arg(long)]
    check: bool,
}

/// Writes the types, or compares them.
pub(crate) fn bindings(options: &Options) -> Result<()> {
    let committed = workspace::ui().join("src/bindings");
    let written = workspace::target().join("bindings");
    if written.exists() {
        fs::remove_dir_all(&written)?;
    }
    fs::create_dir_all(&written)?;
    announce("exporting the console's types");
    let mut export = cargo();
    export.args(["test", "--package", "pult-engine", "export_bindings"]).env("TS_RS_EXPORT_DIR", &written);
    process::run(&mut export)?;

    let (old, new) = (tree(&committed)?, tree(&written)?);
    if new.is_empty() {
        bail!("the engine exported no type: its `export_bindings` tests are gone, so nothing was changed");
    }
    let changed = differences(&old, &new);
    if changed.is_empty() {
        announce("the types are up to date");
        return Ok(());
    }
    for line in &changed {
        println!("  {line}");
    }
    if options.check {
        bail!("ui/src/bindings is out of date; run `cargo xtask bindings` and commit the result");
    }
    for gone in old.keys().filter(|file| !new.contains_key(*file)) {
        fs::remove_file(committed.join(gone))?;
    }
    for (file, bytes) in &new {
        let place = committed.join(file);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&place, bytes).with_context(|| format!("cannot write {}", place.display()))?;
    }
    Ok(())
}

/// Every `.ts` file below a folder, by its path inside it. The folder holds nothing else.
fn tree(folder: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "ts") {
                let inside = path.strip_prefix(folder)?.to_owned();
                files.insert(inside, fs::read(&path)?);
            }
        }
    }
    Ok(files)
}

fn differences(old: &BTreeMap<PathBuf, Vec<u8>>, new: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<String> {
    let mut lines = Vec::new();
    for (file, bytes) in new {
        match old.get(file) {
            None => lines.push(format!("new      {}", file.display())),
            Some(kept) if kept != bytes => lines.push(format!("changed  {}", file.display())),
            Some(_) => {}
        }
    }
    lines.extend(old.keys().filter(|file| !new.contains_key(*file)).map(|file| format!("gone     {}", file.display())));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_difference_is_named() {
        let files = |list: &[(&str, &str)]| {
            list.iter().map(|(name, text)| (PathBuf::from(name), text.as_bytes().to_vec())).collect()
        };
        let old = files(&[("Call.ts", "a"), ("Gone.ts", "a"), ("Same.ts", "a")]);
        let new = files(&[("Call.ts", "b"), ("New.ts", "a"), ("Same.ts", "a")]);
        assert_eq!(differences(&old, &new), ["changed  Call.ts", "new      New.ts", "gone     Gone.ts"]);
        assert!(differences(&new, &new).is_empty());
    }
}

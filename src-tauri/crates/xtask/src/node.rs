//! The console page and other Node work: the version check, installing by the lock file, building when sources changed.
//!
//! "Changed" is a fingerprint over names, sizes and times of change, kept beside the result; a wrong guess costs a
//! rebuild, never a stale page, because a changed file always changes its time.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, bail};

use crate::process::{self, announce};
use crate::workspace;

/// What the tools of the page run on, as their `engines` say.
const NEEDED: &str = "20.19 or later of version 20, 22.12 or later of version 22, or 24 and newer";

/// What the page is built from, inside `ui/`.
const SOURCES: &[&str] = &[
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "vite.config.ts",
    "svelte.config.js",
    "tsconfig.json",
];

/// A command of Node's company, `npm` or `npx`.
pub(crate) fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { format!("{program}.cmd") } else { program.to_owned() });
    command.current_dir(folder);
    command
}

/// # Errors
/// When Node is absent or too old; the text says how to get one.
pub(crate) fn check() -> Result<()> {
    let advice = format!(
        "Pult's console page is built with Node {NEEDED}. Install it with a version manager (nvm, fnm, mise) \
         or from your distribution when it is new enough, and repeat this command."
    );
    if !process::on_path("node") || !process::on_path("npm") && !cfg!(windows) {
        bail!("Node and npm are not on the search path. {advice}");
    }
    let version = process::capture(Command::new("node").arg("--version"))?;
    match numbers(&version) {
        Some(found) if fits(found) => Ok(()),
        _ => bail!("this machine's Node is {}. {advice}", version.trim()),
    }
}

/// The first two numbers of `v20.11.1`.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().strip_prefix('v')?.split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// Whether the page can be built with it. Versions 21 and 23 were never among those its tools support.
fn fits(version: (u32, u32)) -> bool {
    matches!(version, (20, 19..) | (22, 12..) | (24.., _))
}

/// Runs `npm ci` in a folder, unless its lock file is the one that the installed packages came from.
pub(crate) fn install(folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json"))
        .with_context(|| format!("{} has no package-lock.json", folder.display()))?;
    let fingerprint = fingerprint_of(&lock);
    let mark = folder.join("node_modules/.pult-lock");
    if fs::read_to_string(&mark).is_ok_and(|kept| kept == fingerprint) {
        return Ok(());
    }
    announce(&format!("installing the npm packages of {}", name_of(folder)));
    process::run(command("npm", folder).args(["ci", "--no-audit", "--no-fund"]))?;
    fs::write(&mark, fingerprint).with_context(|| format!("cannot write {}", mark.display()))
}

/// Builds the console page, unless it is newer than everything it is made from.
pub(crate) fn build_page() -> Result<()> {
    check()?;
    let ui = workspace::ui();
    install(&ui)?;
    let mut files = BTreeMap::new();
    for source in SOURCES {
        list(&ui.join(source), &mut files)?;
    }
    let fingerprint = fingerprint_of(&files);
    let mark = ui.join("node_modules/.pult-page");
    let built = ui.join("dist/index.html").is_file();
    if built && fs::read_to_string(&mark).is_ok_and(|kept| kept == fingerprint) {
        return Ok(());
    }
    announce("building the console page");
    process::run(command("npm", &ui).args(["run", "build"]))?;
    fs::write(&mark, fingerprint).with_context(|| format!("cannot write {}", mark.display()))
}

/// Adds every file under `place` (or `place` itself) with its size and time of change.
fn list(place: &Path, into: &mut BTreeMap<PathBuf, (u64, u128)>) -> Result<()> {
    let Ok(about) = fs::metadata(place) else { return Ok(()) };
    if about.is_dir() {
        for entry in fs::read_dir(place)? {
            list(&entry?.path(), into)?;
        }
    } else {
        let changed = about.modified()?.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
        into.insert(place.to_owned(), (about.len(), changed));
    }
    Ok(())
}

fn fingerprint_of(value: &impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

fn name_of(folder: &Path) -> String {
    folder.strip_prefix(workspace::root()).unwrap_or(folder).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::{fits, numbers};

    #[test]
    fn a_version_is_read_by_its_first_two_numbers() {
        assert_eq!(numbers("v20.11.1\n"), Some((20, 11)));
        assert_eq!(numbers("v8.0.0"), Some((8, 0)));
        assert_eq!(numbers("20.11.1"), None);
        assert_eq!(numbers("v20"), None);
        assert_eq!(numbers(""), None);
    }

    #[test]
    fn the_versions_that_build_the_page_are_those_of_its_tools() {
        for (version, builds) in [
            ((18, 20), false),
            ((20, 18), false),
            ((20, 19), true),
            ((21, 7), false),
            ((22, 11), false),
            ((22, 12), true),
            ((23, 0), false),
            ((24, 1), true),
        ] {
            assert_eq!(fits(version), builds, "{version:?}");
        }
    }
}

//! What is shipped, weighed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::binaries::{self, Program};
use crate::node;
use crate::workspace::{self, Profile};

/// Megabytes of the release build of `pultd`.
pub(crate) fn server() -> Result<f64> {
    node::build_page()?;
    binaries::build(&[Program::Server], Profile::Release)?;
    Ok(fs::metadata(workspace::binary(Profile::Release, "pultd"))?.len() as f64 / 1e6)
}

/// The screen that is shown first, as its chunk is named.
const FIRST_SCREEN: &str = "NowScreen-";

/// Kilobytes that a browser receives until the first screen is there: the page, what it names, and the screen with all that it
/// imports, each packed by gzip.
pub(crate) fn page() -> Result<f64> {
    node::build_page()?;
    let folder = workspace::ui().join("dist");
    let text = fs::read_to_string(folder.join("index.html"))?;
    let mut wanted: Vec<String> =
        named_files(&text).iter().filter_map(|name| name.rsplit('/').next()).map(str::to_owned).collect();
    let assets = folder.join("assets");
    for entry in fs::read_dir(&assets)? {
        wanted.extend(entry?.file_name().into_string().ok().filter(|name| name.starts_with(FIRST_SCREEN)));
    }
    let mut received = BTreeSet::new();
    let mut bytes = packed(&folder.join("index.html"))?;
    while let Some(name) = wanted.pop() {
        let file = assets.join(&name);
        if !received.insert(name) {
            continue;
        }
        bytes += packed(&file)?;
        if file.extension().is_some_and(|kind| kind == "js") {
            wanted.extend(imported_files(&fs::read_to_string(&file)?).into_iter().map(str::to_owned));
        }
    }
    Ok(bytes as f64 / 1e3)
}

/// The scripts and styles that a page loads by itself.
fn named_files(page: &str) -> Vec<&str> {
    let values = page.split(['"', '\'']).skip(1).step_by(2);
    values.filter(|value| value.ends_with(".js") || value.ends_with(".css")).collect()
}

/// The scripts beside it that a script loads before it runs; not those it may load later.
fn imported_files(script: &str) -> Vec<&str> {
    let after = |word| script.split(word).skip(1).filter_map(|rest| rest.split('"').next());
    after("from\"./").chain(after("import\"./")).filter(|name| name.ends_with(".js")).collect()
}

fn packed(file: &Path) -> Result<usize> {
    let output = Command::new("gzip").args(["-9", "--stdout"]).arg(file).output().context("cannot start gzip")?;
    if !output.status.success() {
        bail!("gzip cannot read {}", file.display());
    }
    Ok(output.stdout.len())
}

#[cfg(test)]
mod tests {
    use super::{imported_files, named_files};

    #[test]
    fn scripts_and_styles_are_found_and_icons_are_not() {
        let page = r#"<link rel="icon" href="/ui/icon.svg"><link rel="stylesheet" href="/ui/assets/a.css">
            <script type="module" src="./assets/b.js"></script>"#;
        assert_eq!(named_files(page), ["/ui/assets/a.css", "./assets/b.js"]);
    }

    #[test]
    fn imports_are_found_and_what_is_loaded_later_is_not() {
        let script = r#"import{a as b}from"./a-1.js";import"./b-2.js";const c=()=>import("./c-3.js");"#;
        assert_eq!(imported_files(script), ["a-1.js", "b-2.js"]);
    }
}

//! What is shipped, weighed.

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

/// Kilobytes that a browser receives before the first screen: the page and what it names, each packed by gzip.
pub(crate) fn page() -> Result<f64> {
    node::build_page()?;
    let folder = workspace::ui().join("dist");
    let index = folder.join("index.html");
    let text = fs::read_to_string(&index)?;
    let mut bytes = packed(&index)?;
    for name in named_files(&text) {
        let file = folder.join(name.trim_start_matches("./").trim_start_matches("/ui/").trim_start_matches('/'));
        bytes += packed(&file)?;
    }
    Ok(bytes as f64 / 1e3)
}

/// The scripts and styles that a page loads by itself.
fn named_files(page: &str) -> Vec<&str> {
    let values = page.split(['"', '\'']).skip(1).step_by(2);
    values.filter(|value| value.ends_with(".js") || value.ends_with(".css")).collect()
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
    use super::named_files;

    #[test]
    fn scripts_and_styles_are_found_and_icons_are_not() {
        let page = r#"<link rel="icon" href="/ui/icon.svg"><link rel="stylesheet" href="/ui/assets/a.css">
            <script type="module" src="./assets/b.js"></script>"#;
        assert_eq!(named_files(page), ["/ui/assets/a.css", "./assets/b.js"]);
    }
}

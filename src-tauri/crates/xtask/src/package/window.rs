//! The window's packages, made by the Tauri CLI. It comes through `npx` and is not among the page's npm packages, because
//! its optional platform packages would keep the lock file from being complete.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::node;
use crate::process::{self, announce};
use crate::workspace;

const CLI: &str = "@tauri-apps/cli@2.12.5";

/// Builds what this system can build, copies it into `folder`, and adds a sentence for each kind that it cannot.
pub(crate) fn bundle(appimage: bool, folder: &Path, made: &mut Vec<PathBuf>, left_out: &mut Vec<String>) -> Result<()> {
    let mut kinds = Vec::new();
    if cfg!(target_os = "linux") {
        kinds.push("deb");
        if appimage {
            kinds.push("appimage");
        } else {
            left_out.push("AppImage: its packing tool has to be downloaded; ask for it with --appimage".to_owned());
        }
        left_out.push("NSIS installer: it is made on Windows, by the same command, and was not tried here".to_owned());
    } else if cfg!(windows) {
        kinds.push("nsis");
        left_out.push("the window's .deb and AppImage: they are made on Linux, by the same command".to_owned());
    } else {
        left_out.push("the window: this system has no bundle configured".to_owned());
        return Ok(());
    }
    announce(&format!("bundling the window: {}", kinds.join(", ")));
    for kind in kinds {
        let mut command = node::command("npx", workspace::root());
        command.args(["--yes", CLI, "build", "--ci", "--features", "desktop", "--bundles", kind]);
        match process::run(&mut command) {
            Ok(()) => made.push(take(kind, folder)?),
            Err(error) if kind == "appimage" => left_out.push(format!("AppImage: {error:#}")),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Copies the newest file that the bundler left for a kind.
fn take(kind: &str, folder: &Path) -> Result<PathBuf> {
    let extension = match kind {
        "deb" => "deb",
        "appimage" => "AppImage",
        _ => "exe",
    };
    let bundled = workspace::target().join("release/bundle").join(kind);
    let mut newest = None;
    for entry in fs::read_dir(&bundled)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            let changed = fs::metadata(&path)?.modified()?;
            newest = newest.max(Some((changed, path)));
        }
    }
    let Some((_, path)) = newest else { bail!("the Tauri CLI left no .{extension} in {}", bundled.display()) };
    let place = folder.join(path.file_name().unwrap_or_default());
    fs::copy(&path, &place)?;
    Ok(place)
}

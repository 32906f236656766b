//! Where things are: the repository, the build products, the cache. Nothing here creates or starts anything.

use std::env;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The repository's top folder: of the checkout that is being worked on, also where several share their build products
/// and this program was built for another of them.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let crate_folder = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        // src-tauri/crates/xtask is three folders down.
        let crate_folder = PathBuf::from(crate_folder);
        crate_folder.ancestors().nth(3).unwrap_or(&crate_folder).to_path_buf()
    });
    &ROOT
}

/// Folder of the build products: `CARGO_TARGET_DIR`, else `target` of the repository.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// Pult's folder in the person's cache: `$XDG_CACHE_HOME/pult`, else `~/.cache/pult`; beside the build products when
/// neither variable is set.
pub(crate) fn cache() -> PathBuf {
    let base = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))
        .or_else(|| env::var_os("LOCALAPPDATA").map(PathBuf::from))
        .unwrap_or_else(target);
    base.join("pult")
}

/// Folder of the console page.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// A built program, by its name without an extension.
pub(crate) fn binary(profile: Profile, name: &str) -> PathBuf {
    target().join(profile.folder()).join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Which of cargo's two profiles a program is built with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Dev,
    /// What is measured and shipped.
    Release,
}

impl Profile {
    fn folder(self) -> &'static str {
        match self {
            Profile::Dev => "debug",
            Profile::Release => "release",
        }
    }
}

//! Where the configuration and the data are when nobody says otherwise: the user's folders on a desktop, the
//! system's on a server.
//!
//! Deliberately not here: creating anything.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::{Backup, Storage};

/// Who Pult runs for, which decides the default folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A person's session.
    Desktop,
    /// A machine's service.
    Server,
}

impl Place {
    /// Variable that names the configuration file when the command line does not.
    pub const CONFIG_VARIABLE: &str = "PULT_CONFIG";

    /// The configuration file: the one given on the command line, else [`Self::CONFIG_VARIABLE`], else the default.
    ///
    /// `variable` looks up an environment variable; `main` passes `|name| std::env::var_os(name)`. `None` when the
    /// desktop has no home folder: ask for `--config`.
    pub fn config_file(self, given: Option<&Path>, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
        if let Some(given) = given {
            return Some(given.to_owned());
        }
        if let Some(named) = variable(Self::CONFIG_VARIABLE).filter(|value| !value.is_empty()) {
            return Some(PathBuf::from(named));
        }
        match self {
            Self::Desktop => Some(dirs::config_dir()?.join("pult").join("pult.toml")),
            Self::Server => Some(PathBuf::from("/etc/pult/pult.toml")),
        }
    }

    /// The program that looks there by itself.
    #[must_use]
    pub fn program(self) -> &'static str {
        match self {
            Self::Desktop => "pult",
            Self::Server => "pultd",
        }
    }

    /// A command as a person types it here: the program, and the settings' file where it would not find that by itself. A variable
    /// that names the file is not counted on: the person's terminal need not have it.
    #[must_use]
    pub fn command(self, config: &Path, words: &str) -> String {
        let program = self.program();
        if self.config_file(None, |_| None).is_some_and(|usual| usual == config) {
            return format!("{program} {words}");
        }
        let config = std::path::absolute(config).unwrap_or_else(|_| config.to_owned());
        format!("{program} --config {} {words}", quoted(&config))
    }

    fn data_dir(self) -> Option<PathBuf> {
        match self {
            Self::Desktop => Some(dirs::data_local_dir()?.join("pult")),
            Self::Server => Some(PathBuf::from("/var/lib/pult")),
        }
    }
}

/// A path as one word of a command line.
#[must_use]
pub fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || "/\\:._-+@%".contains(c);
    match text.chars().all(plain) {
        true => text,
        false if cfg!(windows) => format!("\"{text}\""),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

impl Storage {
    /// The folder of the database. `None` when nothing is set and the desktop has no home folder: ask for
    /// `storage.data_dir`.
    #[must_use]
    pub fn data_dir(&self, place: Place) -> Option<PathBuf> {
        self.data_dir.clone().or_else(|| place.data_dir())
    }
}

impl Backup {
    /// The folder of the backups of a database in `data_dir`.
    #[must_use]
    pub fn dir(&self, data_dir: &Path) -> PathBuf {
        self.dir.clone().unwrap_or_else(|| data_dir.join("backups"))
    }
}

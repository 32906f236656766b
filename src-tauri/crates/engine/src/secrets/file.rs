//! The vault of a machine without a keyring: one TOML file that only its owner may read.
//!
//! Deliberately not here: encryption. A key beside the file would protect nothing; full-disk encryption does. On Windows
//! the rights of the user's folder stand in for the mode.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::PathBuf;

use toml_edit::{Document, DocumentMut, Item, TableLike};
use zeroize::Zeroizing;

use super::{Secret, SecretError, SecretName, SecretSource, Source, Vault};
use crate::config::{Mode, replace};

/// The file's name in the data folder.
pub(super) const NAME: &str = "secrets.toml";

/// Largest file read.
const LARGEST: u64 = 16 << 20;

const HEAD: &str =
    "# Secrets of Pult. Keep it readable by its owner only (chmod 600). Written by Pult: comments are lost.\n";

pub(super) struct SecretFile {
    path: PathBuf,
}

impl SecretFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    fn unreadable(&self, reason: impl Into<String>) -> SecretError {
        SecretError::Unreadable { place: self.path.display().to_string(), reason: reason.into() }
    }

    /// Everything in it. Read anew each time: the file is small, asked rarely, and may be edited by hand.
    fn load(&self) -> Result<BTreeMap<SecretName, Secret>, SecretError> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(self.unreadable(format!("{error}; check its rights"))),
        };
        self.check_rights(&file)?;
        let mut text = Zeroizing::new(String::new());
        match (&mut file).take(LARGEST + 1).read_to_string(&mut text) {
            Ok(_) if text.len() as u64 > LARGEST => return Err(self.unreadable("it is larger than 16 MiB")),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::InvalidData => {
                return Err(self.unreadable("it is not UTF-8 text; save it as UTF-8"));
            }
            Err(error) => return Err(self.unreadable(error.to_string())),
        }
        let document = Document::parse(text.as_str()).map_err(|error| {
            // Only the place: the error's own text quotes the line.
            let start = error.span().map_or(0, |span| span.start);
            let line = text.bytes().take(start).filter(|b| *b == b'\n').count() + 1;
            self.unreadable(format!("line {line} is not valid TOML; a secret is written \"its.name\" = \"its value\""))
        })?;
        let mut found = BTreeMap::new();
        self.collect(document.as_table(), "", &mut found)?;
        Ok(found)
    }

    /// `"a.b" = "x"`, `a.b = "x"` and `[a]` with `b = "x"` mean the same.
    fn collect(
        &self,
        table: &dyn TableLike,
        above: &str,
        found: &mut BTreeMap<SecretName, Secret>,
    ) -> Result<(), SecretError> {
        for (key, item) in table.iter() {
            let name = if above.is_empty() { key.to_owned() } else { format!("{above}.{key}") };
            if let Some(inner) = item.as_table_like() {
                self.collect(inner, &name, found)?;
                continue;
            }
            let name: SecretName = name.parse().map_err(|error: SecretError| self.unreadable(error.to_string()))?;
            let text =
                item.as_str().ok_or_else(|| self.unreadable(format!("{name} is not a text; put it in quotes")))?;
            let secret = Secret::new(text).map_err(|error| self.unreadable(format!("{name}: {error}")))?;
            if found.insert(name.clone(), secret).is_some() {
                return Err(self.unreadable(format!("{name} is in it twice; keep one")));
            }
        }
        Ok(())
    }

    fn save(&self, secrets: &BTreeMap<SecretName, Secret>) -> Result<(), SecretError> {
        let mut document = DocumentMut::new();
        for (name, secret) in secrets {
            document.insert(name.as_str(), Item::Value(secret.expose().into()));
        }
        let text = Zeroizing::new(format!("{HEAD}{document}"));
        replace(&self.path, text.as_bytes(), Mode::Owner).map_err(|error| SecretError::Unavailable {
            source_kind: SecretSource::File,
            reason: format!(
                "cannot save {}: {error}; it is unchanged, check the folder's rights and free space",
                self.path.display()
            ),
        })
    }

    #[cfg(unix)]
    fn check_rights(&self, file: &File) -> Result<(), SecretError> {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map_err(|error| self.unreadable(error.to_string()))?.permissions().mode() & 0o777;
        if mode & 0o077 == 0 { Ok(()) } else { Err(SecretError::Exposed { file: self.path.clone(), mode }) }
    }

    #[cfg(not(unix))]
    fn check_rights(&self, _: &File) -> Result<(), SecretError> {
        Ok(())
    }
}

impl Source for SecretFile {
    fn kind(&self) -> SecretSource {
        SecretSource::File
    }

    fn get(&self, name: &SecretName) -> Result<Option<Secret>, SecretError> {
        Ok(self.load()?.remove(name))
    }

    fn names(&self) -> Result<Vec<SecretName>, SecretError> {
        Ok(self.load()?.into_keys().collect())
    }
}

impl Vault for SecretFile {
    fn set(&self, name: &SecretName, secret: &Secret) -> Result<(), SecretError> {
        let mut secrets = self.load()?;
        secrets.insert(name.clone(), secret.clone());
        self.save(&secrets)
    }

    fn remove(&self, name: &SecretName) -> Result<bool, SecretError> {
        let mut secrets = self.load()?;
        if secrets.remove(name).is_none() {
            return Ok(false);
        }
        if secrets.is_empty() {
            fs::remove_file(&self.path).map_err(|error| self.unreadable(error.to_string()))?;
        } else {
            self.save(&secrets)?;
        }
        Ok(true)
    }
}

//! Secrets handed to the service by systemd (`LoadCredential=`), one file per name in a folder only Pult can read.
//!
//! Deliberately not here: checks of rights, which systemd sets.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Secret, SecretError, SecretName, SecretSource, Source};

/// Variable in which systemd names the folder.
pub(super) const FOLDER_VARIABLE: &str = "CREDENTIALS_DIRECTORY";

pub(super) struct Credentials {
    folder: PathBuf,
}

impl Credentials {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}

impl Source for Credentials {
    fn kind(&self) -> SecretSource {
        SecretSource::Credentials
    }

    fn get(&self, name: &SecretName) -> Result<Option<Secret>, SecretError> {
        let path = self.folder.join(name.as_str());
        let mut text = Zeroizing::new(String::new());
        let limit = Secret::LARGEST as u64 + 2;
        match File::open(&path).and_then(|file| file.take(limit).read_to_string(&mut text)) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(&path, &format!("{error}; check LoadCredential= of the service"))),
        }
        // Editors and `echo` end a file with a line break that is not part of the secret.
        let text = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
        Secret::new(text).map(Some).map_err(|error| unreadable(&path, &error.to_string()))
    }

    fn names(&self) -> Result<Vec<SecretName>, SecretError> {
        let read = match fs::read_dir(&self.folder) {
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(&self.folder, &error.to_string())),
        };
        // Files that are not named like secrets are meant for something else.
        let files = read.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        Ok(files.filter_map(|file| file.parse().ok()).collect())
    }
}

fn unreadable(path: &Path, reason: &str) -> SecretError {
    SecretError::Unreadable { place: path.display().to_string(), reason: reason.to_owned() }
}

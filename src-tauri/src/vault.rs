//! Where a desktop keeps its secrets: the keyring of the person's session, or a file when that is what there is.
//!
//! The choice is made once for a data folder and remembered in it, because secrets kept in a keyring that is away today
//! would seem to be gone, and a second set in a file would take their place. Deliberately not here: the stores
//! themselves (the engine's).

use std::{io, path::Path};

use pult_engine::secrets::{SecretError, SecretStore};

use crate::app::Note;

/// The file that the engine's file store makes; a folder that has one keeps its secrets there.
const FILE: &str = "secrets.toml";
/// Says that this folder's secrets are in the keyring.
const MARK: &str = "secrets-are-in-the-keyring";

/// Why there are no secrets.
#[derive(Debug)]
pub(crate) enum VaultError {
    /// They are in a keyring that does not answer today.
    Away(SecretError),
    /// The choice could not be written down.
    Mark(io::Error),
}

/// Opens the store of a data folder. Blocks until the keyring answers. The note is for the person, when there is something
/// to say.
///
/// # Errors
/// [`VaultError::Away`]: ask the person, then [`give_up_keyring`] and ask again, or end.
pub(crate) fn open(folder: &Path) -> Result<(SecretStore, Option<Note>), VaultError> {
    let file = || SecretStore::with_file(folder, |name| std::env::var_os(name));
    if folder.join(FILE).exists() {
        tracing::info!(file = %folder.join(FILE).display(), "secrets are kept in a file");
        return Ok((file(), None));
    }
    let marked = folder.join(MARK).exists();
    match SecretStore::with_keyring(|name| std::env::var_os(name)) {
        Ok(store) => {
            if !marked {
                remember(folder).map_err(VaultError::Mark)?;
            }
            tracing::info!("secrets are kept in the session's keyring");
            Ok((store, None))
        }
        Err(error) if marked => Err(VaultError::Away(error)),
        Err(error) => {
            tracing::warn!(%error, file = %folder.join(FILE).display(), "no keyring here: secrets are kept in a file for its owner only");
            Ok((file(), Some(Note::SecretsInFile(folder.join(FILE)))))
        }
    }
}

/// Forgets that secrets were in a keyring; from now on they are kept in a file and have to be set again.
///
/// # Errors
/// When the mark cannot be removed.
pub(crate) fn give_up_keyring(folder: &Path) -> io::Result<()> {
    std::fs::remove_file(folder.join(MARK))
}

fn remember(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(MARK), "")
}

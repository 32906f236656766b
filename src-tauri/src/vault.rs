//! Where a desktop keeps its secrets: the keyring of the person's session, or a file when that is what there is.
//!
//! The choice is made once for a data folder and remembered in it, because secrets kept in a keyring that is away today
//! would seem to be gone, and a second set in a file would take their place. Deliberately not here: the stores
//! themselves (the engine's).

use std::{io, path::Path};

use anyhow::{Context as _, bail};
use pult_engine::secrets::{Secret, SecretError, SecretStore};

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
    let file = || in_file(folder);
    if folder.join(FILE).exists() {
        tracing::info!(file = %folder.join(FILE).display(), "secrets are kept in a file");
        return Ok((file(), None));
    }
    let marked = folder.join(MARK).exists();
    let opened = SecretStore::with_keyring(|name| std::env::var_os(name));
    // One that answers may still keep nothing, for instance when nobody ever gave it a password.
    let usable = if marked { opened } else { opened.and_then(try_out) };
    match usable {
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

/// The secrets of a data folder for a command without a window: nobody can be asked, so a keyring that is away ends it.
///
/// # Errors
/// When the secrets are in a keyring that does not answer, or the folder cannot be used.
pub(crate) fn for_commands(folder: &Path) -> anyhow::Result<SecretStore> {
    match open(folder) {
        Ok((store, _)) => Ok(store),
        Err(VaultError::Mark(error)) => Err(error).with_context(|| format!("{} cannot be used", folder.display())),
        Err(VaultError::Away(error)) => {
            bail!(
                "the keyring that holds the secrets does not answer: unlock it in your session and try again ({error})"
            )
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

/// The store of a data folder as a file for its owner only.
pub(crate) fn in_file(folder: &Path) -> SecretStore {
    SecretStore::with_file(folder, |name| std::env::var_os(name))
}

/// Keeps something and forgets it again. The keyring may ask the person for its password here.
fn try_out(store: SecretStore) -> Result<SecretStore, SecretError> {
    let name = "window.trial".parse()?;
    store.set(&name, &Secret::new("trial".to_owned())?)?;
    store.remove(&name)?;
    Ok(store)
}

fn remember(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(folder.join(MARK), "")
}

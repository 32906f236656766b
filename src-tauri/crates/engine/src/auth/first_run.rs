//! The first administrator: whoever can read the data folder may make one, once.
//!
//! Until somebody has an account, a code lies in a file that only the owner of the data folder can read; the console asks for
//! it. Deliberately not here: the screen that asks, and `pultd user add`, which needs no code.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use data_encoding::BASE32_NOPAD;
use pult_domain::Instant;
use pult_store::{
    Store, StoreError,
    people::{self, PersonId, Profile, Rights, Role},
};
use rand::RngCore;
use serde_json::json;
use subtle::ConstantTimeEq;

use super::{
    accounts::{self, AccountError},
    password::Passwords,
    role::{Actor, Via},
};

/// The file within the data folder.
pub const FILE: &str = "setup-code";

/// Why there is no first administrator yet.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    /// The code is not the one in the file.
    #[error("this is not the code in the file {FILE} of the data folder")]
    WrongCode,
    /// Somebody has an account: sign in.
    #[error("Pult is set up already: sign in")]
    Done,
    /// The file cannot be written or read.
    #[error("the set-up code in {} cannot be used: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The account is not as it must be.
    #[error(transparent)]
    Account(#[from] AccountError),
}

impl From<StoreError> for SetUpError {
    fn from(error: StoreError) -> Self {
        Self::Account(error.into())
    }
}

/// Makes sure that the code lies ready when nobody has an account, and that none lies about when somebody has. Says where it
/// is: at start the engine tells the person who started it, never what it says.
///
/// # Errors
/// When the file or the store fails.
pub async fn prepare(store: &Store) -> Result<Option<PathBuf>, SetUpError> {
    let path = store.folder().join(FILE);
    if store.read(people::any).await? {
        remove(&path)?;
        return Ok(None);
    }
    match write_code(&path) {
        Ok(()) => {}
        // The one of the last start still holds, unless it was cut short.
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
            if read_code(&path)?.is_empty() {
                remove(&path)?;
                write_code(&path).map_err(|source| SetUpError::File { path: path.clone(), source })?;
            }
        }
        Err(source) => return Err(SetUpError::File { path, source }),
    }
    Ok(Some(path))
}

/// Makes the first administrator. Afterwards the code is worth nothing.
///
/// # Errors
/// As [`SetUpError`] says.
pub async fn create_admin(
    store: &Store,
    passwords: &Passwords,
    code: &str,
    first: FirstAdmin,
    now: Instant,
) -> Result<PersonId, SetUpError> {
    if store.read(people::any).await? {
        return Err(SetUpError::Done);
    }
    let path = store.folder().join(FILE);
    let wanted = read_code(&path)?;
    // As a person copies it: with or without dashes, in either size.
    let given: String = code.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
    if wanted.is_empty() || !bool::from(given.as_bytes().ct_eq(wanted.as_bytes())) {
        return Err(SetUpError::WrongCode);
    }
    let profile = Profile { full_name: first.full_name, email: first.email, ..Profile::default() };
    accounts::check(&first.login, &profile)?;
    let hash = passwords.hash(&first.password).await.map_err(AccountError::from)?;
    let actor = Actor {
        person: None,
        login: first.login.trim().to_owned(),
        rights: Rights::of(Role::Admin),
        via: Via::LocalWindow,
        address: first.address,
    };
    let made = store
        .write(move |c| {
            // Two at once: the second finds somebody there.
            if people::any(c)? {
                return Ok(None);
            }
            let id = people::insert(c, &actor.login, &profile, &actor.rights, now)?;
            people::set_password(c, id, Some(&hash))?;
            actor.note(c, "person.first_admin", &id.object(), json!({ "login": actor.login }), now)?;
            Ok(Some(id))
        })
        .await?;
    let id = made.ok_or(SetUpError::Done)?;
    remove(&path)?;
    Ok(id)
}

/// The first administrator as they describe themselves.
#[derive(Clone, PartialEq, Eq)]
pub struct FirstAdmin {
    /// What they will sign in with.
    pub login: String,
    /// Their name.
    pub full_name: String,
    /// Their address, when they give one.
    pub email: Option<String>,
    /// Their password.
    pub password: String,
    /// Where they are.
    pub address: String,
}

/// Writes a fresh code for its owner's eyes only, unless a file is there.
fn write_code(path: &Path) -> io::Result<()> {
    let mut bytes = [0; 15];
    rand::rng().fill_bytes(&mut bytes);
    let code = BASE32_NOPAD.encode(&bytes);
    let grouped: Vec<&str> = (0..code.len()).step_by(4).map(|at| &code[at..at + 4]).collect();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{}", grouped.join("-"))?;
    file.sync_all()
}

fn read_code(path: &Path) -> Result<String, SetUpError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text.chars().filter(char::is_ascii_alphanumeric).collect()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(source) => Err(SetUpError::File { path: path.to_owned(), source }),
    }
}

fn remove(path: &Path) -> Result<(), SetUpError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(source) => Err(SetUpError::File { path: path.to_owned(), source }),
    }
}

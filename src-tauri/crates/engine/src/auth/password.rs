//! Passwords: Argon2id, never on a thread that serves others, never many at once.
//!
//! Deliberately not here: who may try, and how often (`sign_in`).

use std::sync::{Arc, OnceLock};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

/// The shortest password accepted, characters.
pub const SHORTEST: usize = 10;
/// The longest password looked at, characters (contracts/erp_auth 2).
pub const LONGEST: usize = 256;

/// Memory of one hash, KiB; with [`ROUNDS`] the parameters OWASP names first for Argon2id on small machines.
const MEMORY_KIB: u32 = 19 * 1024;
const ROUNDS: u32 = 2;
/// Hashes waiting for their turn at most. At a few dozen a second this is about a second of waiting.
const QUEUE: usize = 64;

/// Why a password was not taken or not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Choose a longer one.
    #[error("a password has at least {SHORTEST} characters")]
    TooShort,
    /// Choose a shorter one.
    #[error("a password has at most {LONGEST} characters")]
    TooLong,
    /// Too many sign-ins at once: try again in a moment.
    #[error("too many sign-ins at once")]
    Busy,
    /// A defect.
    #[error("the password could not be hashed")]
    Failed,
}

/// Hashes and checks passwords. Clones share one queue, so that a storm of sign-ins costs bounded memory: 19 MiB for each
/// processor, however many ask.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    queue: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        Self { turns: Arc::new(Semaphore::new(processors)), queue: Arc::new(Semaphore::new(QUEUE + processors)) }
    }
}

impl Passwords {
    /// Hashes a new password with a salt of its own.
    ///
    /// # Errors
    /// When the password is too short or too long, or too many wait.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let length = password.chars().count();
        if length < SHORTEST {
            return Err(PasswordError::TooShort);
        }
        if length > LONGEST {
            return Err(PasswordError::TooLong);
        }
        let password = password.to_owned();
        self.turn(move || hash_now(&password)).await?
    }

    /// Hashes a password that another system found right, however short: its length was theirs to judge.
    ///
    /// # Errors
    /// When it is too long, or too many wait.
    pub async fn remember(&self, password: &str) -> Result<String, PasswordError> {
        if password.chars().count() > LONGEST {
            return Err(PasswordError::TooLong);
        }
        let password = password.to_owned();
        self.turn(move || hash_now(&password)).await?
    }

    /// Whether a password fits a hash. Without a hash it never does, after as much work as if there were one: the time
    /// taken does not tell which logins exist.
    ///
    /// # Errors
    /// When too many wait.
    pub async fn fits(&self, password: &str, hash: Option<&str>) -> Result<bool, PasswordError> {
        // Longer than anything ever accepted: it costs the same work, on a part of it.
        let too_long = password.chars().count() > LONGEST;
        let (password, hash) =
            (password.chars().take(LONGEST).collect::<String>(), hash.filter(|_| !too_long).map(str::to_owned));
        self.turn(move || fits_now(&password, hash.as_deref())).await?
    }

    /// One whose queue is full, for tests of what needs a hash.
    #[cfg(test)]
    pub(super) fn full() -> Self {
        Self { turns: Arc::new(Semaphore::new(0)), queue: Arc::new(Semaphore::new(0)) }
    }

    async fn turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let place = self.queue.clone().try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, place));
            done
        })
        .await
        .map_err(|_| PasswordError::Failed)
    }
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, ROUNDS, 1, None).map_err(|_| PasswordError::Failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Result<String, PasswordError> {
    let hash: PasswordHash = argon2()?.hash_password(password.as_bytes()).map_err(|_| PasswordError::Failed)?;
    Ok(hash.to_string())
}

fn fits_now(password: &str, hash: Option<&str>) -> Result<bool, PasswordError> {
    /// The hash of a password nobody has, made once.
    static NOBODY: OnceLock<String> = OnceLock::new();
    let (hash, somebody) = match hash {
        Some(hash) => (hash.to_owned(), true),
        None => (
            match NOBODY.get() {
                Some(hash) => hash.clone(),
                None => {
                    let made = hash_now(&super::token::random())?;
                    NOBODY.get_or_init(|| made).clone()
                }
            },
            false,
        ),
    };
    let hash = PasswordHash::new(&hash).map_err(|_| PasswordError::Failed)?;
    Ok(argon2()?.verify_password(password.as_bytes(), &hash).is_ok() && somebody)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let passwords = Passwords::default();
        let (first, second) =
            (passwords.hash("сложный \"пароль\"").await.unwrap(), passwords.hash("сложный \"пароль\"").await.unwrap());
        assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{first}");
        assert_ne!(first, second, "each has a salt of its own");
        assert!(passwords.fits("сложный \"пароль\"", Some(&first)).await.unwrap());
        assert!(!passwords.fits("сложный \"парол\"", Some(&first)).await.unwrap());
        assert!(!passwords.fits("", Some(&first)).await.unwrap());
        assert!(!passwords.fits("anything", None).await.unwrap());
        assert_eq!(passwords.fits("x", Some("rubbish")).await, Err(PasswordError::Failed));
    }

    #[tokio::test]
    async fn length_is_counted_in_characters() {
        let passwords = Passwords::default();
        assert_eq!(passwords.hash("девять999").await, Err(PasswordError::TooShort));
        assert_eq!(passwords.hash(&"я".repeat(257)).await, Err(PasswordError::TooLong));
        let longest = "я".repeat(256);
        let hash = passwords.hash(&longest).await.unwrap();
        assert!(passwords.fits(&longest, Some(&hash)).await.unwrap());
        assert!(!passwords.fits(&format!("{longest}x"), Some(&hash)).await.unwrap(), "never by its beginning");
    }

    #[tokio::test]
    async fn a_storm_is_turned_away_and_not_piled_up() {
        let passwords = Passwords { turns: Arc::new(Semaphore::new(0)), queue: Arc::new(Semaphore::new(1)) };
        let waiting = tokio::spawn({
            let passwords = passwords.clone();
            async move { passwords.fits("x", None).await }
        });
        while passwords.queue.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(passwords.fits("x", None).await, Err(PasswordError::Busy));
        passwords.turns.add_permits(1);
        assert_eq!(waiting.await.unwrap(), Ok(false));
    }
}

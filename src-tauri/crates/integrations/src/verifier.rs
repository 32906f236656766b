//! A register of people that says whether a password is theirs, asked while somebody waits at the door.
//!
//! Deliberately not here: what follows from its word, and how long it is good for (the engine's).

use async_trait::async_trait;

/// What the register knows of somebody whose password is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// What they sign in with, as the register writes it.
    pub login: String,
    /// Their name; may be empty.
    pub full_name: String,
    /// Their address; may be empty.
    pub email: String,
    /// Where they sit; absent where the register does not say, as the following.
    pub office: Option<String>,
    /// Their department.
    pub department: Option<String>,
    /// What they are.
    pub position: Option<String>,
    /// Their telephone.
    pub phone: Option<String>,
}

/// What the register says of a login and a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// The password is theirs.
    Right(Box<Member>),
    /// Wrong login or password; which of them is not told.
    Wrong,
    /// They are kept out, whatever the password.
    Blocked,
}

/// What is wrong where the register says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// It does not know us: the token is wrong or not set.
    Token,
    /// Its address or another setting is wrong.
    Setup,
    /// What it answers is no answer of a register.
    Answer,
    /// It is not reached, or failed.
    Away,
    /// It was not asked: it wants to be left alone for a while, or others are being asked about.
    NotAsked,
}

/// That the register said nothing about the password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Unavailable {
    /// What is wrong.
    pub silence: Silence,
    /// What was seen: never a word of what was sent or answered.
    pub detail: String,
    /// Whether it will be so until somebody looks after it, as far as can be told.
    pub lasting: bool,
}

/// A register of people that can be asked.
#[async_trait]
pub trait Verifier: Send + Sync {
    /// Asks once whether the password is theirs. Within seconds, whatever the register does.
    ///
    /// # Errors
    /// When it did not say.
    async fn verify(&self, login: &str, password: &str) -> Result<Verified, Unavailable>;
}

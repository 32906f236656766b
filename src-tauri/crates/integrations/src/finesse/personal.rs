//! A person's own connection: showing that the password is right, and who they are.
//!
//! Deliberately not here: keeping the password (the engine's) and the state requests made with it (`delivery`).

use pult_domain::{Instant, areas::floor::OperatorReport};
use serde::Serialize;

use super::{Finesse, attempts::WARN_AT, client::As, trouble::Trouble};

/// A person as the server knows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OwnUser {
    /// What everybody may see.
    pub report: OperatorReport,
    /// Whether they may ask for other people's states.
    pub supervisor: bool,
    /// The team they belong to.
    pub team: Option<String>,
}

/// Why a person is not signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefusal {
    /// The user id or the password is wrong.
    #[error("wrong user id or password")]
    Wrong {
        /// How often in a row.
        tries: u32,
        /// One or two more will lock the account.
        warn: bool,
    },
    /// Wrong too often; the server would lock the account.
    #[error("blocked until {until}")]
    Blocked {
        /// When the next try is allowed.
        until: Instant,
    },
    /// Nobody of that id.
    #[error("no such user")]
    Unknown,
    /// The server could not say.
    #[error("{detail}")]
    NotAsked {
        /// A code of the console's texts.
        cause: String,
        /// What was seen.
        detail: String,
    },
}

impl Finesse {
    /// Shows an account's password to the server, once.
    ///
    /// # Errors
    /// Why it was not taken, or not shown.
    pub async fn sign_in(&self, id: &str, password: &str) -> Result<OwnUser, SignInRefusal> {
        let attempts = &self.client.attempts;
        if let Some(until) = attempts.blocked(id, (self.clock)()) {
            return Err(SignInRefusal::Blocked { until });
        }
        let not_asked =
            |trouble: &Trouble| SignInRefusal::NotAsked { cause: trouble.cause(), detail: trouble.to_string() };
        let Some(node) = self.cluster.current() else { return Err(not_asked(&Trouble::NotFound)) };
        if id.is_empty() || id.contains(':') || password.is_empty() {
            // Basic authentication cannot even say such an id.
            return Err(SignInRefusal::Unknown);
        }
        match self.client.own(&node, As::Typed(id, password)).await.1 {
            Ok((_, user)) => Ok(OwnUser {
                supervisor: user.supervises(),
                team: user.team.and_then(|team| team.name),
                report: user.report,
            }),
            Err(Trouble::WrongPassword) => {
                let tries = attempts.count(id);
                Err(SignInRefusal::Wrong { tries, warn: tries >= WARN_AT })
            }
            Err(Trouble::NotFound) => Err(SignInRefusal::Unknown),
            Err(trouble) => Err(not_asked(&trouble)),
        }
    }
}

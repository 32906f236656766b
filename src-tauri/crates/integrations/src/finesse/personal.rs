//! A person's own connection: showing that the password is right, and who they are.
//!
//! Deliberately not here: keeping the password (the engine's) and the state requests made with it (`delivery`).

use async_trait::async_trait;

use crate::{Accounts, OwnUser, SignInRefusal};

use super::{Finesse, attempts::BLOCK_AT, client::As, trouble::Trouble};

#[async_trait]
impl Accounts for Finesse {
    async fn sign_in(&self, id: &str, password: &str) -> Result<OwnUser, SignInRefusal> {
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
                Err(SignInRefusal::Wrong { tries, left: BLOCK_AT.saturating_sub(tries) })
            }
            Err(Trouble::NotFound) => Err(SignInRefusal::Unknown),
            Err(trouble) => Err(not_asked(&trouble)),
        }
    }

    fn is_good(&self, id: &str) -> bool {
        self.client.secret(As::Person(id)).is_ok()
    }

    fn secret_of(&self, id: &str) -> String {
        secret_name(id)
    }
}

/// Secrets have small letters and digits in their names; ids may have anything.
pub(super) fn secret_name(account: &str) -> String {
    let mut name = "finesse.account.".to_owned();
    for byte in account.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' => name.push(char::from(byte)),
            _ => name.push_str(&format!("_{byte:02x}")),
        }
    }
    name
}

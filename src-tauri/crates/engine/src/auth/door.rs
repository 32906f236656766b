//! What stands behind the door: the database, the passwords, the staff register, and who is told what changed.
//!
//! Deliberately not here: who comes in (`sign_in`, `register`).

use std::sync::Arc;

use pult_domain::Area;
use pult_integrations::Shared;
use pult_store::{Connection, Store, StoreError, sign_ins};

use super::{
    password::{PasswordError, Passwords},
    register,
    sign_in::{Attempt, SignInError, SignedIn, sign_in},
};
use crate::{Engine, aftermath::Aftermath, decide::Decided, terms::Terms};

/// What stands behind the door.
pub struct Door<'e> {
    /// The database.
    pub store: &'e Store,
    /// Who compares passwords.
    pub passwords: &'e Passwords,
    /// Who is told what changed.
    pub aftermath: &'e Aftermath,
    /// What decisions go by.
    pub terms: Arc<Terms>,
    /// The staff register, where one is asked.
    pub register: Option<Register>,
}

/// The staff register as this house asks it.
pub struct Register {
    /// The integration, which has a verifier.
    pub integration: Shared,
    /// Whether somebody it knows and we do not gets an account.
    pub makes_accounts: bool,
}

/// What a decision changed that others see.
pub(super) struct Seen {
    /// What it goes by.
    pub(super) terms: Arc<Terms>,
    /// Accounts.
    pub(super) people: bool,
    /// Notices, and what is owed for them.
    pub(super) noticed: Vec<Decided>,
}

impl Door<'_> {
    /// Decides in one transaction and tells what it changed.
    pub(super) async fn decide<T: Send + 'static>(
        &self,
        decision: impl FnOnce(&Connection, &mut Seen) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let terms = Arc::clone(&self.terms);
        let decided = self.store.write(move |c| {
            let mut seen = Seen { terms, people: false, noticed: vec![] };
            let decided = decision(c, &mut seen)?;
            Ok((decided, seen))
        });
        let (decided, seen) = decided.await?;
        if seen.people {
            self.aftermath.bus().changed(Area::People, vec![]);
        }
        self.aftermath.tell(&seen.noticed);
        Ok(decided)
    }

    /// Nothing was found out about the password: the try does not count.
    pub(super) async fn not_looked_at(&self, attempt: Attempt, error: PasswordError) -> Result<SignedIn, SignInError> {
        if error != PasswordError::Busy {
            tracing::error!(%error, "a stored password cannot be checked");
            return Err(SignInError::WrongPassword);
        }
        self.store.write(move |c| sign_ins::forgive(c, &attempt.login)).await?;
        Err(SignInError::Busy)
    }
}

impl Engine {
    /// Lets somebody in, or says why not.
    ///
    /// # Errors
    /// As [`SignInError`] says.
    pub async fn sign_in(&self, attempt: Attempt) -> Result<SignedIn, SignInError> {
        let door = Door {
            store: self.store(),
            passwords: self.passwords(),
            aftermath: &self.parts.aftermath,
            terms: self.registry().terms(),
            register: self.register(),
        };
        sign_in(&door, attempt, self.clock().now()).await
    }

    /// The staff register, where one is asked.
    pub(crate) fn register(&self) -> Option<Register> {
        let makes_accounts = self.config().integrations.staff.auto_create;
        let asked = self.registry().all().into_iter().find(|integration| integration.verifier().is_some());
        asked.map(|integration| Register { integration, makes_accounts })
    }

    /// A person has seen that the register works: the alert ends.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) async fn register_works(&self) -> Result<(), StoreError> {
        let (now, terms) = (self.clock().now(), self.registry().terms());
        let ended = self.store().write(move |c| register::works(c, now, &terms)).await?;
        self.tell(&[ended]);
        Ok(())
    }
}

//! The one table of users that REST and the notification service ask. Five wrong passwords in a row lock an account for
//! five minutes; REST counts them, the notification service only looks.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

/// Wrong passwords that lock.
const ATTEMPTS: u32 = 5;
const LOCKED_FOR: SignedDuration = SignedDuration::from_mins(5);

/// The accounts.
pub struct Accounts {
    table: Mutex<HashMap<String, Account>>,
}

struct Account {
    password: String,
    wrong: u32,
    locked_until: Option<Timestamp>,
}

impl Accounts {
    /// These ids, all with one password.
    pub fn new(ids: impl IntoIterator<Item = String>, password: &str) -> Self {
        let account = || Account { password: password.to_owned(), wrong: 0, locked_until: None };
        Self { table: Mutex::new(ids.into_iter().map(|id| (id, account())).collect()) }
    }

    /// Whether this is the password of an account that is not locked; a wrong one is counted.
    pub fn sign_in(&self, id: &str, password: &str, now: Timestamp) -> bool {
        let mut table = self.table();
        let Some(account) = table.get_mut(id) else { return false };
        if account.is_locked(now) {
            return false;
        }
        account.locked_until = None;
        if account.password == password {
            account.wrong = 0;
            return true;
        }
        account.wrong += 1;
        if account.wrong >= ATTEMPTS {
            account.wrong = 0;
            account.locked_until = now.checked_add(LOCKED_FOR).ok();
        }
        false
    }

    /// The same for the local part of an address, whose case is folded; nothing is counted.
    pub fn sign_in_stream(&self, local: &str, password: &str, now: Timestamp) -> Option<String> {
        let table = self.table();
        let (id, account) = table.iter().find(|(id, _)| id.eq_ignore_ascii_case(local))?;
        (!account.is_locked(now) && account.password == password).then(|| id.clone())
    }

    /// Gives an account another password; `false` when there is none of this id.
    pub fn set_password(&self, id: &str, password: &str) -> bool {
        self.table().get_mut(id).map(|account| account.password = password.to_owned()).is_some()
    }

    fn table(&self) -> MutexGuard<'_, HashMap<String, Account>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Account {
    fn is_locked(&self, now: Timestamp) -> bool {
        self.locked_until.is_some_and(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_passwords_lock_for_five_minutes() {
        let accounts = Accounts::new(["70400".to_owned()], "right");
        let now = Timestamp::UNIX_EPOCH;
        for _ in 0..4 {
            assert!(!accounts.sign_in("70400", "wrong", now));
        }
        assert!(accounts.sign_in("70400", "right", now), "four in a row do not lock");
        for _ in 0..5 {
            assert!(!accounts.sign_in("70400", "wrong", now));
        }
        assert!(!accounts.sign_in("70400", "right", now + SignedDuration::from_secs(299)));
        assert!(accounts.sign_in_stream("70400", "right", now).is_none());
        assert!(accounts.sign_in("70400", "right", now + SignedDuration::from_mins(5)));
    }

    #[test]
    fn a_stream_folds_the_case_of_an_id_and_rest_does_not() {
        let accounts = Accounts::new(["AKedrov".to_owned()], "right");
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(accounts.sign_in_stream("akedrov", "right", now).as_deref(), Some("AKedrov"));
        assert!(!accounts.sign_in("akedrov", "right", now));
    }
}

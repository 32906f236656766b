//! The staff file: people's profiles and blocks as the staff register has them (contracts/erp_auth 4).
//!
//! Deliberately not here: reading the file and the form of its cells (the engine's), roles and passwords (the file has none).

use std::collections::{HashMap, HashSet};

use pult_domain::{Instant, NoticeClass};
use rusqlite::Connection;
use serde::Serialize;
use ts_rs::TS;

use crate::{
    StoreError, notices,
    people::{self, BlockedBy, PersonId, PersonRow, Profile, Rights, Role, folded},
};

/// A row of the staff file, its cells already of their form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffRow {
    /// Its number, the first under the header being 1.
    pub row: u64,
    /// Whose.
    pub login: String,
    /// As it is to be shown.
    pub full_name: String,
    /// Their address.
    pub email: String,
    /// `None` where the file has no such column; an empty cell clears.
    pub office: Option<Option<String>>,
    /// As `office`.
    pub department: Option<Option<String>>,
    /// As `office`.
    pub position: Option<Option<String>>,
    /// As `office`.
    pub phone: Option<Option<String>>,
    /// As `office`.
    pub vpn: Option<Option<bool>>,
    /// As `office`; `YYYY-MM-DD`.
    pub vpn_end_date: Option<Option<String>>,
    /// Whether news of tickets go to their messenger as well; `None` where the file does not say.
    pub duplicates: Option<bool>,
    /// Whether the register keeps them out; `None` where the file does not say.
    pub blocked: Option<bool>,
}

/// What a staff file comes to, or would come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct StaffOutcome {
    /// Accounts made.
    pub added: u32,
    /// Accounts changed, blocks given and lifted among them.
    pub changed: u32,
    /// Accounts that were as in the file already.
    pub same: u32,
    /// Accounts, new ones among them, that the file blocks and nothing blocked before.
    pub blocked: u32,
    /// Accounts whose block of the register is lifted.
    pub unblocked: u32,
    /// Rows not taken: number and reason.
    #[ts(type = "Array<[number, string]>")]
    pub rejected: Vec<(u64, String)>,
}

/// A row that will be taken, with the account it is about.
struct Accepted<'r> {
    row: &'r StaffRow,
    known: Option<PersonRow>,
}

/// Says what the rows would come to, and writes nothing.
///
/// # Errors
/// When the accounts cannot be read.
pub fn preview(connection: &Connection, rows: &[StaffRow]) -> Result<StaffOutcome, StoreError> {
    let (accepted, mut outcome) = judge(connection, rows)?;
    for one in &accepted {
        outcome.count(one);
    }
    Ok(outcome)
}

/// Writes the rows that can be taken. Whoever is blocked loses their sessions; roles stay, new people become viewers, people
/// the file does not name stay as they are. Names the people it blocked or let in again.
///
/// # Errors
/// When it cannot be written; the whole transaction should be given up then.
pub fn apply(
    connection: &Connection,
    rows: &[StaffRow],
    now: Instant,
) -> Result<(StaffOutcome, Vec<(PersonId, bool)>), StoreError> {
    let (accepted, mut outcome) = judge(connection, rows)?;
    // Two people may swap addresses: all that move are taken away before any is given.
    for one in &accepted {
        if let Some(known) = &one.known
            && known.profile.email.as_deref().map(folded) != Some(folded(&one.row.email))
        {
            let bare = Profile { email: None, ..known.profile.clone() };
            people::set_profile(connection, known.id, &bare)?;
        }
    }
    let mut doors = Vec::new();
    for one in &accepted {
        outcome.count(one);
        let profile = one.profile();
        let id = match &one.known {
            None => people::insert(connection, &one.row.login, &profile, &Rights::of(Role::Viewer), now)?,
            Some(known) => {
                if profile != known.profile {
                    people::set_profile(connection, known.id, &profile)?;
                }
                known.id
            }
        };
        // What somebody settled themselves is theirs.
        if one.row.duplicates == Some(true) {
            notices::want_duplicates(connection, one.login(), NoticeClass::Ticket)?;
        }
        if one.blocks() {
            people::block(connection, id, BlockedBy::Staff)?;
            doors.push((id, true));
        } else if one.unblocks() {
            people::unblock(connection, id, BlockedBy::Staff)?;
            doors.push((id, false));
        }
    }
    Ok((outcome, doors))
}

impl StaffOutcome {
    fn count(&mut self, one: &Accepted<'_>) {
        self.blocked += u32::from(one.blocks());
        self.unblocked += u32::from(one.unblocks());
        match &one.known {
            None => self.added += 1,
            Some(known) if one.blocks() || one.unblocks() || one.profile() != known.profile => self.changed += 1,
            Some(_) => self.same += 1,
        }
    }
}

impl Accepted<'_> {
    /// As it is spelt in the account.
    fn login(&self) -> &str {
        self.known.as_ref().map_or(self.row.login.trim(), |known| &known.login)
    }

    fn blocks(&self) -> bool {
        self.row.blocked == Some(true) && self.known.as_ref().is_none_or(|k| k.blocked_by.is_none())
    }

    fn unblocks(&self) -> bool {
        self.row.blocked == Some(false) && self.known.as_ref().is_some_and(|k| k.blocked_by == Some(BlockedBy::Staff))
    }

    /// The account's profile with what the file says of it.
    fn profile(&self) -> Profile {
        let before = self.known.as_ref().map(|k| k.profile.clone()).unwrap_or_default();
        let row = self.row;
        Profile {
            full_name: row.full_name.clone(),
            email: Some(row.email.clone()),
            office: row.office.clone().unwrap_or(before.office),
            department: row.department.clone().unwrap_or(before.department),
            position: row.position.clone().unwrap_or(before.position),
            phone: row.phone.clone().unwrap_or(before.phone),
            vpn: row.vpn.unwrap_or(before.vpn),
            vpn_end_date: row.vpn_end_date.clone().unwrap_or(before.vpn_end_date),
        }
    }
}

/// Tells the rows that can be taken from those that cannot.
fn judge<'r>(connection: &Connection, rows: &'r [StaffRow]) -> Result<(Vec<Accepted<'r>>, StaffOutcome), StoreError> {
    let mut outcome = StaffOutcome::default();
    let (mut logins, mut emails) = (HashMap::new(), HashMap::new());
    let mut accepted: Vec<Accepted<'r>> = Vec::new();
    for row in rows {
        // The first row of a login or an address counts; later ones contradict it.
        if let Some(first) = logins.get(&folded(&row.login)) {
            outcome.rejected.push((row.row, format!("login: also in row {first}")));
            continue;
        }
        if let Some(first) = emails.get(&folded(&row.email)) {
            outcome.rejected.push((row.row, format!("email: also in row {first}")));
            continue;
        }
        logins.insert(folded(&row.login), row.row);
        emails.insert(folded(&row.email), row.row);
        accepted.push(Accepted { row, known: people::find(connection, &row.login)? });
    }
    accepted = keep_an_admin(connection, accepted, &mut outcome)?;
    // A row that is turned away keeps its person's old address, which may in turn be in another row's way.
    loop {
        let freed: HashSet<PersonId> = accepted.iter().filter_map(|a| a.known.as_ref().map(|k| k.id)).collect();
        let before = accepted.len();
        let mut kept = Vec::with_capacity(before);
        for one in accepted {
            let owner = people::find_by_email(connection, &one.row.email)?;
            let own = one.known.as_ref().map(|k| k.id);
            match owner.filter(|o| Some(*o) != own && !freed.contains(o)) {
                Some(_) => outcome.rejected.push((one.row.row, "email: somebody else has it".to_owned())),
                None => kept.push(one),
            }
        }
        accepted = kept;
        if accepted.len() == before {
            break;
        }
    }
    outcome.rejected.sort();
    Ok((accepted, outcome))
}

/// Turns away blocks that would leave nobody to administer Pult.
fn keep_an_admin<'r>(
    connection: &Connection,
    accepted: Vec<Accepted<'r>>,
    outcome: &mut StaffOutcome,
) -> Result<Vec<Accepted<'r>>, StoreError> {
    let mut admins = people::count_admins(connection)?;
    let mut kept = Vec::with_capacity(accepted.len());
    for one in accepted {
        if one.blocks() && one.known.as_ref().is_some_and(|k| k.rights.role == Role::Admin) {
            if admins <= 1 {
                outcome.rejected.push((one.row.row, "auth_period_type: would block the last administrator".to_owned()));
                continue;
            }
            admins -= 1;
        }
        kept.push(one);
    }
    Ok(kept)
}

#[cfg(test)]
mod tests;

//! Every row of the contract's table of answers, with a register that says what the test wants.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use pult_domain::Area;
use pult_integrations::{CheckStep, Integration, ParseError, Parsed, StoredRequest, Verifier};
use pult_store::{
    Store,
    audit::{self, AuditFilter},
    notices::{self, Eyes, Filter, Which},
    people::{PersonId, PersonRow, Profile, Rights, Role},
    staff::{self, StaffRow},
};
use tempfile::TempDir;

use super::*;
use crate::{
    aftermath::Aftermath,
    auth::{
        Actor, Attempt, Passwords,
        accounts::{self, Changes, NewAccount},
        session, sign_in,
    },
    bus::Change,
    config::Config,
    terms::{Pages, Terms},
};

/// Shorter than ours may be: its length was the register's to judge.
const PASSWORD: &str = "верный";

type Said = Result<Verified, Unavailable>;

/// A register that says this, one word after the other, and then that it is away.
#[derive(Default)]
struct Fake {
    script: Mutex<VecDeque<Said>>,
    asked: Mutex<Vec<(String, String)>>,
}

#[async_trait]
impl Integration for Fake {
    fn name(&self) -> &'static str {
        "register"
    }

    fn parse(&self, _: &StoredRequest, _: Instant) -> Result<Parsed, ParseError> {
        unreachable!("it sends nothing")
    }

    fn verifier(&self) -> Option<&dyn Verifier> {
        Some(self)
    }

    async fn check(&self) -> Vec<CheckStep> {
        vec![]
    }
}

#[async_trait]
impl Verifier for Fake {
    async fn verify(&self, login: &str, password: &str) -> Said {
        self.asked.lock().unwrap().push((login.to_owned(), password.to_owned()));
        self.script.lock().unwrap().pop_front().unwrap_or_else(|| away(false))
    }
}

fn silent(silence: Silence, lasting: bool) -> Said {
    Err(Unavailable { silence, detail: "HTTP 500".to_owned(), lasting })
}

fn away(lasting: bool) -> Said {
    silent(Silence::Away, lasting)
}

fn vera() -> Member {
    Member {
        login: "Vera.S".into(),
        full_name: "Серова Вера".into(),
        email: "vera@example.com".into(),
        office: Some("Вильнюс".into()),
        department: None,
        position: Some("Оператор".into()),
        phone: None,
    }
}

fn right() -> Said {
    Ok(Verified::Right(Box::new(vera())))
}

fn start() -> Instant {
    "2026-03-01T08:00:00Z".parse().unwrap()
}

fn after(minutes: i64) -> Instant {
    start().checked_add(SignedDuration::from_mins(minutes)).unwrap()
}

const DAY: i64 = 24 * 60;

struct House {
    store: Store,
    passwords: Passwords,
    aftermath: Aftermath,
    fake: Arc<Fake>,
    makes_accounts: bool,
    _folder: TempDir,
}

impl House {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        Self {
            store: Store::open(folder.path()).unwrap(),
            passwords: Passwords::default(),
            aftermath: Aftermath::default(),
            fake: Arc::default(),
            makes_accounts: false,
            _folder: folder,
        }
    }

    /// With Vera, who has no password of ours.
    async fn of_vera() -> (Self, PersonId) {
        let house = Self::new();
        let id = house.add("vera.s", Role::Supervisor, None).await;
        (house, id)
    }

    async fn add(&self, login: &str, role: Role, password: Option<&str>) -> PersonId {
        let profile = Profile { full_name: login.to_uppercase(), phone: Some("101".into()), ..Profile::default() };
        let password = password.map(str::to_owned);
        let new = NewAccount { login: login.to_owned(), profile, rights: Rights::of(role), password };
        accounts::add(&self.store, &self.passwords, &Actor::command_line(), new, start()).await.unwrap()
    }

    async fn try_with(
        &self,
        login: &str,
        password: &str,
        said: Option<Said>,
        now: Instant,
    ) -> Result<SignedIn, SignInError> {
        self.fake.script.lock().unwrap().extend(said);
        let attempt = Attempt {
            login: login.to_owned(),
            password: password.to_owned(),
            address: "192.0.2.7".to_owned(),
            agent: "browser".to_owned(),
            idle: session::IDLE,
        };
        let register = Register { integration: self.fake.clone(), makes_accounts: self.makes_accounts };
        let door = Door {
            store: &self.store,
            passwords: &self.passwords,
            aftermath: &self.aftermath,
            terms: Arc::new(Terms::of(&Config::parse("").unwrap(), HashMap::new(), "0a1b2c3d", Pages::default())),
            register: Some(register),
        };
        sign_in(&door, attempt, now).await
    }

    /// Vera with her password, the register saying this; her token.
    async fn vera_in(&self, said: Said, now: Instant) -> String {
        match self.try_with("vera.s", PASSWORD, Some(said), now).await {
            Ok(signed_in) => signed_in.token.token,
            Err(error) => panic!("not let in: {error}"),
        }
    }

    async fn refused(&self, password: &str, said: Said, now: Instant) -> SignInError {
        match self.try_with("vera.s", password, Some(said), now).await {
            Ok(_) => panic!("let in"),
            Err(error) => error,
        }
    }

    async fn session(&self, token: &str, now: Instant) -> Option<crate::auth::Session> {
        session::resume(&self.store, token, "192.0.2.7", session::IDLE, now).await.unwrap()
    }

    async fn person(&self, id: PersonId) -> PersonRow {
        self.store.read(move |c| people::get(c, id)).await.unwrap()
    }

    async fn is_remembered(&self) -> bool {
        let known = self.store.read(|c| people::credentials(c, "vera.s")).await.unwrap();
        known.unwrap().checked.is_some()
    }

    fn calls(&self) -> usize {
        self.fake.asked.lock().unwrap().len()
    }

    async fn block(&self, id: PersonId, blocked: bool) {
        let changes = Changes { blocked: Some(blocked), ..Changes::default() };
        accounts::change(&self.store, &Actor::command_line(), id, changes, start()).await.unwrap();
    }

    async fn acts(&self) -> Vec<String> {
        let rows = self.store.read(|c| audit::page(c, &AuditFilter::default(), 100)).await.unwrap();
        rows.into_iter().rev().map(|r| format!("{} {}", r.actor, r.action)).collect()
    }

    /// What the register's connection shows.
    async fn trouble(&self) -> Option<String> {
        self.store.read(|c| connections::get(c, "register")).await.unwrap().trouble
    }

    /// What an administrator has in their list: code and whether it still stands.
    async fn alerts(&self, login: &'static str) -> Vec<(String, bool)> {
        let page = self.store.read(move |c| {
            let eyes = Eyes { login: login.to_owned(), everyone: true, teams: vec![] };
            notices::page(c, &eyes, &Filter { which: Which::All, limit: 10, ..Filter::default() }, start())
        });
        page.await.unwrap().rows.into_iter().map(|row| (row.code, row.cleared_at.is_none())).collect()
    }
}

#[tokio::test]
async fn a_right_password_lets_in_refreshes_the_profile_and_is_remembered() {
    let (house, id) = House::of_vera().await;
    let token = house.vera_in(right(), start()).await;
    let session = house.session(&token, after(1)).await.unwrap();
    assert_eq!((session.checked_offline, session.ask_again_at, session.has_password), (false, None, false));
    let row = house.person(id).await;
    assert_eq!(
        (row.profile.full_name.as_str(), row.profile.email.as_deref()),
        ("СЕРОВА ВЕРА", Some("vera@example.com"))
    );
    assert_eq!((row.profile.office.as_deref(), row.profile.phone.as_deref()), (Some("Вильнюс"), Some("101")));
    assert_eq!((row.rights.role, row.checked_at), (Role::Supervisor, Some(start().as_millisecond())));
    assert_eq!(house.fake.asked.lock().unwrap().as_slice(), [("vera.s".to_owned(), PASSWORD.to_owned())]);
    assert_eq!(house.acts().await, ["command line person.add", "vera.s person.profile", "vera.s sign_in"]);
    house.vera_in(right(), after(2)).await;
    assert_eq!(house.acts().await.len(), 4, "what is as it was is not noted again");
    for file in ["pult.db", "pult.db-wal"] {
        let bytes = std::fs::read(house.store.folder().join(file)).unwrap();
        assert!(!bytes.windows(PASSWORD.len()).any(|w| w == PASSWORD.as_bytes()), "{file}");
    }
}

#[tokio::test]
async fn what_cannot_be_taken_over_keeps_nobody_out() {
    let (house, id) = House::of_vera().await;
    let other = house.add("petr", Role::Viewer, None).await;
    let profile = Profile { full_name: "PETR".into(), email: Some("VERA@example.com".into()), ..Profile::default() };
    let changes = Changes { profile: Some(profile), ..Changes::default() };
    accounts::change(&house.store, &Actor::command_line(), other, changes, start()).await.unwrap();
    let odd = Member {
        full_name: "  ".into(),
        office: Some(format!("а\nб{}", "в".repeat(500))),
        position: Some(String::new()),
        ..vera()
    };
    house.vera_in(Ok(Verified::Right(Box::new(odd.clone()))), start()).await;
    let row = house.person(id).await;
    assert_eq!((row.profile.full_name.as_str(), row.profile.email), ("VERA.S", None), "the address is somebody else's");
    let office = row.profile.office.unwrap();
    assert!(office.starts_with("а бв") && office.chars().count() == accounts::TEXT);
    let odd = Member { email: format!("{}@example.com", "x".repeat(200)), ..odd };
    house.vera_in(Ok(Verified::Right(Box::new(odd))), start()).await;
    assert_eq!(house.person(id).await.profile.email, None);
}

#[tokio::test]
async fn somebody_without_an_account_gets_one_only_where_the_house_says_so() {
    let mut house = House::new();
    house.add("chief", Role::Admin, Some("a long password")).await;
    for _ in 0..6 {
        assert_eq!(house.refused(PASSWORD, right(), start()).await, SignInError::NoAccount, "it is no failure");
    }
    house.makes_accounts = true;
    let spaced = Member { login: "Vera S".into(), ..vera() };
    let said = Ok(Verified::Right(Box::new(spaced)));
    assert_eq!(house.refused(PASSWORD, said, start()).await, SignInError::NoAccount, "no login of ours");
    let token = house.vera_in(right(), start()).await;
    let session = house.session(&token, after(1)).await.unwrap();
    assert_eq!((session.actor.login.as_str(), session.actor.rights.role), ("Vera.S", Role::Viewer));
    assert_eq!(session.full_name, "СЕРОВА ВЕРА");
    let acts = house.acts().await;
    assert_eq!(acts[1..], ["Vera.S person.add", "Vera.S sign_in"]);
}

#[tokio::test]
async fn a_wrong_password_counts_and_the_sixth_try_asks_nobody() {
    let (house, _) = House::of_vera().await;
    for login in ["vera.s", "nobody"] {
        let before = house.calls();
        for _ in 0..5 {
            let said = house.try_with(login, "wrong", Some(Ok(Verified::Wrong)), start()).await;
            assert!(matches!(said, Err(SignInError::WrongPassword)));
        }
        let sixth = house.try_with(login, PASSWORD, None, after(14)).await;
        assert!(matches!(sixth, Err(SignInError::Locked { until }) if until == after(15)));
        assert_eq!(house.calls() - before, 5, "{login}");
    }
    house.vera_in(right(), after(15)).await;
}

#[tokio::test]
async fn a_mistyped_password_costs_nothing_and_one_that_was_changed_there_is_worth_nothing_here() {
    let (house, _) = House::of_vera().await;
    house.vera_in(right(), start()).await;
    assert_eq!(house.refused("мимо", Ok(Verified::Wrong), after(1)).await, SignInError::WrongPassword);
    let offline = house.vera_in(away(false), after(2)).await;
    assert!(house.session(&offline, after(3)).await.unwrap().checked_offline);
    // The right one of yesterday is refused: it was changed.
    assert_eq!(house.refused(PASSWORD, Ok(Verified::Wrong), after(4)).await, SignInError::WrongPassword);
    assert!(house.session(&offline, after(5)).await.is_none(), "what it opened without the register ends");
    assert!(!house.is_remembered().await);
    assert_eq!(house.refused(PASSWORD, away(false), after(6)).await, SignInError::Unavailable);
    // The new one signs in at once, and is the one that is remembered.
    let said = house.try_with("vera.s", "новый", Some(right()), after(7)).await;
    assert!(said.is_ok());
    assert_eq!(house.refused(PASSWORD, away(false), after(8)).await, SignInError::WrongPassword);
    assert!(house.try_with("vera.s", "новый", Some(away(false)), after(9)).await.is_ok());
}

#[tokio::test]
async fn somebody_kept_out_there_is_out_here_at_once_until_it_says_otherwise() {
    let (house, id) = House::of_vera().await;
    let token = house.vera_in(right(), start()).await;
    let mut listener = house.aftermath.bus().listen();
    for _ in 0..6 {
        assert_eq!(house.refused(PASSWORD, Ok(Verified::Blocked), after(1)).await, SignInError::Blocked);
    }
    assert!(matches!(listener.next().await, Some(Change::Changed { area: Area::People, .. })));
    assert!(house.session(&token, after(2)).await.is_none());
    assert_eq!(house.person(id).await.blocked_by, Some(BlockedBy::Staff));
    assert!(!house.is_remembered().await);
    assert_eq!(house.acts().await.iter().filter(|act| *act == "vera.s person.block").count(), 1);
    assert_eq!(house.refused(PASSWORD, away(false), after(3)).await, SignInError::Unavailable);
    let said = house.try_with("unknown", PASSWORD, Some(Ok(Verified::Blocked)), after(3)).await;
    assert!(matches!(said, Err(SignInError::Blocked)));
    house.vera_in(right(), after(4)).await;
    assert_eq!(house.person(id).await.blocked_by, None);
    assert!(house.acts().await.contains(&"vera.s person.unblock".to_owned()));
}

#[tokio::test]
async fn an_administrators_block_is_not_the_registers_to_lift() {
    let (house, id) = House::of_vera().await;
    house.vera_in(right(), start()).await;
    house.block(id, true).await;
    assert_eq!(house.refused(PASSWORD, right(), after(1)).await, SignInError::Blocked);
    assert_eq!(house.refused(PASSWORD, away(false), after(2)).await, SignInError::Unavailable, "nor to pass by");
    assert_eq!(house.person(id).await.blocked_by, Some(BlockedBy::Admin));
    house.block(id, false).await;
    house.vera_in(right(), after(3)).await;
}

#[tokio::test]
async fn the_last_administrator_does_not_come_in_but_is_not_marked_either() {
    let house = House::new();
    let id = house.add("vera.s", Role::Admin, None).await;
    let token = house.vera_in(right(), start()).await;
    assert_eq!(house.refused(PASSWORD, Ok(Verified::Blocked), after(1)).await, SignInError::Blocked);
    assert_eq!(house.person(id).await.blocked_by, None);
    assert!(house.session(&token, after(2)).await.is_none() && !house.is_remembered().await);
}

#[tokio::test]
async fn what_is_remembered_is_good_for_seven_days() {
    let silences = [Silence::Token, Silence::Setup, Silence::Answer, Silence::Away, Silence::NotAsked];
    for silence in silences {
        let (house, _) = House::of_vera().await;
        assert_eq!(
            house.refused(PASSWORD, silent(silence, false), start()).await,
            SignInError::Unavailable,
            "nothing yet"
        );
        house.vera_in(right(), start()).await;
        let shortly_before = after(7 * DAY - 60);
        let wrong = house.refused("wrong", silent(silence, false), shortly_before).await;
        assert_eq!(wrong, SignInError::WrongPassword, "{silence:?}");
        let token = house.vera_in(silent(silence, false), shortly_before).await;
        assert!(house.session(&token, shortly_before).await.unwrap().checked_offline);
        let late = house.refused(PASSWORD, silent(silence, false), after(7 * DAY + 1)).await;
        assert_eq!(late, SignInError::Unavailable, "{silence:?}");
        let set_back = house.refused(PASSWORD, silent(silence, false), after(-7 * DAY - 1)).await;
        assert_eq!(set_back, SignInError::Unavailable, "a clock set back does not prolong it");
    }
}

#[tokio::test]
async fn wrong_passwords_lock_offline_too_and_a_register_that_is_away_locks_nobody() {
    let (house, _) = House::of_vera().await;
    for _ in 0..9 {
        assert_eq!(house.refused("wrong", away(false), start()).await, SignInError::Unavailable);
    }
    house.vera_in(right(), start()).await;
    for _ in 0..5 {
        assert_eq!(house.refused("wrong", away(false), after(1)).await, SignInError::WrongPassword);
    }
    let before = house.calls();
    assert_eq!(house.refused(PASSWORD, right(), after(2)).await, SignInError::Locked { until: after(16) });
    assert_eq!(house.calls(), before);
}

#[tokio::test]
async fn who_came_in_without_the_register_is_asked_again_once_it_answers_anybody() {
    let (house, _) = House::of_vera().await;
    house.vera_in(right(), start()).await;
    let token = house.vera_in(away(false), after(1)).await;
    let other = house.try_with("petr", "wrong", Some(Ok(Verified::Wrong)), after(10)).await;
    assert!(other.is_err());
    let session = house.session(&token, after(20)).await.unwrap();
    assert_eq!((session.ask_again_at, session.expires_at), (Some(after(25)), after(25)));
    assert!(house.session(&token, after(25)).await.is_none());
    // Signing in anew is the answer to the question.
    let token = house.vera_in(away(false), after(30)).await;
    house.vera_in(right(), after(31)).await;
    let session = house.session(&token, after(60)).await.unwrap();
    assert_eq!((session.checked_offline, session.ask_again_at), (false, None));
}

#[tokio::test]
async fn somebody_with_a_password_of_ours_is_nobody_to_ask_about() {
    let (house, _) = House::of_vera().await;
    house.add("chief", Role::Admin, Some("a long password")).await;
    assert!(house.try_with("chief", "a long password", None, start()).await.is_ok());
    assert!(matches!(house.try_with("chief", "wrong", None, start()).await, Err(SignInError::WrongPassword)));
    assert_eq!(house.calls(), 0);
    // What the register said of somebody is worth nothing once they have one.
    house.vera_in(right(), start()).await;
    let vera = house.store.read(|c| people::credentials(c, "vera.s")).await.unwrap().unwrap().id;
    let admin = Actor::command_line();
    accounts::set_password(&house.store, &house.passwords, &admin, vera, "another password", start()).await.unwrap();
    assert!(!house.is_remembered().await);
    let calls = house.calls();
    assert!(matches!(house.try_with("vera.s", PASSWORD, None, after(1)).await, Err(SignInError::WrongPassword)));
    assert_eq!(house.calls(), calls);
    // And is asked for again once that is taken away.
    accounts::forget_password(&house.store, &admin, vera, after(2)).await.unwrap();
    house.vera_in(right(), after(3)).await;
    let chief = house.store.read(|c| people::credentials(c, "chief")).await.unwrap().unwrap().id;
    let last = accounts::forget_password(&house.store, &admin, chief, after(4)).await;
    assert!(matches!(last, Err(accounts::AccountError::Store(StoreError::Conflict(_)))));
}

#[tokio::test]
async fn what_no_register_could_be_asked_is_a_wrong_password() {
    let (house, _) = House::of_vera().await;
    for password in [String::new(), "я".repeat(257)] {
        let said = house.try_with("vera.s", &password, None, start()).await;
        assert!(matches!(said, Err(SignInError::WrongPassword)));
    }
    assert!(matches!(house.try_with("  ", "x", None, start()).await, Err(SignInError::WrongPassword)));
    assert_eq!(house.calls(), 0);
}

#[tokio::test]
async fn a_paused_register_is_left_alone() {
    let (house, _) = House::of_vera().await;
    house.vera_in(right(), start()).await;
    house.store.write(|c| connections::set_paused(c, "register", Some(("chief", start())))).await.unwrap();
    let calls = house.calls();
    let said = house.try_with("vera.s", PASSWORD, None, after(1)).await;
    assert!(said.is_ok());
    assert_eq!(house.calls(), calls);
}

#[tokio::test]
async fn whatever_lasts_is_one_alert_for_the_administrators_until_it_works() {
    let (house, _) = House::of_vera().await;
    house.add("chief", Role::Admin, Some("a long password")).await;
    let mut listener = house.aftermath.bus().listen();
    house.refused(PASSWORD, away(false), start()).await;
    assert!(house.alerts("chief").await.is_empty(), "once is no alert");
    for (silence, code) in [
        (Silence::Token, "sign_in.token"),
        (Silence::Setup, "sign_in.setup"),
        (Silence::Answer, "sign_in.answer"),
        (Silence::Away, "sign_in.away"),
    ] {
        let said = house.refused(PASSWORD, silent(silence, true), start()).await;
        assert_eq!(said, SignInError::Unavailable, "never a wrong password");
        for login in ["chief", "window"] {
            assert_eq!(house.alerts(login).await, [(code.to_owned(), true)]);
        }
        assert!(matches!(listener.next().await, Some(Change::Changed { area: Area::Notices, .. })));
    }
    assert!(house.trouble().await.is_some_and(|trouble| trouble.contains("HTTP 500")));
    assert!(house.alerts("vera.s").await.is_empty());
    house.refused(PASSWORD, Ok(Verified::Wrong), after(1)).await;
    assert_eq!(house.alerts("chief").await, [("sign_in.away".to_owned(), false)], "any answer ends it");
    assert_eq!(house.trouble().await, None);
}

#[tokio::test]
async fn a_block_of_the_staff_file_is_lifted_by_the_registers_word_and_ends_what_is_remembered() {
    let (house, id) = House::of_vera().await;
    house.vera_in(right(), start()).await;
    let row = StaffRow {
        row: 1,
        login: "vera.s".into(),
        full_name: "СЕРОВА ВЕРА".into(),
        email: "vera@example.com".into(),
        office: None,
        department: None,
        position: None,
        phone: None,
        vpn: None,
        vpn_end_date: None,
        blocked: Some(true),
        duplicates: None,
    };
    house.store.write(move |c| staff::apply(c, &[row], start())).await.unwrap();
    assert!(!house.is_remembered().await);
    house.vera_in(right(), after(1)).await;
    assert_eq!(house.person(id).await.blocked_by, None);
}

#[tokio::test]
async fn one_hash_is_worked_out_whoever_it_is_about() {
    // The queue of hashes is full: whatever needs one is told so, and whatever needs none is not.
    let (mut house, _) = House::of_vera().await;
    house.vera_in(right(), start()).await;
    house.passwords = Passwords::full();
    for login in ["vera.s", "nobody"] {
        for said in [right(), Ok(Verified::Wrong), away(false)] {
            let text = format!("{login} {said:?}");
            let outcome = house.try_with(login, PASSWORD, Some(said), after(1)).await;
            assert!(matches!(outcome, Err(SignInError::Busy)), "{text}");
        }
    }
}

use std::{collections::HashMap, sync::Arc};

use jiff::SignedDuration;
use pult_domain::Instant;
use pult_store::{
    Store, StoreError,
    api_keys::KeyScope,
    audit::{self, AuditFilter},
    people::{PersonId, Profile, Rights},
};
use tempfile::TempDir;

use super::{
    accounts::{self, Changes, NewAccount},
    api_key::{self, KeyError},
    first_run::{self, FirstAdmin, SetUpError},
    session, *,
};
use crate::{
    aftermath::Aftermath,
    config::Config,
    terms::{Pages, Terms},
};

const PASSWORD: &str = "верный пароль";

fn start() -> Instant {
    "2026-03-01T08:00:00Z".parse().unwrap()
}

fn after(minutes: i64) -> Instant {
    start().checked_add(SignedDuration::from_mins(minutes)).unwrap()
}

struct House {
    store: Store,
    passwords: Passwords,
    aftermath: Aftermath,
    _folder: TempDir,
}

impl House {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        Self {
            store: Store::open(folder.path()).unwrap(),
            passwords: Passwords::default(),
            aftermath: Aftermath::default(),
            _folder: folder,
        }
    }

    async fn add(&self, login: &str, role: Role) -> PersonId {
        let new = NewAccount {
            login: login.to_owned(),
            profile: Profile { full_name: login.to_uppercase(), ..Profile::default() },
            rights: Rights::of(role),
            password: Some(PASSWORD.to_owned()),
        };
        accounts::add(&self.store, &self.passwords, &Actor::command_line(), new, start()).await.unwrap()
    }

    async fn try_with(&self, login: &str, password: &str, now: Instant) -> Result<SignedIn, SignInError> {
        let attempt = Attempt {
            idle: session::IDLE,
            login: login.to_owned(),
            password: password.to_owned(),
            address: "192.0.2.7".to_owned(),
            agent: "browser".to_owned(),
        };
        let door = Door {
            store: &self.store,
            passwords: &self.passwords,
            aftermath: &self.aftermath,
            terms: Arc::new(Terms::of(&Config::parse("").unwrap(), HashMap::new(), "0a1b2c3d", Pages::default())),
            register: None,
        };
        sign_in(&door, attempt, now).await
    }

    /// What the audit trail says was done, oldest first.
    async fn acts(&self) -> Vec<String> {
        let rows = self.store.read(|c| audit::page(c, &AuditFilter::default(), 100)).await.unwrap();
        rows.into_iter().rev().map(|r| format!("{} {}", r.actor, r.action)).collect()
    }
}

async fn changed(
    house: &House,
    id: PersonId,
    changes: Changes,
    now: Instant,
) -> Result<pult_store::people::PersonRow, AccountError> {
    accounts::change(&house.store, &Actor::command_line(), id, changes, now).await
}

fn refused<T>(outcome: Result<T, SignInError>) -> SignInError {
    match outcome {
        Ok(_) => panic!("let in"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn the_right_password_opens_a_session_with_todays_rights() {
    let house = House::new();
    let id = house.add("Vera.S", Role::Viewer).await;
    let signed_in = house.try_with(" vera.s ", PASSWORD, start()).await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(signed_in.person, id);
    let found = session::resume(&house.store, &signed_in.token.token, "192.0.2.7", session::IDLE, after(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.actor.login.as_str(), found.actor.rights.role), ("Vera.S", Role::Viewer));
    assert!(found.csrf_fits(&signed_in.token.csrf) && !found.csrf_fits(""));
    changed(&house, id, Changes { rights: Some(Rights::of(Role::Supervisor)), ..Changes::default() }, after(2))
        .await
        .unwrap();
    let found =
        session::resume(&house.store, &signed_in.token.token, "", session::IDLE, after(3)).await.unwrap().unwrap();
    assert_eq!(found.actor.rights.role, Role::Supervisor);
    assert!(session::resume(&house.store, "not a token", "", session::IDLE, after(3)).await.unwrap().is_none());
    session::sign_out(&house.store, &found.actor, after(4)).await.unwrap();
    assert!(
        session::resume(&house.store, &signed_in.token.token, "", session::IDLE, after(4)).await.unwrap().is_none()
    );
    let acts = ["command line person.add", "Vera.S sign_in", "command line person.rights", "Vera.S session.end"];
    assert_eq!(house.acts().await, acts);
}

#[tokio::test]
async fn the_database_holds_neither_tokens_nor_passwords() {
    let house = House::new();
    house.add("vera", Role::Viewer).await;
    let token = house.try_with("vera", PASSWORD, start()).await.unwrap_or_else(|e| panic!("{e}")).token.token;
    let scope = KeyScope { role: Role::Viewer, grants: vec![], routes: vec!["*".into()] };
    let key = api_key::create(&house.store, &Actor::command_line(), "robot", scope, start()).await.unwrap().key;
    for file in ["pult.db", "pult.db-wal"] {
        let bytes = std::fs::read(house.store.folder().join(file)).unwrap();
        for secret in [PASSWORD, &token, &key] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{file}");
        }
    }
}

#[tokio::test]
async fn five_failures_lock_and_a_right_password_does_not_help() {
    let house = House::new();
    house.add("vera", Role::Viewer).await;
    for login in ["vera", "nobody"] {
        for _ in 0..5 {
            assert_eq!(refused(house.try_with(login, "wrong", start()).await), SignInError::WrongPassword);
        }
        let locked = SignInError::Locked { until: after(15) };
        assert_eq!(refused(house.try_with(login, PASSWORD, after(14)).await), locked, "{login}");
    }
    assert!(house.try_with("vera", PASSWORD, after(15)).await.is_ok());
    let acts = house.acts().await;
    assert_eq!(acts.iter().filter(|a| *a == "vera sign_in.refused").count(), 5);
    assert_eq!(acts.iter().filter(|a| *a == "vera sign_in.locked").count(), 1);
    assert!(!acts.iter().any(|a| a.contains("nobody")), "what was typed for an unknown login is kept nowhere");
}

#[tokio::test]
async fn many_tries_at_once_do_not_outrun_the_lock() {
    let house = House::new();
    house.add("vera", Role::Viewer).await;
    let tries = (0..12).map(|_| house.try_with("vera", "wrong", start()));
    let outcomes = futures_util::future::join_all(tries).await;
    let looked_at = outcomes.into_iter().filter(|o| matches!(o, Err(SignInError::WrongPassword))).count();
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn a_block_is_told_to_the_right_password_only_and_does_not_count() {
    let house = House::new();
    let id = house.add("vera", Role::Viewer).await;
    let token = house.try_with("vera", PASSWORD, start()).await.unwrap_or_else(|e| panic!("{e}")).token.token;
    changed(&house, id, Changes { blocked: Some(true), ..Changes::default() }, after(1)).await.unwrap();
    assert!(session::resume(&house.store, &token, "", session::IDLE, after(1)).await.unwrap().is_none());
    for _ in 0..10 {
        assert_eq!(refused(house.try_with("vera", PASSWORD, after(2)).await), SignInError::Blocked);
    }
    assert_eq!(refused(house.try_with("vera", "wrong", after(2)).await), SignInError::WrongPassword);
    changed(&house, id, Changes { blocked: Some(false), ..Changes::default() }, after(3)).await.unwrap();
    assert!(house.try_with("vera", PASSWORD, after(3)).await.is_ok());
}

#[tokio::test]
async fn a_session_lives_a_day_after_its_use_and_a_week_at_most() {
    let house = House::new();
    house.add("vera", Role::Viewer).await;
    let token = house.try_with("vera", PASSWORD, start()).await.unwrap_or_else(|e| panic!("{e}")).token.token;
    let at = |hours: i64| after(hours * 60);
    let alive = async |hours| {
        session::resume(&house.store, &token, "", session::IDLE, at(hours)).await.unwrap().map(|s| s.expires_at)
    };
    assert_eq!(alive(23).await, Some(at(47)));
    for hours in (46..=161).step_by(23) {
        assert!(alive(hours).await.is_some(), "{hours}");
    }
    assert_eq!(alive(167).await, Some(at(168)), "the week is over whatever the use");
    assert_eq!(alive(168).await, None);
    let other = house.try_with("vera", PASSWORD, start()).await.unwrap_or_else(|e| panic!("{e}")).token.token;
    assert!(
        session::resume(&house.store, &other, "", session::IDLE, at(24)).await.unwrap().is_none(),
        "unused for a day"
    );
}

#[tokio::test]
async fn a_new_password_ends_sessions_and_lifts_the_lock() {
    let house = House::new();
    let id = house.add("vera", Role::Viewer).await;
    let token = house.try_with("vera", PASSWORD, start()).await.unwrap_or_else(|e| panic!("{e}")).token.token;
    for _ in 0..5 {
        refused(house.try_with("vera", "wrong", start()).await);
    }
    let admin = Actor::command_line();
    let set = |password| accounts::set_password(&house.store, &house.passwords, &admin, id, password, after(1));
    assert_eq!(set("короткий").await, Err(AccountError::Password(PasswordError::TooShort)));
    set("совсем другой").await.unwrap();
    assert!(session::resume(&house.store, &token, "", session::IDLE, after(1)).await.unwrap().is_none());
    assert_eq!(refused(house.try_with("vera", PASSWORD, after(2)).await), SignInError::WrongPassword);
    assert!(house.try_with("vera", "совсем другой", after(2)).await.is_ok());
}

#[tokio::test]
async fn a_key_is_bounded_by_its_maker_noted_when_used_and_taken_back() {
    let house = House::new();
    let supervisor = Actor { rights: Rights::of(Role::Supervisor), ..Actor::command_line() };
    let scope = |role, route: &str| KeyScope { role, grants: vec![], routes: vec![route.to_owned()] };
    let create = |name: &'static str, scope| api_key::create(&house.store, &supervisor, name, scope, start());
    assert!(matches!(create("x", scope(Role::Admin, "*")).await, Err(KeyError::TooMuch)));
    let grants = KeyScope { grants: vec![Grant::Quality], ..scope(Role::Viewer, "*") };
    assert!(matches!(create("x", grants).await, Err(KeyError::TooMuch)));
    assert!(matches!(create(" ", scope(Role::Viewer, "*")).await, Err(KeyError::Name)));
    let nowhere = KeyScope { role: Role::Viewer, grants: vec![], routes: vec![] };
    assert!(matches!(create("x", nowhere).await, Err(KeyError::Routes)));

    let made = create("robot", scope(Role::Viewer, "calls.page")).await.unwrap();
    assert!(made.key.starts_with("pult_") && made.key.len() == 48);
    let holder = api_key::resume(&house.store, &made.key, "192.0.2.9", after(1)).await.unwrap().unwrap();
    assert_eq!(holder.login, "key:robot");
    assert!(holder.may("calls.page", Access::role(Role::Viewer)) && !holder.may("audit", Access::role(Role::Viewer)));
    assert_eq!(api_key::list(&house.store).await.unwrap()[0].used_at, Some(after(1).as_millisecond()));
    for wrong in ["", "pult_", "robot", &made.key[5..]] {
        assert!(api_key::resume(&house.store, wrong, "", after(1)).await.unwrap().is_none(), "{wrong}");
    }
    api_key::revoke(&house.store, &supervisor, made.id, after(2)).await.unwrap();
    assert!(api_key::resume(&house.store, &made.key, "", after(2)).await.unwrap().is_none());
    assert_eq!(house.acts().await, ["command line api_key.add", "command line api_key.revoke"]);
}

#[tokio::test]
async fn the_first_administrator_is_made_once_by_whoever_reads_the_file() {
    let house = House::new();
    let path = first_run::prepare(&house.store).await.unwrap().unwrap();
    let code = std::fs::read_to_string(&path).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(first_run::prepare(&house.store).await.unwrap().as_ref(), Some(&path));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), code, "a restart keeps the code");

    let first = || FirstAdmin {
        login: "root".into(),
        full_name: "Root".into(),
        email: None,
        password: PASSWORD.into(),
        address: "::1".into(),
    };
    let create = |code: String| async {
        first_run::create_admin(&house.store, &house.passwords, &{ code }, first(), start()).await
    };
    assert!(matches!(create(String::new()).await, Err(SetUpError::WrongCode)));
    assert!(matches!(create("AAAA-AAAA-AAAA-AAAA-AAAA-AAAA".into()).await, Err(SetUpError::WrongCode)));
    let as_typed = code.trim().replace('-', " ").to_lowercase();
    let both = futures_util::future::join(create(as_typed.clone()), create(as_typed.clone())).await;
    assert_eq!(usize::from(both.0.is_ok()) + usize::from(both.1.is_ok()), 1, "two at once make one administrator");
    assert!(!path.exists());
    assert!(matches!(create(as_typed).await, Err(SetUpError::Done)));
    assert_eq!(first_run::prepare(&house.store).await.unwrap(), None);
    assert!(house.try_with("root", PASSWORD, start()).await.is_ok());
    assert_eq!(house.acts().await, ["root person.first_admin", "root sign_in"]);
}

#[tokio::test]
async fn an_account_is_checked_before_it_is_made() {
    let house = House::new();
    house.add("vera", Role::Admin).await;
    let profile = |email: &str| Profile { full_name: "X".into(), email: Some(email.into()), ..Profile::default() };
    for (login, profile, field) in [
        ("", profile(""), "login"),
        ("a b", profile(""), "login"),
        (&*"x".repeat(65), profile(""), "login"),
        ("ok", Profile::default(), "full_name"),
        ("ok", profile("no address"), "email"),
        ("ok", profile("a@b@c"), "email"),
        ("ok", Profile { vpn_end_date: Some("31.01.2027".into()), ..profile("") }, "vpn_end_date"),
    ] {
        match accounts::check(login, &profile) {
            Err(AccountError::Field { field: wrong, .. }) => assert_eq!(wrong, field, "{login}"),
            other => panic!("{login}: {other:?}"),
        }
    }
    let vera = house.store.read(|c| pult_store::people::find(c, "vera")).await.unwrap().unwrap();
    let refused = changed(&house, vera.id, Changes { blocked: Some(true), ..Changes::default() }, start()).await;
    assert!(matches!(refused, Err(AccountError::Store(StoreError::Conflict(_)))));
    assert_eq!(house.acts().await, ["command line person.add"], "what was refused is not noted as done");
}

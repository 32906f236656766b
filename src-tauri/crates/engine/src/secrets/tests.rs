//! Tests of the secrets: order of the sources, the file's rights, and that no value is ever shown.

use std::collections::HashMap;
use std::fs;

use proptest::prelude::*;

use super::*;

fn name(text: &str) -> SecretName {
    text.parse().unwrap()
}

fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

/// A store on a folder, with these variables only.
fn store(folder: &Path, variables: &[(&str, &str)]) -> SecretStore {
    let variables: HashMap<String, OsString> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    SecretStore::with_file(folder, move |name| variables.get(name).cloned())
}

#[test]
fn names_are_dotted_lower_case() {
    for good in ["cc.api_key", "telephony.client.main", "a", "a-b.c_d.9"] {
        assert_eq!(name(good).as_str(), good);
    }
    let long = "a".repeat(65);
    for bad in ["", ".", "a.", ".a", "a..b", "A", "a b", "../a", "a/b", "é", long.as_str()] {
        let error = bad.parse::<SecretName>().unwrap_err();
        assert!(bad.len() < 3 || !error.to_string().contains(bad));
    }
    assert_eq!(name("telephony.client.main-2").variable(), "PULT_SECRET_TELEPHONY_CLIENT_MAIN_2");
}

#[test]
fn a_secret_shows_itself_to_nobody() {
    let secret = secret("hunter2");
    assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "*** Some(***)");
    assert!(secret.matches(b"hunter2"));
    assert!(!secret.matches(b"hunter"));
    assert!(!secret.matches(b"hunter3"));
    assert!(Secret::new("").is_err());
    assert!(Secret::new("a\0b").is_err());
    assert!(Secret::new("x".repeat(Secret::LARGEST)).is_ok());
    assert!(Secret::new("x".repeat(Secret::LARGEST + 1)).is_err());
    assert!(serde_json::from_str::<Secret>("\"\"").is_err());
    assert_eq!(serde_json::from_str::<Secret>("\"p\"").unwrap().expose(), "p");
}

#[test]
fn sources_answer_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let handed = tempfile::tempdir().unwrap();
    let handed_path = handed.path().to_str().unwrap();
    let password = name("agencies.password");

    let plain = store(folder.path(), &[]);
    assert_eq!(plain.get(&password).unwrap(), None);
    let error = plain.require(&password).unwrap_err().to_string();
    assert!(error.contains("`secret set agencies.password`"), "{error}");
    plain.set(&password, &secret("from file")).unwrap();

    let environment = store(folder.path(), &[("PULT_SECRET_AGENCIES_PASSWORD", "from environment")]);
    assert_eq!(environment.require(&password).unwrap().expose(), "from environment");
    let empty = store(folder.path(), &[("PULT_SECRET_AGENCIES_PASSWORD", ""), ("CREDENTIALS_DIRECTORY", "")]);
    assert_eq!(empty.require(&password).unwrap().expose(), "from file");

    let both = [("CREDENTIALS_DIRECTORY", handed_path), ("PULT_SECRET_AGENCIES_PASSWORD", "from environment")];
    let both = store(folder.path(), &both);
    assert_eq!(both.require(&password).unwrap().expose(), "from environment");
    for (written, read) in [("from systemd\n", "from systemd"), ("a\r\n", "a"), ("b\n\n", "b\n"), (" c", " c")] {
        fs::write(handed.path().join("agencies.password"), written).unwrap();
        assert_eq!(both.require(&password).unwrap().expose(), read);
    }
    fs::write(handed.path().join("agencies.password"), "").unwrap();
    assert!(both.get(&password).is_err(), "an empty credential must not let a later source answer");
}

#[test]
fn a_shadowed_secret_is_not_stored_in_vain() {
    let folder = tempfile::tempdir().unwrap();
    let key = name("cc.api_key");
    let plain = store(folder.path(), &[]);
    let shadowed = store(folder.path(), &[("PULT_SECRET_CC_API_KEY", "outer")]);

    let error = shadowed.set(&key, &secret("inner")).unwrap_err();
    assert!(matches!(error, SecretError::Shadowed { by: SecretSource::Environment, .. }), "{error}");
    assert!(error.to_string().contains("the environment"), "{error}");
    assert_eq!(plain.get(&key).unwrap(), None);

    plain.set(&key, &secret("inner")).unwrap();
    let still = Some(SecretSource::Environment);
    assert_eq!(shadowed.remove(&key).unwrap(), Removal { removed: true, still_set_by: still });
    assert_eq!(plain.remove(&key).unwrap(), Removal { removed: false, still_set_by: None });
}

#[test]
fn the_list_has_names_and_sources_only() {
    let folder = tempfile::tempdir().unwrap();
    let handed = tempfile::tempdir().unwrap();
    fs::write(handed.path().join("cards.signing_key"), "k1").unwrap();
    fs::write(handed.path().join("Not A Secret"), "k2").unwrap();
    let variables = [
        ("CREDENTIALS_DIRECTORY", handed.path().to_str().unwrap()),
        ("PULT_SECRET_CC_API_KEY", "k3"),
        ("PULT_SECRET_OTHER", "k4"),
    ];
    let store = store(folder.path(), &variables);
    store.set(&name("telephony.client.old"), &secret("k5")).unwrap();
    let listed = store.list(&[SecretName::CALL_FEED_KEY, SecretName::AGENCIES_PASSWORD]).unwrap();
    let shown: Vec<_> = listed.iter().map(|entry| (entry.name.as_str(), entry.source, entry.set)).collect();
    assert_eq!(
        shown,
        [
            ("agencies.password", None, false),
            ("cards.signing_key", Some(SecretSource::Credentials), true),
            ("cc.api_key", Some(SecretSource::Environment), true),
            ("telephony.client.old", Some(SecretSource::File), true),
        ]
    );
    let text = format!("{listed:?} {} {store:?}", serde_json::to_string(&listed).unwrap());
    assert!((1..=5).all(|n| !text.contains(&format!("k{n}"))), "{text}");
}

#[test]
fn a_key_of_our_own_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), &[]);
    let made: Vec<_> = std::thread::scope(|threads| {
        let running: Vec<_> =
            (0..8).map(|_| threads.spawn(|| store.get_or_create(&SecretName::CARD_SIGNING_KEY, 32).unwrap())).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(made.iter().all(|key| key == &made[0]));
    assert_eq!(made[0].expose().len(), 43);
    let other = store.get_or_create(&name("other.key"), 32).unwrap();
    assert_ne!(other, made[0]);
}

#[tokio::test]
async fn async_code_asks_on_another_thread() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), &[]);
    let here = std::thread::current().id();
    let key = store
        .blocking(move |store| {
            assert_ne!(std::thread::current().id(), here);
            store.get_or_create(&SecretName::CARD_SIGNING_KEY, 16)
        })
        .await
        .unwrap();
    assert_eq!(store.get(&SecretName::CARD_SIGNING_KEY).unwrap(), Some(key));
}

#[test]
fn the_file_may_be_written_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets.toml");
    let write = |text: &str| {
        fs::write(&path, text).unwrap();
        make_private(&path);
    };
    let store = store(folder.path(), &[]);
    write("\"a.b\" = 'one'\na.c = \"two\"\n[telephony.client]\nmain = \"three\"\n");
    for (asked, value) in [("a.b", "one"), ("a.c", "two"), ("telephony.client.main", "three")] {
        assert_eq!(store.require(&name(asked)).unwrap().expose(), value);
    }
    store.set(&name("a.c"), &secret("line\nbreak \"quoted\" = []")).unwrap();
    assert_eq!(store.require(&name("a.c")).unwrap().expose(), "line\nbreak \"quoted\" = []");
    assert_eq!(store.require(&name("telephony.client.main")).unwrap().expose(), "three");

    for (broken, part) in [
        ("\"a.b\" = 'one'\n\"a.c\" = hunter2\n", "line 2"),
        ("\"a.b\" = 12345678\n", "quotes"),
        ("\"a.b\" = ''\n", "empty"),
        ("\"A b\" = 'hunter2'\n", "not the name"),
        ("\"a.b\" = 'hunter2'\n[a]\nb = 'hunter3'\n", "twice"),
    ] {
        write(broken);
        let error = store.get(&name("a.b")).unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.contains(part), "{text}");
        assert!(!text.contains("hunter") && !text.contains("12345678"), "{text}");
        assert!(store.set(&name("x"), &secret("y")).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), broken, "a file we cannot read must not be replaced");
    }
}

#[cfg(unix)]
fn make_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn make_private(_: &Path) {}

#[cfg(unix)]
#[test]
fn a_file_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets.toml");
    let store = store(folder.path(), &[]);
    let key = name("cc.api_key");
    store.set(&key, &secret("hunter2")).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    for mode in [0o640, 0o604, 0o620, 0o610, 0o644] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        for error in [store.get(&key).unwrap_err(), store.set(&key, &secret("new")).unwrap_err()] {
            assert!(matches!(error, SecretError::Exposed { mode: found, .. } if found == mode), "{error}");
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert_eq!(store.require(&key).unwrap().expose(), "hunter2");
    store.remove(&key).unwrap();
    assert!(!path.exists(), "nothing is left of the last secret");
}

#[test]
fn the_catalogue_follows_the_configuration() {
    let text = "[integrations.telephony]\nenabled = true\nclients = [\"main\", \"night-2\"]\n";
    let config = crate::config::Config::parse(text).unwrap();
    let listed: Vec<_> = expected(&config).into_iter().map(|e| (e.name.to_string(), e.section, e.in_use)).collect();
    assert_eq!(
        listed,
        [
            ("cards.signing_key".to_owned(), "", true),
            ("ratings.link_key".to_owned(), "", true),
            ("ratings.okdesk_token".to_owned(), "integrations.okdesk", false),
            ("ratings.webhook_key".to_owned(), "integrations.okdesk", false),
            ("ratings.bitrix_user_key".to_owned(), "integrations.bitrix24", false),
            ("ratings.bitrix_message_key".to_owned(), "integrations.bitrix24", false),
            ("bitrix24.application_token".to_owned(), "integrations.bitrix24", false),
            ("bitrix24.bot_token".to_owned(), "integrations.bitrix24", false),
            ("erp.bitrix_webhook".to_owned(), "integrations.erp", false),
            ("erp.api_key".to_owned(), "integrations.erp", false),
            ("carousel.password".to_owned(), "integrations.intradesk", false),
            ("carousel.api_key".to_owned(), "integrations.intradesk", false),
            ("ct.pachca_token".to_owned(), "integrations.pachca", false),
            ("ct.webhook_secret".to_owned(), "integrations.pachca", false),
            ("ct.tracker_token".to_owned(), "integrations.tracker", false),
            ("ct.tracker_basic_user".to_owned(), "integrations.tracker", false),
            ("ct.tracker_basic_pass".to_owned(), "integrations.tracker", false),
            ("ct.tracker_hook_key".to_owned(), "integrations.tracker", false),
            ("ct.tracker_hook_key_next".to_owned(), "integrations.tracker", false),
            ("ct.y360_token".to_owned(), "integrations.yandex360", false),
            ("redmine.key".to_owned(), "integrations.redmine", false),
            ("redmine.webhook_secret".to_owned(), "integrations.redmine", false),
            ("erp_auth.token".to_owned(), "integrations.staff", false),
            ("xmpp.password".to_owned(), "integrations.xmpp", false),
            ("agencies.password".to_owned(), "integrations.agencies", false),
            ("cc.api_key".to_owned(), "integrations.call_feed", false),
            ("finesse.password".to_owned(), "integrations.finesse", false),
            ("telephony.client.main".to_owned(), "integrations.telephony", true),
            ("telephony.client.night-2".to_owned(), "integrations.telephony", true),
        ]
    );
    for (bind, needed) in [("127.0.0.1:8000", false), ("[::1]:8000", false), ("0.0.0.0:8000", true)] {
        let text = format!("[integrations.erp]\nenabled = true\nbind = \"{bind}\"\n");
        let key = expected(&crate::config::Config::parse(&text).unwrap());
        let key = key.into_iter().find(|e| e.name == SecretName::ERP_API_KEY).unwrap();
        assert_eq!(key.in_use, needed, "{bind}: this machine needs no key");
    }
    for (how, needed) in [
        ("", true),
        ("client_id = \"pult\"", false),
        ("message_method = \"im\"", false),
        ("message_method = \"imbot\"", false),
        ("message_method = \"imbot.v2\"", true),
    ] {
        let portal = "[integrations.bitrix24]\nenabled = true\nbase = \"https://portal.example.com/rest/1/\"";
        let text = format!("{portal}\n{how}\n");
        let token = expected(&crate::config::Config::parse(&text).unwrap());
        let token = token.into_iter().find(|e| e.name == SecretName::BITRIX_BOT_TOKEN).unwrap();
        assert_eq!(token.in_use, needed, "{how}: whether questions go out without our bot");
    }
    for entry in expected(&config) {
        assert_eq!(name(entry.name.as_str()), entry.name);
    }
    assert!(SecretName::telephony_client("a.b").is_err());
}

proptest! {
    #[test]
    fn what_is_stored_is_read_back(text in "[^\\x00]{1,80}", other in "[^\\x00]{1,80}") {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path(), &[]);
        store.set(&name("a.b"), &secret(&text)).unwrap();
        store.set(&name("a.c"), &secret(&other)).unwrap();
        let read = store.require(&name("a.b")).unwrap();
        prop_assert_eq!(read.expose(), text.as_str());
        let read = store.require(&name("a.c")).unwrap();
        prop_assert_eq!(read.expose(), other.as_str());
    }

    #[test]
    fn no_file_brings_it_down_or_is_shown(before in ".{0,40}", after in ".{0,40}") {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets.toml");
        fs::write(&path, format!("{before} \"PASSWORD7x\" {after}")).unwrap();
        make_private(&path);
        if let Err(error) = store(folder.path(), &[]).get(&name("a.b")) {
            let shown = format!("{error} {error:?}").contains("PASSWORD7x");
            prop_assert!(!shown);
        }
    }
}

/// Against a real keyring, in a session of its own so that nobody's keyring is touched: the test starts itself again
/// inside `dbus-run-session`.
#[cfg(all(feature = "keyring", target_os = "linux"))]
mod on_a_session_bus {
    use std::process::Command;

    use super::*;

    const INSIDE: &str = "PULT_KEYRING_TEST_INSIDE";

    fn this_test(name: &str) -> String {
        format!("secrets::tests::on_a_session_bus::{name}")
    }

    fn is_inside() -> bool {
        std::env::var_os(INSIDE).is_some()
    }

    /// Runs a test of this module in a process of its own.
    fn rerun(program: &[&str], test: &str, variables: &[(&str, &str)]) {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(program[0]);
        command.args(&program[1..]);
        if program.len() > 1 {
            command.arg(std::env::current_exe().unwrap());
        }
        command.args(["--exact", &this_test(test), "--nocapture"]);
        command.env(INSIDE, "1").env("HOME", folder.path()).env("XDG_RUNTIME_DIR", folder.path());
        command.env_remove("XDG_DATA_HOME").envs(variables.iter().copied());
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{text}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn is_installed(program: &str) -> bool {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    }

    #[test]
    fn a_keyring_keeps_secrets() {
        if is_inside() {
            return keep_secrets();
        }
        for program in ["dbus-run-session", "gnome-keyring-daemon", "timeout"] {
            if !is_installed(program) {
                #[allow(clippy::print_stderr)]
                {
                    eprintln!("SKIPPED a_keyring_keeps_secrets: {program} is not installed");
                }
                return;
            }
        }
        // The time limit is for a keyring that asks a person who is not there.
        let unlock =
            "printf test | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$0\" \"$@\"";
        rerun(&["timeout", "120", "dbus-run-session", "--", "sh", "-c", unlock], "a_keyring_keeps_secrets", &[]);
    }

    fn keep_secrets() {
        let variable = |name: &str| (name == "PULT_SECRET_CC_API_KEY").then(|| "outer".into());
        let store = SecretStore::with_keyring(variable).unwrap();
        assert_eq!(store.vault(), SecretSource::Keyring);
        let password = name("agencies.password");
        assert_eq!(store.get(&password).unwrap(), None);
        store.set(&password, &secret("Пароль 1")).unwrap();
        store.set(&password, &secret("Пароль 2")).unwrap();
        let key = store.get_or_create(&SecretName::CARD_SIGNING_KEY, 32).unwrap();

        // Another connection, as after a restart.
        let again = SecretStore::with_keyring(variable).unwrap();
        assert_eq!(again.require(&password).unwrap().expose(), "Пароль 2");
        assert_eq!(again.get_or_create(&SecretName::CARD_SIGNING_KEY, 32).unwrap(), key);
        let listed = again.list(&[SecretName::CALL_FEED_KEY]).unwrap();
        let shown: Vec<_> = listed.iter().map(|entry| (entry.name.as_str(), entry.source)).collect();
        assert_eq!(
            shown,
            [
                ("agencies.password", Some(SecretSource::Keyring)),
                ("cards.signing_key", Some(SecretSource::Keyring)),
                ("cc.api_key", Some(SecretSource::Environment)),
            ]
        );
        assert!(again.remove(&password).unwrap().removed);
        assert!(!again.remove(&password).unwrap().removed);
        assert_eq!(store.get(&password).unwrap(), None);

        // From async code, on both kinds of runtime.
        for runtime in [
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap(),
        ] {
            let read = runtime.block_on(again.blocking(|store| store.require(&SecretName::CARD_SIGNING_KEY)));
            assert_eq!(read.unwrap(), key);
        }
    }

    #[test]
    fn without_a_keyring_it_says_what_to_do() {
        if is_inside() {
            let error = SecretStore::with_keyring(|_| None).unwrap_err();
            assert!(matches!(error, SecretError::Unavailable { source_kind: SecretSource::Keyring, .. }), "{error}");
            assert!(error.to_string().contains("keep secrets in a file"), "{error}");
            return;
        }
        let this = std::env::current_exe().unwrap();
        let nowhere = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")];
        rerun(&[this.to_str().unwrap()], "without_a_keyring_it_says_what_to_do", &nowhere);
    }
}

//! Tests of the configuration: the declarations against the structs, the checks, and the file.

use std::fs;

use proptest::prelude::*;
use pult_domain::areas::chat_link::ShapeCode;
use serde_json::{Value as Json, json};

use super::*;

fn problems(text: &str) -> Vec<Problem> {
    Config::parse(text).expect_err("must be refused")
}

fn flatten(path: &str, json: &Json, out: &mut Vec<(String, Json)>) {
    let is_section = path.is_empty() || sections().any(|section| section == path);
    match json {
        Json::Object(members) if is_section => {
            for (name, member) in members {
                flatten(&section::join(path, name), member, out);
            }
        }
        leaf => out.push((path.to_owned(), leaf.clone())),
    }
}

/// A text with one setting, written as a person would.
fn with(path: &str, value: &str) -> String {
    let (section, name) = path.rsplit_once('.').unwrap();
    format!("[{section}]\n{name} = {value}\n")
}

#[test]
fn the_list_of_settings_agrees_with_the_structs() {
    let mut from_structs = Vec::new();
    flatten("", &serde_json::to_value(Config::default()).unwrap(), &mut from_structs);
    let mut described: Vec<_> = Config::describe().into_iter().map(|field| (field.path, field.default)).collect();
    from_structs.sort_by(|a, b| a.0.cmp(&b.0));
    described.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(from_structs, described);
    for field in Config::describe() {
        assert!(field.about.ends_with('.'), "{} is not documented", field.path);
        assert!(!field.secret);
        assert_eq!(field.kind == Kind::Choice, !field.choices.is_empty(), "{}", field.path);
        assert_eq!(field.default.is_null(), field.sample.is_some(), "{}", field.path);
    }
}

#[test]
fn every_default_is_allowed_in_the_file() {
    for field in Config::describe() {
        if let Some(value) = file::toml_value(&field.default) {
            let text = with(&field.path, &value.to_string());
            assert_eq!(Config::parse(&text), Ok(Config::default()), "{}", field.path);
        }
    }
}

#[test]
fn bounds_hold_on_both_sides() {
    let mut seen = 0;
    for field in Config::describe().into_iter().filter(|field| field.kind == Kind::Whole) {
        let (min, max) = (field.min.unwrap(), field.max.unwrap());
        for inside in [min, max] {
            // A bound may clash with another setting's default, but never be refused for itself.
            let found = Config::parse(&with(&field.path, &inside.to_string())).err().unwrap_or_default();
            assert!(found.iter().all(|p| p.code == ProblemCode::Conflict), "{}: {found:?}", field.path);
        }
        for outside in [min - 1, max + 1, i64::MIN, i64::MAX] {
            let found = problems(&with(&field.path, &outside.to_string()));
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].code, &found[0].path, found[0].line), (ProblemCode::NotAllowed, &field.path, Some(2)));
            assert!(found[0].message.contains(&format!("{min} to {max}")), "{}", found[0].message);
        }
        seen += 1;
    }
    assert!(seen > 20);
}

#[test]
fn a_value_of_the_wrong_type_is_refused_everywhere() {
    for field in Config::describe() {
        let found = problems(&with(&field.path, "1979-05-27"));
        assert_eq!(found.len(), 1, "{}", field.path);
        assert_eq!((found[0].code, &found[0].path), (ProblemCode::NotAllowed, &field.path));
    }
}

#[test]
fn the_example_is_golden_and_true() {
    let example = Config::example();
    insta::assert_snapshot!(example);
    assert_eq!(Config::parse(&example), Ok(Config::default()));
    let mut within = false;
    let mut of_setting = |line: &str| {
        let is_setting = within || line.contains(" = ");
        within ^= line.matches("\"\"\"").count() == 1;
        is_setting
    };
    let uncommented: String = example
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| of_setting(rest)).unwrap_or(line))
        .map(|line| format!("{line}\n"))
        .collect();
    let config = Config::parse(&uncommented).unwrap();
    assert_eq!(config.console.tls.files().map(|files| files.1.to_owned()), Some("/etc/pult/key.pem".into()));
    assert_eq!(config.retention, Retention::default());
    for field in Config::describe() {
        assert!(uncommented.contains(&format!("\n{} = ", field.path.rsplit('.').next().unwrap())), "{}", field.path);
    }
}

#[test]
fn refusals_name_the_place_and_the_cure() {
    let check = |text: &str, code, path: &str, line, part: &str| {
        let found = problems(text);
        assert_eq!((found[0].code, found[0].path.as_str(), found[0].line), (code, path, line), "{text}");
        assert!(found[0].message.contains(part), "{}", found[0].message);
    };
    use ProblemCode::{Conflict, NotAllowed, SecretHere, Syntax, UnknownKey, Unsafe};
    check("[console]\nbnid = \"x\"", UnknownKey, "console.bnid", Some(2), "did you mean console.bind?");
    check("[hook]\n", UnknownKey, "hook", Some(1), "did you mean hooks?");
    check("\n[console]\nmax_body_bytes = 1", UnknownKey, "console.max_body_bytes", Some(3), "hooks.max_body_bytes");
    check("quite_other = 1", UnknownKey, "quite_other", Some(1), "no such setting");
    check(
        "[integrations.agencies]\npassword = \"p\"",
        SecretHere,
        "integrations.agencies.password",
        Some(2),
        "secret set",
    );
    check("[console]\nbind = \n", Syntax, "", Some(2), "not valid TOML");
    check("console = 3", NotAllowed, "console", Some(1), "[console]");
    check("[[console]]\n", NotAllowed, "console", Some(1), "[console]");
    check("[log]\nlevel = \"loud\"", NotAllowed, "log.level", Some(2), "error, warn, info, debug, trace");
    check("areas.calls.moscow_zone = \"Mars/Base\"", NotAllowed, "areas.calls.moscow_zone", Some(1), "Europe/Moscow");
    check("[console.tls]\nkey = \"k.pem\"", Conflict, "console.tls", Some(1), "both or neither");
    check("[console]\nbind = \"0.0.0.0:8480\"", Unsafe, "console.bind", Some(2), "console.trusted_proxies");
    check("[hooks]\nbind = \"203.0.113.9:81\"", Unsafe, "hooks.bind", Some(2), "hooks.tls.certificate");
    check("[hooks]\nbind = \"10.0.0.1:81\"", Unsafe, "hooks.bind", Some(2), "allow_plain_http");
    check("[hooks]\nbind = \"127.0.0.1:8480\"", Conflict, "hooks.bind", Some(2), "another port");
    let taken = "[integrations.erp]\nenabled = true\nbind = \"0.0.0.0:8481\"";
    check(taken, Conflict, "integrations.erp.bind", Some(3), "another port");
    check("[console]\ntrusted_proxies = [\"::/0\"]", Unsafe, "console.trusted_proxies", Some(2), "name the proxies");
    let clients = "integrations.telephony.clients";
    check("[integrations.telephony]\nenabled = true", Conflict, clients, Some(1), "at least one client");
    check("[integrations.telephony]\nclients = [\"a\", \"a\"]", NotAllowed, clients, Some(2), "different names");
    check("[integrations.agencies]\nenabled = true", Conflict, "integrations.agencies.enabled", Some(2), "base");
    for (vendor, needs) in
        [("finesse", "url"), ("okdesk", "base"), ("bitrix24", "base"), ("redmine", "base"), ("yandex360", "org_id")]
    {
        let setting = format!("integrations.{vendor}.enabled");
        check(&format!("[integrations.{vendor}]\nenabled = true"), Conflict, &setting, Some(2), needs);
    }
    let base = "integrations.agencies.base";
    check("[integrations.agencies]\nbase = \"http://u:p@xml.example.com\"", NotAllowed, base, Some(2), "password");
    check("[areas.calls.wrapup_map]\nx = { result = 7 }", NotAllowed, "areas.calls.wrapup_map", Some(1), "0 to 6");
    let queues = "areas.floor.queues";
    for words in
        ["{}", "{ teams = [] }", "{ teams = [\"a\", \"a\"] }", "{ teams = [1] }", "{ people = [\"a\"] }", "[\"a\"]"]
    {
        let text = format!("[areas.floor]\nqueues = {{ \"Продажи\" = {words} }}");
        check(&text, NotAllowed, queues, Some(2), "at least one word");
    }
    check("[areas.floor]\nqueues = [\"Продажи\"]", NotAllowed, queues, Some(2), "a table");
}

#[test]
fn a_form_that_cannot_be_shown_is_told_by_its_place_and_never_by_its_words() {
    let text = "[areas.chat_link]\nmenu = '{\"text\": \"Hello\", \"rows\": [[{\"text\": \"Mine\", \"action\": \"nowhere\"}]]}'";
    let found = problems(text);
    let [problem] = &*found else { panic!("{found:?}") };
    let shape = problem.shape.as_deref().unwrap();
    assert_eq!((shape.code, shape.place.as_str()), (ShapeCode::Action, "nowhere"));
    assert!(!problem.to_string().contains("nowhere"), "{problem}");
    let told = crate::error::ApiError::from(ConfigError::Invalid { file: "pult.toml".into(), problems: found.clone() });
    assert_eq!((told.field.as_deref(), told.shape.as_deref()), (Some("areas.chat_link.menu"), Some(shape)));
}

#[test]
fn every_problem_is_reported_at_once_in_file_order() {
    let found = problems("[hooks]\nconnections = 0\n[log]\njson = 1\n[nowhere]\n");
    let paths: Vec<_> = found.iter().map(|p| (p.path.as_str(), p.line)).collect();
    assert_eq!(paths, [("hooks.connections", Some(2)), ("log.json", Some(4)), ("nowhere", Some(5))]);
}

#[test]
fn a_listener_is_judged_by_what_protects_it() {
    let console = |text: &str| Config::parse(text).map(|config| config.console.exposure());
    let hooks = |text: &str| Config::parse(text).map(|config| config.hooks.exposure());
    assert_eq!(console(""), Ok(Exposure::Loopback));
    assert_eq!(console("[console]\nbind = \"[::1]:1\""), Ok(Exposure::Loopback));
    assert_eq!(console("[console]\nbind = \"[::ffff:127.0.0.1]:1\""), Ok(Exposure::Loopback));
    assert!(console("[console]\nbind = \"10.1.1.1:1\"").is_err());
    assert!(console("[console]\nbind = \"[::]:1\"").is_err());
    assert_eq!(console("[console]\nbind = \"0.0.0.0:1\"\ntrusted_proxies = [\"10.0.0.0/8\"]"), Ok(Exposure::Proxied));
    assert_eq!(
        console("[console]\nbind = \"0.0.0.0:1\"\ntls = { certificate = \"c\", key = \"k\" }"),
        Ok(Exposure::Tls)
    );
    assert_eq!(hooks("[hooks]\nbind = \"192.168.1.1:1\"\nallow_plain_http = true"), Ok(Exposure::Private));
    assert_eq!(hooks("[hooks]\nbind = \"[fd00::1]:1\"\nallow_plain_http = true"), Ok(Exposure::Private));
    assert!(hooks("[hooks]\nbind = \"0.0.0.0:1\"\nallow_plain_http = true").is_err());
    assert!(hooks("[hooks]\nbind = \"[::ffff:203.0.113.1]:1\"\nallow_plain_http = true").is_err());
}

#[test]
fn settings_are_read() {
    let text = "
        [areas.calls]
        themes = [\"Виза\"]
        wrapup_map = { \"Продажа\" = { result = 1, type_call = 5 }, \"Тишина\" = { result = 6 } }
        [areas.floor.queues.\"Продажи\"]
        teams = [\"продаж\"]
        calls = [\"тур\", \"виза\"]
        [integrations]
        telephony = { enabled = true, clients = [\"main\"], allow_addresses = [\"192.0.2.0/24\"] }
        [log]
        level = \"debug\"
    ";
    let config = Config::parse(text).unwrap();
    assert_eq!(config.areas.calls.themes, ["Виза"]);
    assert_eq!(config.areas.calls.wrapup_map["Тишина"], WrapupCodes { result: Some(6), type_call: None });
    let queue = &config.areas.floor.queues["Продажи"];
    assert_eq!(
        (queue.teams.as_slice(), queue.operators.len(), queue.calls.len()),
        (["продаж".to_owned()].as_slice(), 0, 2)
    );
    assert_eq!(config.integrations.telephony.clients, ["main"]);
    assert_eq!(config.log.level, Level::Debug);
}

#[test]
fn places_follow_line_variable_default() {
    let none = |_: &str| None;
    let named = |name: &str| (name == "PULT_CONFIG").then(|| "/named.toml".into());
    let empty = |_: &str| Some("".into());
    let server = Place::Server;
    assert_eq!(server.config_file(Some(Path::new("/given.toml")), named), Some("/given.toml".into()));
    assert_eq!(server.config_file(None, named), Some("/named.toml".into()));
    assert_eq!(server.config_file(None, empty), Some("/etc/pult/pult.toml".into()));
    assert_eq!(server.config_file(None, none), Some("/etc/pult/pult.toml".into()));
    assert_eq!(Storage::default().data_dir(server), Some("/var/lib/pult".into()));
    let storage = Storage { data_dir: Some("/srv/pult".into()), ..Storage::default() };
    assert_eq!(storage.data_dir(Place::Desktop), Some("/srv/pult".into()));
    assert_eq!(storage.backup.dir(Path::new("/srv/pult")), Path::new("/srv/pult/backups"));
}

const WRITTEN: &str = "\
# Ours.
[console] # the desk
# Shorter than usual.
session_hours = 8 # hours

[areas.calls]
themes = [
    \"Виза\", # often
    # rare
    \"Другое\",
]
# the end
";

#[test]
fn a_change_keeps_everything_else_as_written() {
    let text = file::edit(
        WRITTEN,
        &[
            ("console.session_hours", json!(12)),
            ("areas.calls.themes", json!(["Виза", "Оплата", "Другое"])),
            ("hooks.tls.key", json!("/k.pem")),
            ("console.bind", Json::Null),
        ],
    )
    .unwrap();
    insta::assert_snapshot!(text, @r#"
    # Ours.
    [console] # the desk
    # Shorter than usual.
    session_hours = 12 # hours

    [areas.calls]
    themes = [
        "Виза", # often
        "Оплата",
        # rare
        "Другое",
    ]

    [hooks.tls]
    key = "/k.pem"
    # the end
    "#);
    let back = file::edit(&text, &[("console.session_hours", Json::Null)]).unwrap();
    assert!(!back.contains("session_hours"));
}

#[test]
fn a_change_fits_any_way_the_file_is_written() {
    for before in
        ["", "console.bind = \"127.0.0.1:1\"\n", "console = { session_hours = 3 }\n", "[console.tls]\n", "[console]\n"]
    {
        let changes = [("console.session_hours", json!(5)), ("console.public_url", json!("https://pult.example.com"))];
        let config = Config::parse(&file::edit(before, &changes).unwrap()).expect(before);
        assert_eq!(config.console.session_hours, 5);
        let tls = [("console.tls.key", json!("k")), ("console.tls.certificate", json!("c"))];
        let config = Config::parse(&file::edit(before, &tls).unwrap()).expect(before);
        assert!(config.console.tls.files().is_some());
    }
}

#[test]
fn the_file_is_changed_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new").join("pult.toml");
    assert!(matches!(Config::load(&path), Err(ConfigError::Missing { .. })));
    let file = ConfigFile::new(&path);
    file.set(&[("log.json", json!(true))]).unwrap();
    assert!(Config::load(&path).unwrap().log.json);
    let before = fs::read(&path).unwrap();

    for refused in [
        vec![("log.json", json!(false)), ("log.keep", json!(0))],
        vec![("log.keep", json!(18_446_744_073_709_551_615_u64))],
        vec![("log.keep", json!(1.5))],
        vec![("areas.calls.themes", json!(["a", null]))],
        vec![("agencies.password", json!("pw"))],
        vec![("log", json!({ "json": false }))],
        vec![("console.tls.key", json!("-----BEGIN PRIVATE KEY-----\nx"))],
    ] {
        let error = file.set(&refused).unwrap_err();
        assert!(!error.problems().is_empty(), "{error}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "a temporary file is left");
}

#[test]
fn a_broken_file_is_reported_and_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pult.toml");
    fs::write(&path, "[console\n").unwrap();
    let error = ConfigFile::new(&path).set(&[("log.json", json!(true))]).unwrap_err();
    assert_eq!(error.problems()[0].code, ProblemCode::Syntax);
    assert_eq!(fs::read(&path).unwrap(), b"[console\n");
    fs::write(&path, [0xff, 0xfe]).unwrap();
    assert!(Config::load(&path).unwrap_err().to_string().contains("UTF-8"));
    fs::write(&path, vec![b'#'; (1 << 20) + 1]).unwrap();
    assert!(Config::load(&path).unwrap_err().to_string().contains("larger than"));
}

#[cfg(unix)]
#[test]
fn rights_and_links_survive_a_change() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (real, link) = (folder.path().join("real.toml"), folder.path().join("pult.toml"));
    fs::write(&real, "").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&real, &link).unwrap();
    ConfigFile::new(&link).set(&[("log.json", json!(true))]).unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::metadata(&real).unwrap().mode() & 0o777, 0o640);
    assert!(Config::load(&real).unwrap().log.json);
}

#[test]
fn changes_at_the_same_time_are_all_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = ConfigFile::new(folder.path().join("pult.toml"));
    let changes = [
        ("log.keep", json!(3)),
        ("hooks.connections", json!(9)),
        ("retention.calls_days", json!(10)),
        ("console.session_hours", json!(7)),
    ];
    std::thread::scope(|threads| {
        for change in &changes {
            threads.spawn(|| file.set(std::slice::from_ref(change)).unwrap());
        }
    });
    let config = Config::load(file.path()).unwrap();
    let read = (config.log.keep, config.hooks.connections, config.retention.calls_days, config.console.session_hours);
    assert_eq!(read, (3, 9, 10, 7));
}

/// Text that gets past the lexer often enough to reach the checks.
fn like_toml() -> impl Strategy<Value = String> {
    let names: Vec<String> = fields().map(|field| field.path.clone()).chain(sections().map(str::to_owned)).collect();
    let value = prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        "\"[^\"\\\\\\p{Cc}]{0,12}\"",
        Just("[]".to_owned()),
        Just("[\"\", 1]".to_owned()),
        Just("{ x = 1 }".to_owned()),
        Just("true".to_owned()),
        ".{0,8}",
    ];
    let line = prop_oneof![
        (prop::sample::select(names.clone()), value).prop_map(|(name, value)| format!("{name} = {value}")),
        prop::sample::select(names).prop_map(|name| format!("[{name}]")),
        ".{0,20}",
    ];
    prop::collection::vec(line, 0..8).prop_map(|lines| lines.join("\n"))
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (0_i64..100).prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,12}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::hash_map(".{0,6}", inner, 0..4).prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_text_brings_it_down(text in ".{0,200}") {
        let _ = Config::parse(&text);
    }

    #[test]
    fn no_toml_brings_it_down(text in like_toml()) {
        if let Err(found) = Config::parse(&text) {
            prop_assert!(!found.is_empty());
            let lines = u32::try_from(text.lines().count().max(1)).unwrap() + 1;
            prop_assert!(found.iter().all(|p| p.line.is_none_or(|line| (1..=lines).contains(&line))));
        }
    }

    #[test]
    fn a_change_is_refused_or_read_back(index in 0..fields().count(), json in any_json()) {
        let path = fields().nth(index).unwrap().path.as_str();
        let Ok(text) = file::edit(WRITTEN, &[(path, json.clone())]) else { return Ok(()) };
        let Ok(config) = Config::parse(&text) else { return Ok(()) };
        let mut read = Vec::new();
        flatten("", &serde_json::to_value(config).unwrap(), &mut read);
        let (_, read) = read.into_iter().find(|(name, _)| name == path).unwrap();
        let field = fields().nth(index).unwrap();
        match (&json, field.kind) {
            (Json::Null, _) => prop_assert_eq!(&read, &field.default),
            // Written in another form: addresses and networks are normalised.
            (_, Kind::Url | Kind::Address | Kind::Networks | Kind::WrapupMap | Kind::Queues | Kind::Weights) => {}
            _ => prop_assert_eq!(&read, &json),
        }
    }

    #[test]
    fn no_refusal_repeats_a_value(index in 0..fields().count(), password in "[A-Z]{8}x[0-9]{6}") {
        let path = &fields().nth(index).unwrap().path;
        for value in [format!("\"{password}\""), format!("[\"{password}\"]"), format!("{{ a = \"{password}\" }}"), password.clone()] {
            if let Err(found) = Config::parse(&with(path, &value)) {
                let error = ConfigError::Invalid { file: "pult.toml".into(), problems: found };
                prop_assert!(!format!("{error} {error:?}").contains(&password), "{}", error);
            }
        }
    }
}

#[test]
fn what_differs_from_the_defaults_makes_the_same_configuration_elsewhere() {
    assert_eq!(Config::default().differences(), "");
    let text = "[hooks]\nbind = \"127.0.0.1:9001\"\n[areas.floor]\nqueues = { \"Продажи\" = { teams = [\"продаж\"] } }\n\
                [integrations.okdesk]\nenabled = true\nbase = \"https://desk.example.com\"\n";
    let config = Config::parse(text).unwrap();
    let told = config.differences();
    assert_eq!(Config::parse(&told).unwrap(), config, "{told}");
    let here = Config::default().other_values(&config);
    let named: Vec<&str> = here.keys().map(String::as_str).collect();
    assert_eq!(named, ["areas.floor.queues", "hooks.bind", "integrations.okdesk.base", "integrations.okdesk.enabled"]);
    // A setting the other installation never touched is at its default there, and offered as such.
    let mine = Config::parse("[log]\nlevel = \"debug\"\n").unwrap();
    assert_eq!(mine.other_values(&config)["log.level"], Config::default().values()["log.level"]);
}

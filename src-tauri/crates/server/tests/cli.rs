//! The command line as its user meets it: the real program on a folder of its own.
//!
//! Waiting is for a line of the program, never for time. Deliberately not here: what single commands do to the data, which
//! their crates test.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's own helpers stop the test")]

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
};

use serde_json::Value;

const SECRET: &str = "tulip-bulb-in-the-cellar";
const PASSWORD: &str = "a-horse-on-the-roof";

/// A folder with settings in it.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(
            site.config(),
            format!(
                "[console]\nbind = \"127.0.0.1:0\"\n[hooks]\nbind = \"127.0.0.1:0\"\n[storage]\ndata_dir = {}\n\
                 [log]\nlevel = \"trace\"\ndir = {}\n[integrations.telephony]\nenabled = true\nclients = [\"desk\"]\n",
                Value::from(site.data().to_string_lossy()),
                Value::from(site.folder.path().join("log").to_string_lossy()),
            ),
        )
        .unwrap();
        site
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("pult.toml")
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = pultd();
        command.arg("--config").arg(self.config()).args(words);
        command
    }

    /// Runs a command to its end.
    fn run(&self, words: &[&str], input: &str) -> Ended {
        Ended::of(self.command(words), input)
    }

    fn run_well(&self, words: &[&str], input: &str) -> Ended {
        let ended = self.run(words, input);
        assert_eq!(ended.code, 0, "{words:?}: {}", ended.err);
        ended
    }

    fn serve(&self) -> Engine {
        let mut child = self
            .command(&["serve", "--print-addresses"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let addresses: Value = serde_json::from_str(&line).unwrap_or_else(|_| {
            let mut text = String::new();
            child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
            panic!("the engine did not start: {text}")
        });
        Engine { child, hooks: addresses["hooks"].as_str().unwrap().to_owned(), _out: out }
    }

    fn set_up(&self) {
        self.run_well(&["secret", "set", "telephony.client.desk"], SECRET);
        let words = ["user", "add", "anna", "--role", "admin", "--name", "Anna", "--password-stdin"];
        self.run_well(&words, PASSWORD);
    }
}

/// A running engine; ended with the test.
struct Engine {
    child: Child,
    hooks: String,
    // Kept open: the program may go on writing.
    _out: BufReader<ChildStdout>,
}

impl Engine {
    /// Asks for a page over plain HTTP.
    fn get(&self, path: &str) -> String {
        let address = self.hooks.strip_prefix("http://").unwrap();
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn is_ready(&self) -> bool {
        self.get("/readyz").starts_with("HTTP/1.1 200")
    }

    /// Tells it to stop and waits for its end.
    fn stop(mut self) -> Ended {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        let status = self.child.wait().unwrap();
        let mut err = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        Ended { code: status.code().unwrap(), out: String::new(), err }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // It has ended already when the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Ended {
    fn of(mut command: Command, input: &str) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // One that reads nothing may be gone by now.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}{}", self.out, self.err))
    }
}

fn pultd() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pultd"));
    command.env_remove("PULT_CONFIG").env_remove("CREDENTIALS_DIRECTORY").env_remove("PULT_LOG");
    command
}

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures").join(folder)
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            files_below(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
}

#[test]
fn a_fresh_folder_is_set_up_served_and_left_cleanly() {
    let site = Site::new();
    site.set_up();
    let engine = site.serve();
    assert!(engine.is_ready());
    let ended = engine.stop();
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(!site.data().join("control.sock").exists(), "the door is taken away");
    let people = site.run_well(&["user", "list", "--json"], "").json();
    assert_eq!((&people[0]["login"], &people[0]["role"]), (&Value::from("anna"), &Value::from("admin")));
}

#[test]
fn commands_reach_the_running_engine() {
    let site = Site::new();
    site.set_up();
    let engine = site.serve();
    let door = fs::metadata(site.data().join("control.sock")).unwrap().permissions().mode();
    assert_eq!(door & 0o777, 0o600);
    let words = ["user", "add", "boris", "--role", "viewer", "--name", "Boris", "--generate"];
    let made = site.run_well(&words, "");
    assert!(made.out.trim().len() >= 16, "the password is printed once");
    site.run_well(&["user", "block", "boris"], "");
    let people = site.run_well(&["user", "list", "--json"], "").json();
    assert_eq!(people[1]["blocked_by"], "admin");
    let last = site.run(&["user", "block", "anna"], "");
    assert_eq!((last.code, last.err.contains("last administrator")), (1, true), "{}", last.err);
    let nobody = site.run(&["user", "unblock", "nobody"], "");
    assert_eq!((nobody.code, nobody.err.contains("nobody has this login")), (1, true), "{}", nobody.err);
    assert_eq!(engine.stop().code, 0);
}

#[test]
fn a_second_engine_is_refused() {
    let site = Site::new();
    let engine = site.serve();
    let second = site.run(&["serve"], "");
    assert_eq!(second.code, 5);
    assert!(second.err.contains("another engine is using"), "{}", second.err);
    let restore = site.run(&["backup"], "");
    let over = site.run(&["restore", restore.out.trim()], "");
    assert_eq!(over.code, 5, "{}", over.err);
    assert!(engine.is_ready(), "the first goes on");
    assert_eq!(engine.stop().code, 0);
}

#[test]
fn a_damaged_database_is_refused_with_the_command_that_mends_it() {
    let site = Site::new();
    site.set_up();
    let backup = site.run_well(&["backup"], "").out.trim().to_owned();
    for name in ["pult.db", "pult.db-wal", "pult.db-shm"] {
        // The latter two are there or not, as the last one to close left it.
        let _ = fs::remove_file(site.data().join(name));
    }
    fs::write(site.data().join("pult.db"), [7; 20_000]).unwrap();
    let refused = site.run(&["serve"], "");
    assert_eq!(refused.code, 5);
    let command = format!("Restore it with: pultd --config {} restore {backup}", site.config().display());
    assert!(refused.err.contains(&command), "{}", refused.err);
    let report = site.run_well(&["diagnostics"], "").json();
    assert!(report["engine"]["problem"].as_str().unwrap().contains("damaged"), "{report}");
    site.run_well(&["restore", &backup], "");
    let engine = site.serve();
    assert!(engine.is_ready());
    assert_eq!(engine.stop().code, 0);
    assert_eq!(site.run_well(&["user", "list", "--json"], "").json()[0]["login"], "anna");
}

#[test]
fn secrets_are_shown_by_nothing() {
    let site = Site::new();
    site.set_up();
    let engine = site.serve();
    let card = format!("/contact-center/vilnius/tel/?type=newcall&ani=37060011122&curator_id=4107&key={SECRET}");
    assert!(engine.get(&card).starts_with("HTTP/1.1 303"));
    let mut said = String::new();
    for words in [
        &["secret", "list"][..],
        &["secret", "list", "--json"],
        &["check"],
        &["check", "telephony", "--json"],
        &["diagnostics"],
        &["replay", "1", "--preview"],
        &["user", "list", "--json"],
    ] {
        let ended = site.run_well(words, "");
        said.push_str(&(ended.out + &ended.err));
    }
    said.push_str(&engine.stop().err);
    let mut files = Vec::new();
    files_below(site.folder.path(), &mut files);
    files.retain(|path| !path.ends_with("secrets.toml"));
    assert!(files.iter().any(|f| f.extension().is_some_and(|e| e == "log")), "the log was looked at");
    for secret in [SECRET, PASSWORD] {
        assert!(!said.contains(secret), "{said}");
        for file in &files {
            let bytes = fs::read(file).unwrap();
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{}", file.display());
        }
    }
}

#[test]
fn a_preview_shows_what_each_sample_is_taken_for() {
    let mut files: Vec<PathBuf> = fs::read_dir(fixtures("telephony")).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let mut shown = BTreeMap::new();
    for file in files {
        let mut command = pultd();
        command.args(["preview", "telephony"]).arg(&file);
        let ended = Ended::of(command, "");
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        assert_eq!(ended.code, 0, "{name}: {}", ended.err);
        shown.insert(name, ended.json());
    }
    insta::assert_json_snapshot!(shown);
}

#[test]
fn a_check_says_when_a_listener_that_others_reach_has_no_key() {
    for (bind, light, missing) in [("127.0.0.1:8000", "good", false), ("0.0.0.0:8000", "bad", true)] {
        let site = Site::new();
        let settings = fs::read_to_string(site.config()).unwrap();
        let section = format!("{settings}[integrations.erp]\nenabled = true\nbind = \"{bind}\"\n");
        fs::write(site.config(), section).unwrap();
        let steps = site.run(&["check", "--json"], "").json();
        let light_of = |part: &str, step: &str| {
            let found = steps.as_array().unwrap().iter().find(|s| s["part"] == part && s["step"] == step);
            found.map(|s| s["light"].as_str().unwrap().to_owned())
        };
        assert_eq!(light_of("erp", "api_key").as_deref(), Some(light), "{bind}: {steps}");
        assert_eq!(light_of("secrets", "erp.api_key").is_some(), missing, "{bind}: {steps}");
        let door = if missing { "amber" } else { "good" };
        assert_eq!(light_of("listeners", "erp").as_deref(), Some(door), "{bind}: {steps}");
    }
}

#[test]
fn a_preview_of_both_shipped_documents_shows_their_lines() {
    let folder = tempfile::tempdir().unwrap();
    let samples: Value = serde_json::from_str(pult_integrations::erp::SAMPLES).unwrap();
    for name in ["full", "minimal"] {
        let file = folder.path().join(format!("{name}.json"));
        fs::write(&file, samples[name].to_string()).unwrap();
        let ended = preview("erp", &file, &[]);
        assert_eq!(ended.code, 0, "{name}: {}", ended.err);
        let shown = ended.json();
        assert_eq!(shown["verdict"], "accepted", "{shown}");
        let document = &shown["facts"][0]["fact"]["fact"]["document"];
        assert_eq!(
            (&document["number"], &document["lines"][0]["name"]),
            (&samples[name]["number"], &Value::from("Швейный цех"))
        );
    }
}

/// Previews a file with the example settings and what else is said.
fn preview(integration: &str, file: &Path, more: &[&str]) -> Ended {
    let mut command = pultd();
    command.args(["preview", integration]).arg(file).args(more);
    Ended::of(command, "")
}

#[test]
fn a_preview_reads_an_answer_as_the_delivery_would() {
    let folder = tempfile::tempdir().unwrap();
    let effect = folder.path().join("effect.json");
    fs::write(&effect, r#"{"kind":"look_up_agency","call":17,"agency":90,"phone":"37060011122"}"#).unwrap();
    let effect = ["--effect", effect.to_str().unwrap()];
    let busy = folder.path().join("busy.json");
    let call = r#"{"sample":"busy","kind":"call","request":{"method":"GET","path":"/agency/view"},
        "response":{"status":503,"headers":{"Retry-After":"7"},"body_raw":"later"}}"#;
    fs::write(&busy, call).unwrap();
    let agencies = fixtures("agencies");
    let read = |file: &Path, more: &[&str]| {
        let ended = preview("agencies", file, more);
        assert_eq!(ended.code, 0, "{}: {}", file.display(), ended.err);
        ended.json()
    };
    let at = ["--now", "2026-11-20T09:15:00Z"];
    let card = read(&agencies.join("card_wrapped.xml"), &[&["--as", "answer:agency/view"][..], &effect, &at].concat());
    let fault = agencies.join("card_error_other.xml");
    let shown = BTreeMap::from([
        ("a card by the vendor's word", card.clone()),
        (
            "no such agency",
            read(&agencies.join("card_error_agency.xml"), &[&["--as", "answer:agency/view"][..], &at].concat()),
        ),
        ("a session", read(&agencies.join("session.xml"), &["--as", "answer:auth_data.jsp"])),
        ("a refused password", read(&agencies.join("session_error.xml"), &["--as", "answer:auth_data.jsp"])),
        ("a refusal", read(&fault, &["--as", "answer:look_up_agency"])),
        ("half an answer", read(&agencies.join("card_half.xml"), &["--as", "answer:agency/view"])),
        ("the pause asked for", read(&busy, &["--as", "answer:agency/view"])),
        ("our own call", read(&busy, &[])),
        ("a failure by its status", read(&fault, &["--as", "answer:agency/view", "--status", "502"])),
    ]);
    insta::assert_json_snapshot!(shown);
    let by_kind = [&["--as", "answer:look_up_agency"][..], &effect, &at].concat();
    assert_eq!(read(&agencies.join("card_wrapped.xml"), &by_kind), card, "the effect's word means the same");

    let newcall = fixtures("telephony").join("event_newcall.json");
    for (integration, file, word, text) in [
        ("agencies", &fault, "answer:agency/list", "answer:agency/view"),
        ("telephony", &fault, "answer:hook", "nothing is called"),
        ("agencies", &newcall, "answer:agency/view", "comes to us"),
        ("agencies", &fault, "answer", "the method called"),
    ] {
        let ended = preview(integration, file, &["--as", word]);
        assert_eq!((ended.code, ended.err.contains(text)), (2, true), "{word}: {}", ended.err);
    }
}

#[test]
fn a_preview_leaves_it_to_the_integration_what_a_failure_of_the_server_means() {
    let read = |vendor: &str, sample: &str, word: &str| {
        let ended = preview(vendor, &fixtures(vendor).join(sample), &["--as", word]);
        assert_eq!(ended.code, 0, "{sample}: {}", ended.err);
        let json = ended.json();
        assert_eq!(json["verdict"], "error", "{json}");
        json["error"].as_str().unwrap().to_owned()
    };
    for (vendor, sample, word, error) in [
        ("bitrix24", "err_query_limit.json", "answer:find_person", "retry"),
        ("bitrix24", "err_operation_time_limit.json", "answer:find_person", "retry"),
        ("bitrix24", "err_portal_deleted.json", "answer:find_person", "unauthorized"),
        ("bitrix24", "err_overload.json", "answer:find_person", "unauthorized"),
        ("bitrix24", "err_gateway_html.json", "answer:find_person", "unreachable"),
        ("bitrix24", "err_gateway_html.json", "answer:im.message.add", "outcome_unknown"),
        ("okdesk", "err_server_html.json", "answer:issues", "unreachable"),
        ("okdesk", "err_server_html.json", "answer:issues/rates", "outcome_unknown"),
        ("okdesk", "err_rate_limited.json", "answer:issues", "retry"),
        ("okdesk", "err_forbidden.json", "answer:issues", "refused"),
    ] {
        assert_eq!(read(vendor, sample, word), error, "{vendor} {sample} {word}");
    }
}

#[test]
fn a_preview_reads_a_file_as_if_it_lay_in_the_watched_folder() {
    let folder = tempfile::tempdir().unwrap();
    let rows = folder.path().join("rows.json");
    let row =
        |n: u32| serde_json::json!({ "source_id": n.to_string(), "calls": { "datetime": "2026-09-21T11:00:00Z" } });
    let calls: Vec<Value> = (0..501).map(row).chain([serde_json::json!({ "calls": {} })]).collect();
    fs::write(&rows, serde_json::json!({ "calls": calls }).to_string()).unwrap();
    let json = preview("call_feed", &rows, &["--as", "file"]).json();
    assert_eq!((&json["verdict"], &json["proof"]["by"]), (&Value::from("accepted"), &Value::from("local")));
    assert_eq!((json["facts"].as_array().unwrap().len(), &json["effects_of_first"]), (501, &Value::from(500)));
    assert_eq!(
        (&json["rejected_rows"][0]["index"], json["rejected_rows"].as_array().unwrap().len()),
        (&Value::from(501), 1)
    );

    let table = fixtures("call_feed").join("files/table.csv");
    let shown = preview("call_feed", &table, &[]).json();
    assert_eq!((&shown["verdict"], shown["facts"].is_array()), (&Value::from("accepted"), true), "{shown}");
    assert_eq!(preview("call_feed", &table, &["--as", "file"]).json(), shown, "a table is a file unasked");
    let strange = folder.path().join("rows.txt");
    fs::write(&strange, "x").unwrap();
    assert_eq!(preview("call_feed", &strange, &["--as", "file"]).code, 2);
    fs::rename(&strange, folder.path().join("broken.csv")).unwrap();
    let broken = preview("call_feed", &folder.path().join("broken.csv"), &[]).json();
    assert_eq!(broken["verdict"], "not_understood", "{broken}");
}

#[test]
fn a_preview_knows_the_state_and_leaves_it() {
    let site = Site::new();
    let more = "[integrations.agencies]\nenabled = true\nbase = \"http://127.0.0.1:9/\"\nlogin = \"desk\"\n";
    fs::write(site.config(), fs::read_to_string(site.config()).unwrap() + more).unwrap();
    site.set_up();
    let phones = site.folder.path().join("phones.csv");
    fs::write(&phones, "AGENCY_ID,AGENCY_PHONE\n4711,+37060011122\n,7\n").unwrap();
    let taken = site.run_well(&["import", "agency-phones", phones.to_str().unwrap(), "--json"], "");
    assert_eq!((&taken.json()["added"], &taken.json()["rejected"]), (&Value::from(1), &Value::from(1)));
    assert!(taken.err.contains("2 of 2 rows"), "{}", taken.err);
    let rejected = fs::read_to_string(site.folder.path().join("phones.csv.rejected.csv")).unwrap();
    assert_eq!(rejected.lines().count(), 2, "{rejected}");

    let file = fixtures("telephony").join("event_newcall.json");
    let preview = || site.run_well(&["preview", "telephony", file.to_str().unwrap()], "").json();
    let at_rest = preview();
    assert_eq!((&at_rest["verdict"], &at_rest["proof"]["client"]), (&Value::from("accepted"), &Value::from("desk")));
    assert_eq!(at_rest["effects"][0]["kind"], "look_up_agency", "{at_rest}");
    let engine = site.serve();
    assert_eq!(preview(), at_rest, "the running engine says the same");
    assert_eq!(engine.stop().code, 0);
    let none = site.run(&["replay", "1", "--preview"], "");
    assert_eq!((none.code, none.err.contains("no such record")), (1, true), "{}", none.err);
}

#[test]
fn settings_that_do_not_fit_are_named_with_their_line() {
    let site = Site::new();
    fs::write(site.config(), "[hooks]\nbynd = \"127.0.0.1:0\"\nrate_per_source = \"many\"\n").unwrap();
    for words in [&["serve"][..], &["check"], &["backup"]] {
        let refused = site.run(words, "");
        assert_eq!(refused.code, 3, "{words:?}");
        assert!(refused.err.contains("line 2: hooks.bynd"), "{}", refused.err);
        assert!(refused.err.contains("line 3: hooks.rate_per_source"), "{}", refused.err);
    }
    fs::remove_file(site.config()).unwrap();
    assert_eq!(site.run(&["serve"], "").code, 3);
}

#[test]
fn a_number_is_forgotten_and_its_records_with_it() {
    let site = Site::new();
    site.set_up();
    let engine = site.serve();
    let card = format!("/contact-center/vilnius/tel/?type=newcall&ani=37060011122&curator_id=4107&key={SECRET}");
    assert!(engine.get(&card).starts_with("HTTP/1.1 303"));
    let other = card.replace("37060011122", "37060033344");
    assert!(engine.get(&other).starts_with("HTTP/1.1 303"));
    let done = site.run_well(&["erase", "--phone", "+370 600 11122", "--json"], "");
    let shown = done.json();
    let counts =
        ["calls", "records", "entries", "deliveries", "under_way", "kept"].map(|name| shown[name].as_u64().unwrap());
    assert_eq!(counts, [1, 1, 1, 0, 0, 0], "{shown}");
    assert_eq!((&shown["rebuilt"], &shown["backups"]["state"]), (&Value::from("yes"), &Value::from("kept")));
    assert!(done.err.contains("Not reached from here"), "what stays is said");
    assert_eq!(site.run(&["erase", "--phone", "37"], "").code, 2);
    assert_eq!(engine.stop().code, 0);
}

#[test]
fn check_tells_what_is_missing() {
    let site = Site::new();
    let bad = site.run(&["check"], "");
    assert_eq!(bad.code, 1);
    let command = format!("pultd --config {} secret set telephony.client.desk", site.config().display());
    assert!(bad.out.contains(&command), "{}", bad.out);
    assert!(!site.data().exists(), "looking makes nothing");
    site.set_up();
    site.run_well(&["check"], "");
    assert_eq!(site.run(&["check", "nobody"], "").code, 2);
}

#[test]
fn the_example_is_a_file_that_can_be_used() {
    let mut command = pultd();
    command.args(["config", "example"]);
    let example = Ended::of(command, "");
    let site = Site::new();
    fs::write(site.config(), example.out).unwrap();
    assert_eq!(site.run(&["config", "example"], "").code, 0);
    assert_ne!(site.run(&["check", "telephony"], "").code, 3);
}

#[test]
fn the_document_of_addresses_is_printed() {
    let mut command = pultd();
    command.arg("openapi");
    let document = Ended::of(command, "").json();
    assert!(document["paths"]["/healthz"].is_object(), "{document}");
}

#[test]
fn help_names_the_exit_codes_and_shows_examples() {
    let help = |words: &[&str]| {
        let mut command = pultd();
        command.args(words).arg("--help");
        let ended = Ended::of(command, "");
        assert_eq!(ended.code, 0);
        ended.out
    };
    assert!(help(&[]).contains("5  the database cannot be opened"));
    for words in [
        &["serve"][..],
        &["check"],
        &["backup"],
        &["restore"],
        &["import"],
        &["preview"],
        &["replay"],
        &["erase"],
        &["diagnostics"],
        &["openapi"],
        &["secret", "set"],
        &["secret", "list"],
        &["secret", "remove"],
        &["user", "add"],
        &["user", "password"],
        &["config", "example"],
    ] {
        assert!(help(words).contains("Example"), "{words:?}");
    }
    let mut command = pultd();
    command.arg("dance");
    assert_eq!(Ended::of(command, "").code, 2);
}

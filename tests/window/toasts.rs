//! Toasts on a real notification daemon: what they say, what their buttons do, and where they lead.
//!
//! The engine is a server's inside the test, so that notices are raised and looked at here; the window is attached to it through a
//! wire that is listened to. Deliberately not here: whether somebody is told of a notice (the engine's own tests).

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use fantoccini::Locator;
use metrics_exporter_prometheus::PrometheusBuilder;
use pult_domain::{Area, Audience, Level, Notice, NoticeChange, NoticeClass, Subject};
use pult_engine::{
    Engine,
    api::dispatch,
    auth::{Actor, Role, role::Rights},
    clock::Clock,
    config::{Config, Place},
    secrets::SecretStore,
};
use pult_server::{Server, assembly::Site};
use pult_store::notices;
use serde_json::{Map, Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

use super::{
    Ended, PATIENCE, free_address, invoke, keep_secrets_in_file, listens, open_window, program, settle, start_driver,
    within,
};

/// After this long without an effect something is done once more: what came before anybody listened is told to nobody.
const ONCE_MORE: Duration = Duration::from_secs(20);
/// Who sits at the window.
const LOGIN: &str = "anna";
const PASSWORD: &str = "correct horse battery";
/// What people wrote is no markup.
const NAME: &str = "Белова <b>О. & К.</b>";

/// A notification daemon with a menu that chooses by itself.
struct Daemon {
    folder: PathBuf,
    _program: Ended,
}

impl Daemon {
    async fn start(folder: &Path) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let (menu, config) = (folder.join("menu"), folder.join("dunstrc"));
        let chooses = format!(
            "#!/bin/sh\ncd '{}'\ncat > offering\nmv offering offered\ngrep -F \"#$(cat choice) \" offered\n",
            folder.display()
        );
        fs::write(&menu, chooses).unwrap();
        fs::set_permissions(&menu, fs::Permissions::from_mode(0o700)).unwrap();
        let stays: String =
            ["low", "normal", "critical"].map(|urgency| format!("[urgency_{urgency}]\ntimeout = 0\n")).concat();
        let settings = format!(
            "[global]\nmarkup = full\nstack_duplicates = false\nhistory_length = 400\ndmenu = {}\n{stays}",
            menu.display()
        );
        fs::write(&config, settings).unwrap();
        let mut dunst = Command::new("dunst");
        dunst.arg("-conf").arg(&config).stdout(Stdio::null()).stderr(Stdio::null());
        let daemon = Self { folder: folder.to_owned(), _program: Ended(dunst.spawn().unwrap()) };
        until("dunst answers", async || Self::control(&["count", "displayed"]).trim() == "0").await;
        daemon
    }

    fn control(arguments: &[&str]) -> String {
        let output = Command::new("dunstctl").args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// On the screen, or waiting for a place on it.
    fn shown() -> usize {
        let count = |of| Self::control(&["count", of]).trim().parse::<usize>().unwrap();
        count("displayed") + count("waiting")
    }

    /// Presses a button of the toasts; all there are.
    async fn press(&self, button: &str) -> String {
        let offered = self.folder.join("offered");
        let _ = fs::remove_file(&offered);
        fs::write(self.folder.join("choice"), button).unwrap();
        Self::control(&["context"]);
        until("a menu", async || offered.exists()).await;
        fs::read_to_string(&offered).unwrap()
    }

    /// Takes the toasts off the screen; what they said, the last first.
    async fn clear(&self) -> Vec<String> {
        Self::control(&["close-all"]);
        until("the screen is clear", async || Self::shown() == 0).await;
        let history: Value = serde_json::from_str(&Self::control(&["history"])).unwrap();
        let said = |toast: &Value| {
            format!("{}|{}", toast["summary"]["data"].as_str().unwrap(), toast["body"]["data"].as_str().unwrap())
        };
        history["data"][0].as_array().unwrap().iter().map(said).collect()
    }
}

/// Waits until something holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let came = within(PATIENCE, &mut holds).await;
    assert!(came, "in vain: {what}; the daemon counts {}", Daemon::control(&["count"]));
}

/// A way to the server that keeps what is asked of it.
#[derive(Clone, Default)]
struct Wire(Arc<Mutex<Vec<u8>>>);

impl Wire {
    async fn lay(to: SocketAddr) -> (Self, SocketAddr) {
        let (wire, door) = (Self::default(), TcpListener::bind("127.0.0.1:0").await.unwrap());
        let (address, kept) = (door.local_addr().unwrap(), wire.clone());
        tokio::spawn(async move {
            while let Ok((from, _)) = door.accept().await {
                let kept = kept.clone();
                tokio::spawn(async move { kept.carry(from, to).await });
            }
        });
        (wire, address)
    }

    async fn carry(&self, from: TcpStream, to: SocketAddr) {
        let Ok(to) = TcpStream::connect(to).await else { return };
        let ((mut from, mut back), (mut answers, mut to)) = (from.into_split(), to.into_split());
        let asked = async {
            let mut piece = vec![0; 16 * 1024];
            while let Ok(count @ 1..) = from.read(&mut piece).await {
                self.0.lock().unwrap().extend_from_slice(&piece[..count]);
                if to.write_all(&piece[..count]).await.is_err() {
                    break;
                }
            }
            let _ = to.shutdown().await;
        };
        let answered = async {
            let _ = tokio::io::copy(&mut answers, &mut back).await;
            // A connection that the server gives up is given up on this side too, or the next question would wait for ever.
            let _ = back.shutdown().await;
        };
        tokio::join!(asked, answered);
    }

    /// How often it was asked so.
    fn count(&self, words: &str) -> usize {
        String::from_utf8_lossy(&self.0.lock().unwrap()).matches(words).count()
    }
}

/// A server with its engine.
struct House {
    engine: Engine,
    server: Server,
    stop: CancellationToken,
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl House {
    async fn start(data: &Path) -> Self {
        // Another test of this process may have installed it already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (console, hooks, stop) = (free_address(), free_address(), CancellationToken::new());
        let config = Config::parse(&format!("[console]\nbind = \"{console}\"\n[hooks]\nbind = \"{hooks}\"\n")).unwrap();
        let site =
            Site { config, config_path: data.join("pult.toml"), data_dir: data.to_owned(), place: Place::Desktop };
        let secrets = SecretStore::with_file(data, |_| None);
        let engine = site.start(secrets, Clock::system(), stop.clone()).await.unwrap();
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let server = Server::start(engine.clone(), metrics).await.unwrap();
        Self { engine, server, stop }
    }

    /// Tells everybody of so many operators at once; the notices' ids.
    async fn tell(&self, first: i64, many: i64) -> Vec<i64> {
        let notice = |operator: i64| Notice {
            key: format!("test/{operator}/{}", self.engine.clock().now()),
            class: NoticeClass::Rating,
            level: Level::Warning,
            subject: Subject(format!("operator:{operator}")),
            code: "network.lost".to_owned(),
            values: Map::from_iter([("title".to_owned(), json!(NAME))]),
            to: Audience::Everyone,
        };
        let notices: Vec<_> = (first..first + many).map(notice).collect();
        let now = self.engine.clock().now();
        let raise = move |c: &pult_store::Connection| {
            notices
                .into_iter()
                .map(|notice| Ok(notices::apply(c, &NoticeChange::Raise(notice), None, now)?.unwrap().id.0))
                .collect::<Result<Vec<i64>, pult_store::StoreError>>()
        };
        let ids = self.engine.store().write(raise).await.unwrap();
        self.engine.bus().changed(Area::Notices, ids.clone());
        ids
    }

    async fn ask(&self, name: &str, request: Value) -> Value {
        let actor = Actor { login: LOGIN.to_owned(), rights: Rights::of(Role::Admin), ..Actor::local_window() };
        dispatch(&self.engine, &actor, name, request).await.unwrap()
    }

    /// What became of a notice.
    async fn row(&self, id: i64) -> Value {
        self.ask("notices.rows", json!({ "ids": [id] })).await["rows"][0].clone()
    }

    /// Tells of an operator until a toast about it is pressed with the effect that is waited for.
    async fn press(&self, daemon: &Daemon, operator: i64, button: &str, mut done: impl AsyncFnMut(i64) -> bool) {
        let mut pressed = async || {
            daemon.clear().await;
            let id = self.tell(operator, 1).await[0];
            if !within(ONCE_MORE, &mut async || Daemon::shown() > 0).await {
                return false;
            }
            let offered = daemon.press(button).await;
            for word in ["Open", "Done", "In an hour"] {
                assert!(offered.contains(word), "{word}: {offered}");
            }
            within(ONCE_MORE, &mut async || done(id).await).await
        };
        assert!(within(PATIENCE * 4, &mut pressed).await, "in vain: a press on {button}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn toasts_say_what_is_new_do_what_is_pressed_and_lead_to_their_subject() {
    for program in ["dunst", "dunstctl"] {
        let path = std::env::var_os("PATH").unwrap_or_default();
        if !std::env::split_paths(&path).any(|folder| folder.join(program).is_file()) {
            #[allow(clippy::print_stderr)]
            {
                eprintln!("SKIPPED toasts on a notification daemon: {program} is not installed");
            }
            return;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let (data, own) = (folder.path().join("server"), folder.path().join("io.pult.console"));
    keep_secrets_in_file(&data);
    keep_secrets_in_file(&own);
    let house = House::start(&data).await;
    let daemon = Daemon::start(folder.path()).await;
    let (wire, door) = Wire::lay(house.server.console).await;
    let server = format!("http://{door}/");

    // Somebody signs in at the window, and the program goes on with it open.
    let address = free_address();
    let driver = start_driver(folder.path(), address);
    listens(address).await;
    let window = open_window(address, &["--attach", &server]).await;
    let code = fs::read_to_string(data.join("setup-code")).unwrap();
    let person = json!({
        "code": code.trim(), "login": LOGIN, "full_name": "Анна Белова", "password": PASSWORD,
    });
    let made = invoke(&window, "first_run", person).await;
    assert_eq!(made["error"], Value::Null, "{made}");
    let signed = invoke(&window, "sign_in", json!({ "login": LOGIN, "password": PASSWORD })).await;
    assert_eq!(signed["error"], Value::Null, "{signed}");
    invoke(&window, "speak", json!({ "language": "en" })).await;
    window.refresh().await.unwrap();
    if let Err(error) = window.wait().at_most(PATIENCE).for_element(Locator::Css("nav a")).await {
        let page = window.find(Locator::Css("body")).await.unwrap().text().await.unwrap();
        panic!("{error}; the page says: {page}");
    }

    // Where the page is open, it shows the subject, and the notice is read.
    house
        .press(&daemon, 17, "Open", async |id| {
            let here = window.current_url().await.unwrap();
            here.fragment() == Some("/now?open=operator:17") && house.row(id).await["read"] == true
        })
        .await;
    house.press(&daemon, 18, "Done", async |id| house.row(id).await["done"] == true).await;
    house.press(&daemon, 19, "In an hour", async |id| house.row(id).await["snoozed_until"].is_i64()).await;

    // One notice is one toast, with its words as they were written.
    daemon.clear().await;
    let before = Daemon::control(&["count", "history"]);
    house.tell(20, 1).await;
    until("a toast", async || Daemon::shown() == 1).await;
    let said = daemon.clear().await.remove(0);
    assert_eq!(said, "Notice|Белова &lt;b&gt;О. &amp; К.&lt;/b&gt;: no answer", "{before}");

    // A storm is one toast that tells how many there are, and leads to the list.
    calm(&house).await;
    let known = daemon.clear().await.len();
    house.tell(1000, 300).await;
    until("the storm", async || Daemon::shown() == 1).await;
    daemon.press("Open").await;
    until("the list", async || window.current_url().await.unwrap().fragment() == Some("/inbox")).await;
    let said = daemon.clear().await;
    assert_eq!(said.len(), known + 1, "{said:?}");
    assert!(said[0].starts_with("New notices: 300|Белова"), "{said:?}");

    // Nothing personal where others may see it, singly and in a storm.
    let mut wishes = house.ask("notices.preferences", json!({})).await;
    wishes["private"] = json!(true);
    house.ask("notices.set_preferences", wishes).await;
    calm(&house).await;
    house.tell(21, 1).await;
    until("a toast", async || Daemon::shown() == 1).await;
    assert_eq!(daemon.clear().await[0], "Notice|");
    calm(&house).await;
    house.tell(2000, 300).await;
    until("the storm", async || Daemon::shown() == 1).await;
    assert_eq!(daemon.clear().await[0], "New notices: 300|");
    // Closed, it would go on in the tray and answer for the next one: it is ended.
    let children = format!("/proc/{0}/task/{0}/children", driver.0.id());
    let first = fs::read_to_string(children).unwrap().split_whitespace().next().unwrap().to_owned();
    window.close().await.unwrap();
    assert!(Command::new("kill").args(["-TERM", &first]).status().unwrap().success());
    until("the window's end", async || !Path::new("/proc").join(&first).join("exe").exists()).await;
    drop(driver);

    // Without a page the window is opened with one, and that shows the subject. What comes so soon after a storm would be part of it.
    calm(&house).await;
    let mut tray = Command::new(program());
    tray.args(["--tray", "--attach", &server]).stdout(Stdio::null()).stderr(Stdio::null());
    settle(&mut tray, folder.path());
    let tray = Ended(tray.spawn().unwrap());
    let asked = "/api/console/call/floor.operator ";
    let before = wire.count(asked);
    house.press(&daemon, 22, "Open", async |_| wire.count(asked) > before).await;
    assert!(wire.count("{\"id\":22}") > 0, "another subject is shown");
    drop(tray);
}

/// Waits until what was told so far belongs to no storm any more.
async fn calm(house: &House) {
    let since = house.engine.clock().now();
    until("calm", async || house.engine.clock().now().duration_since(since) > pult_engine::announce::STORM).await;
}

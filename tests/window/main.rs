//! The real window, driven through the web view's own WebDriver: the page reaches the engine inside and nothing else.
//!
//! `cargo xtask test` gives it a display and a session bus of its own. Deliberately not here: screens (the browser's tests
//! have them), and the tray's menu.
#![allow(clippy::unwrap_used, clippy::panic, clippy::tests_outside_test_module)]

#[cfg(target_os = "linux")]
mod foreign;
#[cfg(target_os = "linux")]
mod life;
#[cfg(target_os = "linux")]
mod toasts;

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use fantoccini::{Client, ClientBuilder, Locator, wd::WindowHandle};
use serde_json::{Value, json};
use tokio::time::{interval, timeout};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends a program also when a test fails; the driver's end is the window's too.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Settings and a data folder of the test's own. The secrets are in a file: no keyring is asked.
fn site(folder: &Path, hooks: SocketAddr) -> String {
    let data = folder.join("data");
    keep_secrets_in_file(&data);
    let config = folder.join("pult.toml");
    let text = format!(
        "[console]\nbind = \"{}\"\n\n[hooks]\nbind = \"{hooks}\"\n\n[storage]\ndata_dir = {data:?}\n\n\
         [integrations.call_feed]\nenabled = true\n",
        free_address()
    );
    fs::write(&config, text).unwrap();
    config.to_str().unwrap().to_owned()
}

fn keep_secrets_in_file(data: &Path) {
    fs::create_dir_all(data).unwrap();
    fs::write(data.join("secrets.toml"), "").unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(data.join("secrets.toml"), fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// Nothing of the person's own is read or written: neither settings nor the language.
fn settle(command: &mut Command, folder: &Path) {
    command.env("LANG", "en_US.UTF-8").env("LC_ALL", "");
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"] {
        command.env(name, folder);
    }
}

fn program() -> String {
    std::env::var("PULT_TEST_WINDOW").unwrap_or_else(|_| env!("CARGO_BIN_EXE_pult").to_owned())
}

fn start_driver(folder: &Path, address: SocketAddr) -> Ended {
    start_driver_speaking(folder, address, "en_US.UTF-8")
}

/// As [`start_driver`], where the system says this of its language.
fn start_driver_speaking(folder: &Path, address: SocketAddr, language: &str) -> Ended {
    let mut driver = Command::new("WebKitWebDriver");
    driver.arg(format!("--port={}", address.port())).stdout(Stdio::null());
    // The web view may be driven from outside only when it is told so.
    driver.env("TAURI_WEBVIEW_AUTOMATION", "true");
    settle(&mut driver, folder);
    driver.env("LANG", language);
    Ended(driver.spawn().expect("WebKitWebDriver is installed (Debian: webkit2gtk-driver)"))
}

async fn listens(address: SocketAddr) {
    let mut again = interval(Duration::from_millis(50));
    timeout(PATIENCE, async {
        while TcpStream::connect(address).is_err() {
            again.tick().await;
        }
    })
    .await
    .unwrap_or_else(|_| panic!("nobody listens at {address}"));
}

/// Waits until something holds.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    assert!(within(PATIENCE, &mut holds).await, "in vain: {what}");
}

async fn within(patience: Duration, holds: &mut impl AsyncFnMut() -> bool) -> bool {
    let mut again = interval(Duration::from_millis(100));
    timeout(patience, async {
        while !holds().await {
            again.tick().await;
        }
    })
    .await
    .is_ok()
}

async fn open_window(driver: SocketAddr, arguments: &[&str]) -> Client {
    let Value::Object(wanted) = json!({
        "webkitgtk:browserOptions": { "binary": program(), "args": arguments }
    }) else {
        unreachable!()
    };
    let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
    builder.capabilities(wanted);
    let address = format!("http://{driver}");
    let connecting = builder.connect(&address);
    timeout(PATIENCE, connecting).await.expect("the window opens in time").unwrap()
}

/// Gives a command of the window as the page would, and tells how it ended.
async fn invoke(window: &Client, command: &str, arguments: Value) -> Value {
    let script = "const [command, arguments_, done] = arguments;
        window.__TAURI_INTERNALS__.invoke(command, arguments_).then(ok => done({ ok }), error => done({ error }));";
    window.execute_async(script, vec![json!(command), arguments]).await.unwrap()
}

#[tokio::test]
async fn the_page_reaches_the_engine_inside_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (hooks, address) = (free_address(), free_address());
    let config = site(folder.path(), hooks);
    let driver = start_driver(folder.path(), address);
    listens(address).await;
    let window = open_window(address, &["--config", &config]).await;

    // The page starts with whoever sits here signed in, and shows a screen.
    let wait = || window.wait().at_most(PATIENCE);
    wait().for_element(Locator::Css("nav a")).await.unwrap();
    assert_eq!(invoke(&window, "place", json!({})).await["ok"]["server"], Value::Null);
    let session = invoke(&window, "session", json!({})).await;
    assert_eq!(session["ok"]["me"]["login"], "window", "{session}");

    // Commands go to the engine, with its refusals as they are.
    let health = invoke(&window, "console", json!({ "name": "engine.health", "request": {} })).await;
    assert_eq!(health["ok"]["sources"][0]["name"], "call_feed", "{health}");
    let unknown = invoke(&window, "console", json!({ "name": "no.such", "request": {} })).await;
    assert_eq!(unknown["error"]["code"], "not_found", "{unknown}");

    // What is not needed is not allowed: programs, other windows, other pages.
    for url in ["http://example.com", "file:///etc/passwd", "javascript:alert(1)"] {
        let refused = invoke(&window, "open_external", json!({ "url": url })).await;
        assert_eq!(refused["error"]["code"], "bad_field", "{url}: {refused}");
    }
    let refused = invoke(&window, "plugin:window|close", json!({ "label": "main" })).await;
    assert!(refused["error"].as_str().is_some_and(|text| text.contains("not allowed")), "{refused}");
    let here = window.current_url().await.unwrap();
    window.execute("location.href = 'https://example.com/'", vec![]).await.unwrap();
    assert_eq!(window.current_url().await.unwrap(), here);

    // The engine inside takes hooks too.
    listens(hooks).await;

    // A click leads to another screen, and what is drawn is not empty.
    let title = "document.querySelector('h1')?.textContent ?? ''";
    let before = window.execute(&format!("return {title}"), vec![]).await.unwrap();
    let other = window.find(Locator::Css("nav a:not([aria-current])")).await.expect("the rail has screens");
    other.click().await.unwrap();
    let moved = format!("return ({title}) !== {before}");
    timeout(PATIENCE, async {
        let mut again = interval(Duration::from_millis(50));
        while window.execute(&moved, vec![]).await.unwrap() != json!(true) {
            again.tick().await;
        }
    })
    .await
    .expect("another screen is shown");
    assert!(window.screenshot().await.unwrap().len() > 10_000, "the picture is not blank");

    window.close().await.unwrap();
    drop(driver);
}

/// The window's views, once there are so many.
async fn views(window: &Client, count: usize) -> Vec<WindowHandle> {
    let mut again = interval(Duration::from_millis(50));
    timeout(PATIENCE, async {
        loop {
            again.tick().await;
            let views = window.windows().await.unwrap();
            if views.len() == count {
                return views;
            }
        }
    })
    .await
    .unwrap_or_else(|_| panic!("never {count} windows"))
}

#[tokio::test]
async fn the_wallboard_has_one_window_of_its_own_that_reads_the_floor_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (hooks, address) = (free_address(), free_address());
    let config = site(folder.path(), hooks);
    let driver = start_driver(folder.path(), address);
    listens(address).await;
    let window = open_window(address, &["--config", &config]).await;
    let wait = || window.wait().at_most(PATIENCE);
    wait().for_element(Locator::Css("nav a")).await.unwrap();
    let console = window.window().await.unwrap();

    assert_eq!(invoke(&window, "open_wall", json!({})).await["error"], Value::Null);
    let both = views(&window, 2).await;
    let wall = both.into_iter().find(|each| *each != console).unwrap();
    assert_eq!(invoke(&window, "open_wall", json!({})).await["error"], Value::Null);
    window.switch_to_window(wall.clone()).await.unwrap();

    // It shows the floor and nothing of the console around it.
    wait().for_element(Locator::Css("main [role=region] ul")).await.unwrap();
    assert!(window.find(Locator::Css("nav a")).await.is_err());
    assert_eq!(invoke(&window, "place", json!({})).await["ok"]["wall"], json!(true));
    let board = invoke(&window, "console", json!({ "name": "floor.board", "request": {} })).await;
    assert!(board["ok"]["operators"].is_array(), "{board}");

    // What it has no use for is refused.
    let asked = invoke(&window, "console", json!({ "name": "settings.read", "request": {} })).await;
    assert_eq!(asked["error"]["code"], "forbidden", "{asked}");
    for (command, arguments) in [("open_external", json!({ "url": "https://example.com" })), ("wanted", json!({}))] {
        let refused = invoke(&window, command, arguments).await;
        assert!(refused["error"].as_str().is_some_and(|text| text.contains("not allowed")), "{command}: {refused}");
    }

    // Leaving it closes it, and the console is still there: asked for twice, there was one.
    // Its answer may or may not come before it is gone.
    let _ = window.execute("window.__TAURI_INTERNALS__.invoke('leave_wall')", vec![]).await;
    assert_eq!(views(&window, 1).await, std::slice::from_ref(&console));
    window.switch_to_window(console).await.unwrap();
    assert!(invoke(&window, "leave_wall", json!({})).await["error"].is_string(), "the console is no wallboard");

    window.close().await.unwrap();
    drop(driver);
}

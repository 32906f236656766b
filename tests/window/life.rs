//! The window's life as the person lives it, under a real window manager: to the tray and back, called by a second start, and as it was
//! left. Memory and the time to the first screen are kept as figures when `PULT_BENCH_FIGURES` names a folder for them.
//!
//! Deliberately not here: what the tray's menu says (its unit tests), and the bars of the figures (`cargo xtask bench`).

use std::{
    collections::HashMap,
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use fantoccini::Locator;
use serde_json::json;
use tokio::time::interval;

use super::{
    Ended, PATIENCE, free_address, listens, open_window, program, settle, site, start_driver_speaking, until, within,
};

/// What a window of the person's own size is, in pixels.
const SIZE: (i32, i32) = (1120, 760);
/// Where it stands.
const PLACE: (i32, i32) = (90, 70);
/// A window manager's frame may count as the window's or not.
const FRAME: i32 = 40;

/// Keeps figures where they are wanted.
fn keep(figures: &str, values: serde_json::Value) {
    if let Some(folder) = std::env::var_os("PULT_BENCH_FIGURES").map(PathBuf::from) {
        fs::write(folder.join(format!("{figures}.json")), values.to_string()).unwrap();
    }
}

/// A process and all it has started.
fn family(first: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // One that has ended meanwhile has no line any more.
        let Ok(line) = fs::read_to_string(entry.path().join("stat")) else { continue };
        let parent = line.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok());
        children.entry(parent.unwrap_or(0)).or_default().push(pid);
    }
    let mut all = vec![first];
    let mut at = 0;
    while at < all.len() {
        all.extend(children.remove(&all[at]).unwrap_or_default());
        at += 1;
    }
    all
}

/// How many web views a program has.
fn web_views(program: u32) -> usize {
    // The kernel keeps fifteen letters of a name.
    let is_view =
        |pid: &u32| fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|n| n.starts_with("WebKitWebProces"));
    family(program).iter().filter(|pid| is_view(pid)).count()
}

/// Megabytes of a program and all it has started, shared pages divided among those who share them.
fn memory(program: u32) -> f64 {
    let kilobytes = |pid: &u32| -> Option<f64> {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.trim().trim_end_matches(" kB").trim().parse().ok()
    };
    family(program).iter().filter_map(kilobytes).sum::<f64>() * 1024.0 / 1e6
}

fn xdotool(arguments: &[&str]) -> Output {
    Command::new("xdotool").args(arguments).stderr(Stdio::null()).output().unwrap()
}

/// The window of a program that is on the screen, if there is one.
fn window_of(program: u32) -> Option<String> {
    let found = xdotool(&["search", "--onlyvisible", "--all", "--pid", &program.to_string(), "--name", "Pult"]);
    String::from_utf8_lossy(&found.stdout).lines().next().map(str::to_owned)
}

/// Left and top, width and height.
fn geometry(window: &str) -> ((i32, i32), (i32, i32)) {
    let said = xdotool(&["getwindowgeometry", "--shell", window]);
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let value = |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).map_or(0, |v| v.parse().unwrap());
    ((value("X="), value("Y=")), (value("WIDTH="), value("HEIGHT=")))
}

fn near(one: (i32, i32), other: (i32, i32), at_most: i32) -> bool {
    (one.0 - other.0).abs() <= at_most && (one.1 - other.1).abs() <= at_most
}

fn start(folder: &Path, config: &str, more: &[&str]) -> Child {
    let mut command = Command::new(program());
    command.args(["--config", config]).args(more).stdout(Stdio::null()).stderr(Stdio::null());
    settle(&mut command, folder);
    command.spawn().unwrap()
}

/// Ends a program as the end of the person's session does.
async fn end(program: &mut Child) {
    assert!(Command::new("kill").args(["-TERM", &program.id().to_string()]).status().unwrap().success());
    until("the end of the program", async || program.try_wait().unwrap().is_some()).await;
    assert!(program.wait().unwrap().success());
}

/// A second start calls the first and ends at once.
async fn call(folder: &Path, config: &str) {
    let mut second = start(folder, config, &[]);
    until("the end of a second start", async || second.try_wait().unwrap().is_some()).await;
    assert!(second.wait().unwrap().success());
}

/// The memory of a program once it changes no more, or as it is when it still does after a minute: what was freed is given back
/// little by little. A figure, never a reason to fail.
async fn settled(program: u32) -> f64 {
    let mut again = interval(Duration::from_secs(1));
    let (mut last, mut same) = (f64::MAX, 0);
    within(PATIENCE, &mut async || {
        again.tick().await;
        let now = memory(program);
        same = if (now - last).abs() < 1.0 { same + 1 } else { 0 };
        last = now;
        same == 5
    })
    .await;
    last
}

#[tokio::test]
async fn closed_it_waits_in_the_tray_without_a_web_view_and_comes_back_as_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let hooks = free_address();
    let config = site(folder.path(), hooks);
    let mut manager = Command::new("openbox");
    settle(manager.stdout(Stdio::null()).stderr(Stdio::null()), folder.path());
    let _manager = Ended(manager.spawn().unwrap());

    // Started for the tray, the engine works and nothing is drawn.
    let mut first = Ended(start(folder.path(), &config, &["--tray"]));
    let id = first.0.id();
    listens(hooks).await;
    let in_tray = settled(id).await;
    assert_eq!((window_of(id), web_views(id)), (None, 0));

    // A second start brings the window, not a second engine.
    call(folder.path(), &config).await;
    until("the window", async || window_of(id).is_some() && web_views(id) == 1).await;
    let window = window_of(id).unwrap();
    let open = settled(id).await;
    xdotool(&["windowsize", &window, &SIZE.0.to_string(), &SIZE.1.to_string()]);
    xdotool(&["windowmove", &window, &PLACE.0.to_string(), &PLACE.1.to_string()]);
    until("the new size", async || geometry(&window).1 == SIZE && near(geometry(&window).0, PLACE, FRAME)).await;
    let left = geometry(&window);

    // Closed as anybody closes a window, it takes its web view with it; the engine goes on.
    until("the end of the window", async || {
        xdotool(&["windowactivate", &window, "key", "alt+F4"]);
        window_of(id).is_none()
    })
    .await;
    until("the end of the web view", async || web_views(id) == 0).await;
    listens(hooks).await;
    assert!(first.0.try_wait().unwrap().is_none(), "the program goes on");
    let again_in_tray = settled(id).await;

    // Called again, it is where it was and as large.
    call(folder.path(), &config).await;
    until("the window", async || window_of(id).is_some()).await;
    let window = window_of(id).unwrap();
    until("its old place", async || geometry(&window).1 == left.1 && near(geometry(&window).0, left.0, FRAME)).await;

    end(&mut first.0).await;
    keep("window_memory", json!({ "tray_mb": in_tray, "open_mb": open, "tray_again_mb": again_in_tray }));
}

/// The key of the live feed.
const KEY: &str = "feed-key-of-the-window";
/// A caller whom the journal knows.
const CALLER: &str = "+74950001111";

/// Sends one call by the live feed.
fn feed(hooks: SocketAddr) {
    let call = json!({ "source_id": "m-1", "calls": { "datetime": "2026-03-10 10:00:00" }, "telephone": { "number": CALLER } });
    let body = json!({ "calls": [call] }).to_string();
    let mut stream = TcpStream::connect(hooks).unwrap();
    write!(
        stream,
        "POST /api/v1/calls HTTP/1.1\r\nHost: {hooks}\r\nX-API-Key: {KEY}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"accepted\":1"), "{answer}");
}

#[tokio::test]
async fn it_opens_with_what_was_known_when_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let (hooks, address) = (free_address(), free_address());
    let config = site(folder.path(), hooks);
    fs::write(folder.path().join("data/secrets.toml"), format!("\"cc.api_key\" = \"{KEY}\"\n")).unwrap();
    let mut engine = Ended(start(folder.path(), &config, &["--tray"]));
    listens(hooks).await;
    feed(hooks);
    end(&mut engine.0).await;

    // As on a machine where no language was chosen: what the web view then calls its language is none.
    let _driver = start_driver_speaking(folder.path(), address, "C");
    listens(address).await;
    let began = Instant::now();
    let window = open_window(address, &["--config", &config]).await;
    let wait = || window.wait().at_most(PATIENCE);
    // The cards of the first screen are filled by the engine.
    wait().for_element(Locator::Css("main .cards li")).await.unwrap();
    let ready = began.elapsed();
    window.execute("location.hash = '#/calls?date=2026-03-10'", vec![]).await.unwrap();
    let said = format!("//main//*[contains(translate(., ' -()\u{a0}', ''), '{CALLER}')]");
    wait().for_element(Locator::XPath(&said)).await.unwrap();
    window.close().await.unwrap();
    keep("window_start", json!({ "ready_ms": ready.as_secs_f64() * 1e3 }));
}

//! What depends on what, as cargo sees it.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use crate::tree::{expect_none, root, texts};

/// What each package may depend on inside the workspace. Tests may reach further: `dev-dependencies` are not looked at.
const MAY_USE: &[(&str, &[&str])] = &[
    ("pult-domain", &[]),
    ("pult-store", &["pult-domain"]),
    ("pult-integrations", &["pult-domain"]),
    ("pult-engine", &["pult-domain", "pult-store", "pult-integrations"]),
    ("pult-server", &["pult-domain", "pult-store", "pult-integrations", "pult-engine"]),
    ("pult", &["pult-domain", "pult-store", "pult-integrations", "pult-engine", "pult-server"]),
    ("pult-simulators", &[]),
    ("xtask", &[]),
];

/// Crates that only some packages may use, and who.
const RESERVED: &[(&str, &[&str], &str)] = &[
    ("rusqlite", &["pult-store"], "all SQL lives in the store"),
    (
        "anyhow",
        &["pult", "pult-server", "pult-simulators", "xtask"],
        "a library's errors say what the caller does next",
    ),
    ("tauri", &["pult"], "only the window knows its framework"),
    ("notify-rust", &["pult"], "only the window shows toasts"),
    ("axum", &["pult-server", "pult-simulators"], "only the server listens"),
    ("tokio-tungstenite", &["pult", "pult-integrations", "pult-server"], "the engine speaks no wire protocol"),
];

/// Libraries of a window, by the beginning of their crates' names.
const WINDOW: &[&str] =
    &["tauri", "wry", "tao", "gtk", "gdk", "webkit2gtk", "glib", "gio", "soup", "javascriptcore", "notify-rust"];

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().expect("cargo starts");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// Each package of the workspace with the names of what it is built from.
fn packages() -> BTreeMap<String, Vec<String>> {
    let metadata = cargo(&["metadata", "--no-deps", "--format-version", "1", "--offline"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("metadata lists packages");
    let name = |value: &Value| value["name"].as_str().expect("a package has a name").to_owned();
    let used = |package: &Value| {
        let all = package["dependencies"].as_array().expect("a package lists its dependencies");
        all.iter().filter(|dependency| dependency["kind"] != "dev").map(name).collect()
    };
    packages.iter().map(|package| (name(package), used(package))).collect()
}

#[test]
fn dependencies_point_one_way() {
    let mut found = Vec::new();
    for (package, used) in packages() {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == package) else {
            found.push(format!("{package} is new: say in tests/tidy/crates.rs what it may use"));
            continue;
        };
        let inside = used.iter().filter(|name| MAY_USE.iter().any(|(known, _)| known == name));
        found.extend(
            inside.filter(|name| !allowed.contains(&name.as_str())).map(|name| format!("{package} uses {name}")),
        );
    }
    expect_none(
        "Dependencies point one way: domain <- store, integrations <- engine <- server, window. Move the code to the \
         room that may know both, or pass it in as a value or a trait.",
        found,
    );
}

#[test]
fn some_crates_are_reserved() {
    let packages = packages();
    let mut found = Vec::new();
    for (library, allowed, why) in RESERVED {
        let users = packages.iter().filter(|(_, used)| used.iter().any(|name| name == library));
        let strangers = users.filter(|(package, _)| !allowed.contains(&package.as_str()));
        found.extend(strangers.map(|(package, _)| format!("{package} uses {library}, but {why}")));
    }
    expect_none("Ask the room that owns the library instead of linking it again.", found);
}

#[test]
fn the_server_links_no_window() {
    let tree = cargo(&["tree", "--offline", "--package", "pult-server", "--edges", "normal", "--prefix", "none"]);
    assert!(tree.contains("pult-engine"), "cargo tree showed something else than the server:\n{tree}");
    let crates = tree.lines().filter_map(|line| line.split(' ').next());
    let found =
        crates.filter(|name| WINDOW.iter().any(|window| name == window || name.starts_with(&format!("{window}-"))));
    expect_none(
        "`pultd` runs where no window library is installed: keep what needs one behind the root package's `desktop`.",
        found.map(str::to_owned).collect(),
    );
}

#[test]
fn every_crate_keeps_the_workspace_lints() {
    let manifests = texts().iter().filter(|file| file.path.ends_with("Cargo.toml"));
    let loose = manifests.filter(|file| !file.text.contains("\n[lints]\nworkspace = true"));
    expect_none(
        "Add `[lints]` with `workspace = true` to the manifest.",
        loose.map(|file| file.path.clone()).collect(),
    );
}

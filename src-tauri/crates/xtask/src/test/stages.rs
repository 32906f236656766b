//! The stages of `cargo xtask test` in the order they run: quick checks first, then what takes building.
//!
//! A stage whose tool may be absent says so as `Skipped`; a missing compiler component or npm lock is an error.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use super::audit::{self, Audit};
use super::count::Count;
use super::failed::failed;
use crate::binaries::{cargo, selection};
use crate::browser;
use crate::display;
use crate::node;
use crate::process;
use crate::workspace::{self, Profile};

/// One step of the suite.
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// Has tests with names that a filter can pick.
    pub(crate) filtered: bool,
    pub(crate) run: fn(&[String]) -> Result<Outcome>,
}

/// How a stage ended, when it did not break.
pub(crate) enum Outcome {
    /// A check without tests of its own, and nothing was found.
    Clean,
    /// Not run, and why.
    Skipped(String),
    /// A test runner ran to its end.
    Counted { count: Count, failed: Vec<String>, success: bool },
}

/// Every stage, in order.
pub(crate) const STAGES: &[Stage] = &[
    Stage { name: "format", about: "rustfmt", filtered: false, run: format },
    Stage { name: "page", about: "the console page: types, lint and build", filtered: false, run: page },
    Stage { name: "lint", about: "clippy, every warning an error", filtered: false, run: lint },
    Stage {
        name: "licences",
        about: "cargo deny: licences, bans, sources; advisories of crates and of npm packages",
        filtered: false,
        run: licences,
    },
    Stage { name: "ui", about: "Vitest with the fake backend", filtered: true, run: ui },
    Stage { name: "programs", about: "the programs that stories start", filtered: false, run: programs },
    Stage { name: "rust", about: "unit tests, stories, tidy", filtered: true, run: rust },
    Stage { name: "doc", about: "examples in doc comments", filtered: true, run: doc },
    Stage { name: "browser", about: "the console in Chromium against pultd", filtered: true, run: browser },
    Stage { name: "window", about: "the real window under a virtual display", filtered: true, run: window },
];

fn format(_: &[String]) -> Result<Outcome> {
    process::run(cargo().args(["fmt", "--all", "--check"]))?;
    Ok(Outcome::Clean)
}

fn page(_: &[String]) -> Result<Outcome> {
    node::check()?;
    let ui = workspace::ui();
    node::install(&ui)?;
    process::run(node::command("npm", &ui).args(["run", "check"]))?;
    node::build_page()?;
    Ok(Outcome::Clean)
}

/// What every stage that compiles is made of.
#[derive(Clone, Copy)]
struct House {
    window: bool,
}

impl House {
    /// With the window where it can be built, and where its tests can be left to a stage of their own: `cargo test` cannot.
    fn here() -> Self {
        Self { window: has_window_libraries() && has_cargo_command("nextest") }
    }

    fn selection(self) -> [&'static str; 3] {
        selection(self.window)
    }

    fn build_programs(self) -> Result<()> {
        let mut command = cargo();
        command.arg("build").args(self.selection()).args(["--bin", "pultd", "--bin", "pult-simulators"]);
        if self.window {
            command.args(["--bin", "pult"]);
        }
        // A test among the targets has cargo count the features that tests ask of libraries, as it does for the next stages.
        process::run(command.args(["--test", "tidy"]))
    }
}

fn lint(_: &[String]) -> Result<Outcome> {
    let house = House { window: has_window_libraries() };
    process::run(cargo().arg("clippy").args(house.selection()).args(["--all-targets", "--", "--deny", "warnings"]))?;
    if !house.window {
        return Ok(Outcome::Skipped("the window's code: webkit2gtk-4.1 is not installed; the rest is clean".into()));
    }
    Ok(Outcome::Clean)
}

fn licences(_: &[String]) -> Result<Outcome> {
    let deny = has_cargo_command("deny");
    // Databases of advisories are asked over the network; without them there is nothing to compare with.
    let mut unknown = vec![];
    if deny {
        process::run(cargo().args(["deny", "--all-features", "check", "licenses", "bans", "sources"]))?;
        match process::run(cargo().args(["deny", "--all-features", "fetch", "db"])) {
            Ok(()) => process::run(cargo().args(["deny", "--all-features", "check", "--disable-fetch", "advisories"]))?,
            Err(_) => unknown.push("advisories of crates"),
        }
    }
    node::check()?;
    for (folder, name) in [(workspace::ui(), "ui"), (workspace::root().join("tests/browser"), "tests/browser")] {
        match audit::run(&folder)? {
            Audit::Clean => {}
            Audit::Found(report) => bail!("npm audit of {name} has found what is to be mended:\n{report}"),
            Audit::Unknown => unknown.push(if name == "ui" { "npm audit of ui" } else { "npm audit of tests/browser" }),
        }
    }
    let mut skipped = vec![];
    if !deny {
        let how = "`cargo install cargo-deny --locked`, minutes, and once is enough";
        skipped.push(format!("cargo-deny is not installed: {how}"));
    }
    if !unknown.is_empty() {
        skipped.push(format!("{}: their database cannot be reached; the rest is clean", unknown.join(", ")));
    }
    Ok(if skipped.is_empty() { Outcome::Clean } else { Outcome::Skipped(skipped.join("; ")) })
}

fn ui(filters: &[String]) -> Result<Outcome> {
    node::check()?;
    let ui = workspace::ui();
    node::install(&ui)?;
    let mut command = node::command("npx", &ui);
    command.args(["vitest", "run"]);
    if !filters.is_empty() {
        command.args(["--testNamePattern", &filters.join("|")]);
    }
    counted(&mut command)
}

fn programs(_: &[String]) -> Result<Outcome> {
    House::here().build_programs()?;
    Ok(Outcome::Clean)
}

fn rust(filters: &[String]) -> Result<Outcome> {
    let (mut command, house) = (cargo(), House::here());
    if has_cargo_command("nextest") {
        let no_tests = if filters.is_empty() { "fail" } else { "pass" };
        command
            .args(["nextest", "run"])
            .args(house.selection())
            .args(["--no-fail-fast", "--no-tests", no_tests])
            .args(filters);
        if house.window {
            // They have a stage with a display.
            command.args(["--filterset", "not binary(window) and not (package(pult) and kind(bin))"]);
        }
    } else {
        println!("  cargo-nextest is not installed, so `cargo test` runs the tests, more slowly");
        command.arg("test").args(house.selection()).args(["--all-targets", "--no-fail-fast", "--"]).args(filters);
    }
    counted(&mut command)
}

fn doc(filters: &[String]) -> Result<Outcome> {
    counted(cargo().arg("test").args(House::here().selection()).args(["--doc", "--no-fail-fast", "--"]).args(filters))
}

fn browser(filters: &[String]) -> Result<Outcome> {
    if !browser::is_here() {
        return Ok(Outcome::Skipped("no Chromium on this machine".into()));
    }
    node::build_page()?;
    House::here().build_programs()?;
    counted(&mut browser::command(filters, Profile::Dev)?)
}

fn window(filters: &[String]) -> Result<Outcome> {
    if !workspace::root().join("tests/window/main.rs").is_file() {
        return Ok(Outcome::Skipped("this tree has no window tests".into()));
    }
    if let Some(tool) = display::missing() {
        return Ok(Outcome::Skipped(format!("{tool} is not installed")));
    }
    let house = House { window: true };
    node::build_page()?;
    house.build_programs()?;
    let mut command = display::command();
    command.args(["cargo", "test"]).args(house.selection());
    command.args(["--bin", "pult", "--test", "window", "--", "--test-threads=1"]).args(filters);
    counted(tell_programs(&mut command))
}

/// Tells tests that cannot ask cargo where the built programs are.
fn tell_programs(command: &mut Command) -> &mut Command {
    command
        .env("PULT_TEST_PULTD", workspace::binary(Profile::Dev, "pultd"))
        .env("PULT_TEST_SIMULATORS", workspace::binary(Profile::Dev, "pult-simulators"))
        .env("PULT_TEST_WINDOW", workspace::binary(Profile::Dev, "pult"))
}

fn counted(command: &mut Command) -> Result<Outcome> {
    tell_programs(command).env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "1");
    let (status, lines) = process::tee(command)?;
    Ok(Outcome::Counted { count: Count::of(&lines), failed: failed(&lines), success: status.success() })
}

fn has_cargo_command(name: &str) -> bool {
    let mut command = cargo();
    command.args([name, "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn has_window_libraries() -> bool {
    let mut command = Command::new("pkg-config");
    command.args(["--exists", "webkit2gtk-4.1"]).current_dir(Path::new(workspace::root()));
    !cfg!(target_os = "linux") || command.status().is_ok_and(|status| status.success())
}

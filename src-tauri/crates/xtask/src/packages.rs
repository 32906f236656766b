//! The one list of Debian and Ubuntu packages that building and testing need, and how they get installed. Rust and Node
//! are not here: their Debian versions are too old, so the person chooses how to install them.

use std::env;
use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process;

/// What compiling and linking the engine, the server and the simulators takes.
const COMPILE: &[&str] = &["build-essential", "pkg-config"];

/// What the window takes, beside `COMPILE`: the headers of the web view, which bring GTK's, and of the session bus; the tray's
/// library is looked for when the window opens.
const WINDOW: &[&str] = &["libwebkit2gtk-4.1-dev", "libdbus-1-dev", "libayatana-appindicator3-1"];

/// What the tests start or look at, beside the two above.
const TEST: &[&str] = &[
    "xvfb",
    "dbus-x11",
    "openbox",
    "xdotool",
    "webkit2gtk-driver",
    "chromium",
    "dunst",
    "gnome-keyring",
    "libsecret-tools",
    "fonts-dejavu-core",
    "prosody",
    "openssl",
];

/// A real Redmine, for the tests that the simulator and the server share; without it they are skipped and say so. The copies
/// they start take the program and bring a database of their own.
const REDMINE: &[&str] = &["redmine", "redmine-sqlite", "puma"];

/// What Redmine's package would ask while it installs, for `debconf-set-selections`.
const REDMINE_ANSWERS: &str = "\
redmine redmine/instances/default/dbconfig-install boolean true
redmine redmine/instances/default/database-type select sqlite3
redmine redmine/default-language select en
";

/// What measuring takes, beside all that testing does.
const BENCH: &[&str] = &["wrk"];

/// What the packages are made with, beside the window's: the Tauri CLI asks for the tray's library by its headers, and the
/// AppImage's tool for the icons' library.
const PACKAGE: &[&str] = &["dpkg-dev", "libayatana-appindicator3-dev", "librsvg2-dev"];

/// What drawing the icons takes.
const ICONS: &[&str] = &["librsvg2-bin", "imagemagick"];

/// What the packages are for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Compile everything that has no window.
    Server,
    /// Compile the window too.
    Window,
    /// Compile and test everything.
    Test,
    /// Compile and measure.
    Bench,
    /// Compile and package.
    Package,
    /// Draw icons; compiles nothing.
    Icons,
}

impl Purpose {
    /// For building programs with or without the window.
    pub(crate) fn building(window: bool) -> Purpose {
        if window { Purpose::Window } else { Purpose::Server }
    }

    fn packages(self) -> Vec<&'static str> {
        let lists: &[&[&str]] = match self {
            Purpose::Server => &[COMPILE],
            Purpose::Window => &[COMPILE, WINDOW],
            Purpose::Test => &[COMPILE, WINDOW, TEST],
            Purpose::Bench => &[COMPILE, WINDOW, TEST, BENCH],
            Purpose::Package => &[COMPILE, WINDOW, PACKAGE],
            Purpose::Icons => &[ICONS],
        };
        lists.concat()
    }
}

/// Installs what is missing for `purpose`. Asks first, unless `yes` was given or this is CI run by root.
///
/// On a system without apt the list is printed and nothing is installed: its packages have other names.
///
/// # Errors
/// When the person says no, nobody can be asked, or apt fails; the text holds the command to run by hand.
pub(crate) fn ensure(purpose: Purpose, yes: bool) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let wanted = purpose.packages();
    if !process::on_path("apt-get") || !process::on_path("dpkg-query") {
        process::announce("no apt here: make sure the counterparts of these Debian packages are installed");
        println!("  {}", wanted.join(" "));
        return Ok(());
    }
    let missing: Vec<&str> = wanted.into_iter().filter(|name| !is_installed(name)).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing, &Help::default(), yes) }
}

/// Installs a real Redmine for the tests that are glad of one, under the same conditions as [`ensure`]. Where that does not
/// come to pass it is told and the run goes on: those tests are skipped.
pub(crate) fn offer_redmine(yes: bool) {
    let apt_here = cfg!(target_os = "linux") && process::on_path("apt-get") && process::on_path("dpkg-query");
    let missing: Vec<&str> = REDMINE.iter().copied().filter(|name| apt_here && !is_installed(name)).collect();
    if missing.is_empty() {
        return;
    }
    let help = Help { answers: REDMINE_ANSWERS, environment: Some(bundler_of_debian) };
    if let Err(error) = install(&missing, &help, yes) {
        println!("  SKIPPED: the tests with a real Redmine: {error:#}");
    }
}

/// What packages need to install with nobody to ask.
#[derive(Default)]
struct Help {
    /// What they would ask, for `debconf-set-selections`.
    answers: &'static str,
    /// `NAME=value` for their scripts, asked for once the lists of packages are there.
    environment: Option<fn() -> Option<String>>,
}

/// Has Redmine's scripts take the Bundler of Debian's package of it. A newer one may come with Ruby itself; being the newest it would
/// be taken, and it does not know where Debian keeps its gems. `None` where that package is not known.
fn bundler_of_debian() -> Option<String> {
    let shown = Command::new("apt-cache").args(["show", "--no-all-versions", "ruby-bundler"]).output().ok()?;
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    let version = shown.lines().find_map(|line| line.strip_prefix("Version: "))?;
    Some(format!("BUNDLER_VERSION={}", version.split_once('-').map_or(version, |(upstream, _)| upstream)))
}

/// Installs `missing` packages.
fn install(missing: &[&str], help: &Help, yes: bool) -> Result<()> {
    process::announce(&format!("system packages to install: {}", missing.join(" ")));
    let root = is_root();
    let by_hand = format!("{}apt-get install --no-install-recommends {}", prefix(root), missing.join(" "));
    if !(yes || root && env::var_os("CI").is_some()) {
        agree(&by_hand)?;
    }
    if !root && !process::on_path("sudo") {
        bail!("no sudo here; as root run: {by_hand}");
    }
    process::run(apt(root, None).arg("update"))?;
    if !help.answers.is_empty() {
        process::feed(&mut as_root(root, "debconf-set-selections"), help.answers)?;
    }
    let environment = help.environment.and_then(|environment| environment());
    let mut install = apt(root, environment.as_deref());
    install.args(["install", "--yes", "--no-install-recommends"]).args(missing);
    process::run(&mut install).with_context(|| format!("by hand it is: {by_hand}"))
}

/// Is the Debian package of this name installed? `false` where there is no dpkg.
fn is_installed(name: &str) -> bool {
    Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}", name])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}

fn agree(by_hand: &str) -> Result<()> {
    if !std::io::stdin().is_terminal() {
        bail!("nobody to ask here; run `{by_hand}`, or repeat this command with --yes");
    }
    print!("  Run `{by_hand}` now? [Y/n] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    match answer.trim().to_lowercase().as_str() {
        "" | "y" | "yes" | "д" | "да" => Ok(()),
        _ => bail!("not installed; run `{by_hand}` yourself and repeat this command"),
    }
}

fn apt(root: bool, environment: Option<&str>) -> Command {
    let mut command = as_root(root, "env");
    command.arg("DEBIAN_FRONTEND=noninteractive").args(environment).arg("apt-get");
    command
}

/// `program` with the rights of root, by `sudo` where this process has them not.
fn as_root(root: bool, program: &str) -> Command {
    if root {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.arg(program);
    command
}

fn prefix(root: bool) -> &'static str {
    if root { "" } else { "sudo " }
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

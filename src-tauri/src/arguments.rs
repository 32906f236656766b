//! The command line of `pult`.
//!
//! Deliberately not here: the commands of the server, which are read by the server, about this desktop's settings and data.

use std::{ffi::OsString, path::PathBuf};

use anyhow::bail;
use clap::Parser;
use pult_server::cli;
use url::{Host, Url};

/// Pult's window. Alone it runs the engine inside; attached it shows the engine of a server.
#[derive(Debug, Clone, Parser)]
#[command(version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Settings file; its usual place when absent
    #[arg(long, value_name = "FILE", conflicts_with = "attach")]
    pub(crate) config: Option<PathBuf>,
    /// Show the engine of this server, and run none here
    #[arg(long, value_name = "URL", value_parser = server)]
    pub(crate) attach: Option<Url>,
    /// Start in the tray, without opening the window
    #[arg(long)]
    pub(crate) tray: bool,
    /// Run the engine without a window; options of serving may follow
    #[arg(long)]
    headless: bool,
}

const EXAMPLES: &str = "Examples:
  pult                                   the window with the engine inside
  pult --attach https://pult.example.com the window of a server
  pult --tray                            only the tray icon, for the start of a session
  pult --headless --config pult.toml     the engine without a window

Commands about the data of this computer: backup, restore, check, diagnostics, erase, import, preview, replay, secret, targets, user.
  pult restore --help                    what one of them does";

/// What the command line asks for.
pub(crate) enum Wanted {
    /// A window.
    Window(Arguments),
    /// What needs no window, with the arguments of the server's command line.
    Server(Vec<OsString>),
}

/// Reads the command line. Wrong arguments and `--help` end the program here, as clap does it.
pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Wanted {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    if arguments.iter().any(|a| a == "--headless") {
        return Wanted::Server(for_server(arguments));
    }
    if is_command(&arguments) {
        return Wanted::Server(arguments);
    }
    Wanted::Window(Arguments::parse_from(arguments))
}

/// Whether the first word that is no option is a command of the server's.
fn is_command(arguments: &[OsString]) -> bool {
    let commands = cli::commands();
    let mut words = arguments.iter().skip(1);
    while let Some(word) = words.next() {
        match word.to_str() {
            // The file's name is no command, whatever it is called.
            Some("--config") => drop(words.next()),
            Some(option) if option.starts_with('-') => {}
            Some(word) => return commands.iter().any(|command| command == word),
            None => return false,
        }
    }
    false
}

/// The server reads `[options] serve`; whoever writes `serve` beside `--headless` is understood too.
fn for_server(arguments: Vec<OsString>) -> Vec<OsString> {
    let mut theirs: Vec<OsString> = arguments.into_iter().filter(|a| a != "--headless" && a != "serve").collect();
    theirs.push("serve".into());
    theirs
}

/// The address of a server's console. Passwords travel there, so it is HTTPS, or HTTP that never leaves this computer.
fn server(text: &str) -> anyhow::Result<Url> {
    let mut url = Url::parse(text)?;
    let at_home = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => bail!("the address names no server"),
    };
    match url.scheme() {
        "https" => {}
        "http" if at_home => {}
        "http" => bail!("a password would travel unprotected: use https"),
        other => bail!("{other} is not https"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        bail!("leave the login out of the address; the window asks for it");
    }
    // People copy the address of the page they see.
    url.set_path("/");
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_reached_safely_or_not_at_all() {
        for (given, taken) in [
            ("https://pult.example.com", Some("https://pult.example.com/")),
            ("https://pult.example.com:8443/ui/#calls", Some("https://pult.example.com:8443/")),
            ("http://127.0.0.1:8480/ui/", Some("http://127.0.0.1:8480/")),
            ("http://[::1]:8480", Some("http://[::1]:8480/")),
            ("http://localhost:8480", Some("http://localhost:8480/")),
            ("http://pult.example.com", None),
            ("https://me:secret@pult.example.com", None),
            ("ftp://pult.example.com", None),
            ("pult.example.com", None),
        ] {
            assert_eq!(server(given).ok().as_ref().map(Url::as_str), taken, "{given}");
        }
    }

    #[test]
    fn headless_hands_everything_else_to_the_server() {
        let read = |line: &str| match super::read(line.split(' ').map(OsString::from)) {
            Wanted::Server(theirs) => theirs.join(" ".as_ref()).into_string().ok(),
            Wanted::Window(_) => None,
        };
        assert_eq!(read("pult --headless").as_deref(), Some("pult serve"));
        assert_eq!(read("pult --headless --config a.toml").as_deref(), Some("pult --config a.toml serve"));
        assert_eq!(read("pult serve --headless --config a.toml").as_deref(), Some("pult --config a.toml serve"));
        assert_eq!(read("pult --tray"), None);
    }

    #[test]
    fn commands_about_the_data_are_handed_to_the_server_as_they_are() {
        for line in [
            "pult restore /backups/1",
            "pult --config a.toml check agencies --json",
            "pult --config=a.toml backup",
            "pult --config restore backup",
            "pult secret set agencies.password",
            "pult erase --phone +37060011122 --config a.toml",
            "pult diagnostics --to report.json",
        ] {
            match super::read(line.split(' ').map(OsString::from)) {
                Wanted::Server(theirs) => assert_eq!(theirs.join(" ".as_ref()), line),
                Wanted::Window(_) => panic!("{line}"),
            }
        }
        for line in ["pult", "pult --config restore", "pult --attach https://pult.example.com --tray"] {
            let words: Vec<_> = line.split(' ').map(OsString::from).collect();
            assert!(!is_command(&words), "{line}");
        }
        for no in ["serve", "nonsense"] {
            assert!(!is_command(&["pult".into(), no.into()]), "{no}");
        }
        for command in ["backup", "restore", "check", "import", "preview", "replay", "secret", "erase", "diagnostics"] {
            assert!(is_command(&["pult".into(), command.into()]), "{command}");
        }
    }
}

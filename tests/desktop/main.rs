//! The window's program as a command on one desk: it works on the settings and data of the window, and names itself in what it says.
//!
//! Deliberately not here: the window (`tests/window`), and what the commands do (the server's own tests).

#![allow(clippy::unwrap_used, reason = "a test's own helpers stop the test")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A person's home, with nothing in it, and no display or session bus.
struct Home(tempfile::TempDir);

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn data(&self) -> PathBuf {
        self.path().join("data/pult")
    }

    fn config(&self) -> PathBuf {
        self.path().join("config/pult/pult.toml")
    }

    fn run(&self, words: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pult"));
        command.args(words).stdin(Stdio::null()).current_dir(self.path());
        for gone in ["DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "PULT_CONFIG"] {
            command.env_remove(gone);
        }
        command.env("HOME", self.path()).env("XDG_RUNTIME_DIR", self.path());
        command.env("XDG_CONFIG_HOME", self.path().join("config")).env("XDG_DATA_HOME", self.path().join("data"));
        let done = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ended { code: done.status.code(), out: text(done.stdout), err: text(done.stderr) }
    }

    fn run_well(&self, words: &[&str]) -> String {
        let ended = self.run(words);
        assert_eq!(ended.code, Some(0), "{words:?}: {}", ended.err);
        ended.out
    }

    /// Leaves of the database what nobody can read.
    fn damage(&self) {
        for beside in ["pult.db-wal", "pult.db-shm"] {
            let _ = fs::remove_file(self.data().join(beside));
        }
        fs::write(self.data().join("pult.db"), [7; 20_000]).unwrap();
    }
}

#[test]
fn a_backup_is_made_and_put_back_with_the_command_that_was_named() {
    let home = Home::new();
    let backup = home.run_well(&["backup"]).trim().to_owned();
    assert!(Path::new(&backup).starts_with(home.data()), "{backup}");
    home.damage();
    let refused = home.run(&["backup"]);
    assert_eq!(refused.code, Some(5), "{}", refused.err);
    // The settings lie where the program looks by itself, so the command needs no more words.
    let named = format!("Restore it with: pult restore {backup}");
    assert!(refused.err.contains("\npult: ") && refused.err.contains(&named), "{}", refused.err);
    home.run_well(&["restore", &backup]);
    home.run_well(&["backup"]);
}

#[test]
fn settings_elsewhere_are_named_in_the_command() {
    let home = Home::new();
    let config = home.path().join("my settings.toml");
    fs::write(&config, format!("[storage]\ndata_dir = {:?}\n", home.data())).unwrap();
    let given = config.to_str().unwrap();
    let backup = home.run_well(&["--config", given, "backup"]).trim().to_owned();
    home.damage();
    let refused = home.run(&["--config", given, "backup"]);
    let named = format!("Restore it with: pult --config '{given}' restore {backup}");
    assert!(refused.err.contains(&named), "{}", refused.err);
    home.run_well(&["--config", given, "restore", &backup]);
}

#[test]
fn commands_speak_of_the_desktops_own_settings_and_of_this_program() {
    let home = Home::new();
    fs::create_dir_all(home.config().parent().unwrap()).unwrap();
    fs::write(home.config(), "[integrations.telephony]\nenabled = true\nclients = [\"desk\"]\n").unwrap();
    let report: serde_json::Value = serde_json::from_str(&home.run_well(&["diagnostics"])).unwrap();
    assert_eq!(report["settings"]["file"], home.config().to_str().unwrap());
    assert_eq!(report["database"]["folder"], home.data().to_str().unwrap());
    let checked = home.run(&["check"]);
    assert!(checked.out.contains("not set: pult secret set telephony.client.desk"), "{}{}", checked.out, checked.err);
    let help = home.run_well(&["restore", "--help"]);
    assert!(help.contains("pult restore /var/lib") && !help.contains("pultd"), "{help}");
    let wrong = home.run(&["secret"]);
    assert!(wrong.code == Some(2) && !wrong.err.contains("pultd"), "{}", wrong.err);
    let nonsense = home.run(&["nonsense"]);
    assert_eq!(nonsense.code, Some(2), "{}", nonsense.err);
}

//! The systemd unit of the server's package: systemd understands it, it gives away little, and what it starts, starts so.
//!
//! Deliberately not here: installing the package, which takes a machine of its own.

use std::{fs, path::Path, process::Command};

use serde_json::Value;

use crate::{
    house::{House, pultd},
    senders::{batch, row},
};

/// The most that the unit may expose, in tenths of systemd's own measure (0 to 10; what is not confined at all has 9.6).
const EXPOSURE: &str = "20";
/// Where the package puts the program and the settings.
const PROGRAM: &str = "/usr/bin/pultd";
const SETTINGS: &str = "/etc/pult/pult.toml";

fn unit() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/packaging/pultd.service");
    fs::read_to_string(file).unwrap()
}

/// The values of a setting, in order.
fn values(name: &str) -> Vec<String> {
    unit().lines().filter_map(|line| Some(line.strip_prefix(name)?.strip_prefix('=')?.to_owned())).collect()
}

#[test]
fn systemd_understands_the_unit_and_finds_it_confined() {
    // The settings that begin a unit, written out for systemd with the program that is here.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pultd.service");
    fs::write(&file, unit().replace(PROGRAM, pultd().to_str().unwrap())).unwrap();
    let file = file.to_str().unwrap();
    for words in [
        &["verify", "--man=no", "--recursive-errors=no", file][..],
        &["security", "--offline=true", "--no-pager", "--threshold", EXPOSURE, file],
    ] {
        let Ok(output) = Command::new("systemd-analyze").args(words).output() else {
            eprintln!("SKIPPED: systemd-analyze is not installed");
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr) + String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{words:?}: {said}");
        assert!(words[0] != "verify" || said.trim().is_empty(), "{said}");
    }
    for setting in
        ["NoNewPrivileges=yes", "ProtectSystem=strict", "MemoryDenyWriteExecute=yes", "UMask=0077", "LimitCORE=0"]
    {
        assert!(unit().lines().any(|line| line == setting), "{setting}");
    }
}

#[tokio::test]
async fn what_the_unit_starts_runs_with_its_credentials() {
    let started = values("ExecStart");
    let [program, config, settings, verb] = started[0].split(' ').collect::<Vec<_>>()[..] else {
        panic!("{started:?}")
    };
    assert_eq!((started.len(), program, config, settings, verb), (1, PROGRAM, "--config", SETTINGS, "serve"));

    // As systemd lays them down: a folder with a file for each, named as the unit says.
    let loaded: Vec<_> = values("LoadCredential").iter().map(|v| v.split_once(':').unwrap().0.to_owned()).collect();
    let credentials = tempfile::tempdir().unwrap();
    for name in &loaded {
        fs::write(credentials.path().join(name), format!("credential of {name}")).unwrap();
    }
    let house = House::usual().having("CREDENTIALS_DIRECTORY", credentials.path());
    let listed = house.must(&["secret", "list", "--json"], "").await;
    let listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
    for name in &loaded {
        let found = listed.iter().find(|secret| secret["name"] == name.as_str());
        let source = found.map(|secret| secret["source"].clone());
        assert!(source.is_none() || source == Some("credentials".into()), "{name}: {listed:?}");
    }
    let (pultd, chief) = house.open().await;
    let rows = [row("m-1", "2026-03-10 10:00:00", "+74950001111")];
    let hooks = pultd.at_hooks();
    assert_eq!(hooks.send(batch(&hooks, &rows)).await.status, 401, "the file's key gives way to the credential");
    let theirs = hooks.with_key("credential of cc.api_key");
    let sent = theirs.request(reqwest::Method::POST, "/api/v1/calls").json(&serde_json::json!({ "calls": rows }));
    assert_eq!(theirs.send(sent).await.status, 200);
    assert_eq!(chief.calls().await.len(), 1);
    assert!(pultd.stop().await.success(), "SIGTERM, which the unit sends, ends it well");
}

#[test]
fn the_package_makes_the_places_that_the_unit_uses() {
    let packaging = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/packaging");
    let read = |name: &str| fs::read_to_string(packaging.join(name)).unwrap();
    let (user, folders) = (values("User").remove(0), read("pult.tmpfiles"));
    assert!(read("pult.sysusers").contains(&format!("u {user} ")));
    for (setting, root) in [("StateDirectory", "/var/lib"), ("LogsDirectory", "/var/log")] {
        let folder = format!("{root}/{}", values(setting).remove(0));
        let mode = values(&format!("{setting}Mode")).remove(0);
        assert!(folders.contains(&format!("d {folder} {mode} {user} {user} ")), "{folder}: {folders}");
        assert!(read("deb/postrm").contains(&folder), "a purge leaves nothing of {folder}");
    }
    assert!(read("deb/conffiles").lines().eq([SETTINGS]), "an upgrade keeps the administrator's settings");
    // systemd-tmpfiles refuses a file of root's in a folder of another account's, and with it the installation fails.
    let given = read("deb/postinst").contains(&format!("chown --no-dereference {user}:{user} {SETTINGS}"));
    assert!(given && !folders.lines().any(|line| line.contains(SETTINGS)), "{folders}");
    assert!(read("deb/postrm").contains(&format!("userdel {user}")));
}

//! The same work done by Flask under gunicorn with SQLite on the same machine: what the server is compared with.
//!
//! Its packages go into a folder of the build products. Where they cannot be had there is nothing to compare with, and the row
//! says so.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use anyhow::Result;

use super::load::{self, KEY, Load};
use crate::process::{Group, announce};
use crate::workspace;

const PACKAGES: [&str; 3] = ["flask", "sqlalchemy", "gunicorn"];
const SECONDS: u32 = 10;

/// Loads the counterpart with 64 connections; why not, where it cannot be had.
pub(crate) fn measure(stop: &Receiver<()>) -> Result<Result<Load, String>> {
    announce("the same work in Flask, gunicorn and SQLite");
    let folder = workspace::target().join("bench-flask");
    fs::create_dir_all(&folder)?;
    let python = folder.join("python");
    if !python.join("bin/gunicorn").exists() {
        let mut made = Command::new("python3");
        let made = made.args(["-m", "venv"]).arg(&python).stdout(Stdio::null()).status();
        let mut pip = Command::new(python.join("bin/pip"));
        let pip = pip.args(["install", "--quiet"]).args(PACKAGES).status();
        if !made.is_ok_and(|s| s.success()) || !pip.is_ok_and(|s| s.success()) {
            let _ = fs::remove_dir_all(&python);
            return Ok(Err(format!("{} cannot be installed here", PACKAGES.join(", "))));
        }
    }
    fs::write(folder.join("app.py"), include_str!("flask_app.py"))?;
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(folder.join(format!("inbox.db{end}")));
    }
    let held = TcpListener::bind("127.0.0.1:0")?;
    let address: SocketAddr = held.local_addr()?;
    drop(held);
    let mut group = Group::new(&folder.join("log"))?;
    let mut gunicorn = Command::new(python.join("bin/gunicorn"));
    let gunicorn = gunicorn.current_dir(&folder).args(["--workers", "2", "--bind", &address.to_string(), "app:app"]);
    group.start("gunicorn", gunicorn.env("KEY", KEY).env("DATABASE", folder.join("inbox.db")))?;
    group.wait_until("it listens", Duration::from_secs(30), stop, || TcpStream::connect(address).is_ok())?;
    let signed = load::sign(&folder, 50_000)?;
    Ok(Ok(signed.send(address, 64, SECONDS, 0..50_000)?))
}

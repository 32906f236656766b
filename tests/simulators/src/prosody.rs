//! A real Prosody as a process: whether it is there, the files it reads accounts from, and its start.
//!
//! Deliberately not here: what it is for (whoever starts one writes its settings).

use std::{
    fs, io,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::broadcast,
};

/// What whoever needs one says where there is none.
pub const MISSING: &str = "skipped: Prosody is not installed (package prosody)";
/// Lines of its log that wait for whoever reads them.
const LOG: usize = 10_000;

/// Whether it can be started on this machine.
pub fn is_installed() -> bool {
    program().is_some()
}

/// The program itself.
pub(crate) fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("prosody")).find(|program| program.is_file())
}

/// Ports of this machine that nobody uses.
///
/// # Errors
/// There is none.
pub fn free_ports<const N: usize>() -> io::Result<[u16; N]> {
    // All are held until the last is known, so that no two are the same.
    let mut held = Vec::with_capacity(N);
    let mut ports = [0; N];
    for port in &mut ports {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

/// Writes an account with its password, in place of the one before, into the folder of its data.
///
/// # Errors
/// It cannot be written.
pub fn register(data: &Path, host: &str, user: &str, password: &str) -> io::Result<()> {
    let accounts = data.join(encoded(host)).join("accounts");
    fs::create_dir_all(&accounts)?;
    let account = format!("return {{ [\"password\"] = {}; }};\n", quoted(password));
    fs::write(accounts.join(format!("{}.dat", encoded(user))), account)
}

/// Starts it and waits until it serves all that is named; what it writes from then on is handed on. It ends with what is returned.
///
/// # Errors
/// It cannot be started, or ends: then with what it wrote.
pub async fn launch(config: &Path, services: &[&str]) -> io::Result<(Child, broadcast::Receiver<String>)> {
    let mut command = Command::new("prosody");
    command.args(["-F", "--config"]).arg(config).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.kill_on_drop(true).spawn()?;
    let output = child.stdout.take().ok_or_else(|| io::Error::other("Prosody has no output"))?;
    let mut lines = BufReader::new(output).lines();
    let (mut waiting, mut said) = (services.to_vec(), String::new());
    while !waiting.is_empty() {
        let Some(line) = lines.next_line().await? else {
            return Err(io::Error::other(format!("Prosody ended:\n{said}")));
        };
        waiting.retain(|service| !line.contains(&format!("Activated service '{service}' on")));
        said.push_str(&line);
        said.push('\n');
    }
    let (write, written) = broadcast::channel(LOG);
    // It must be able to go on writing.
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            // Nobody may be reading.
            let _ = write.send(line);
        }
    });
    Ok((child, written))
}

/// As it names its files.
pub(crate) fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02x}"),
    };
    text.bytes().map(one).collect()
}

/// A text as Lua writes it.
pub(crate) fn quoted(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        byte if byte.is_ascii_graphic() || byte == b' ' => char::from(byte).to_string(),
        byte => format!("\\{byte:03}"),
    };
    format!("\"{}\"", text.bytes().map(one).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_as_prosody_names_them() {
        assert_eq!(encoded("fin-a.cc.example"), "fin%2da%2ecc%2eexample");
    }

    #[test]
    fn a_password_cannot_leave_its_quotes() {
        assert_eq!(quoted("a\"] = b\\\nё"), r#""a\"] = b\\\010\209\145""#);
    }
}

//! What a command says and asks: results on standard output, everything for people on standard error, secrets never on the
//! command line.
//!
//! Deliberately not here: logging.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use pult_engine::secrets::Secret;

use super::exit::Failure;

/// Writes a line of the result. A reader that has gone away is no error.
pub(super) fn print(line: impl AsRef<str>) {
    let _ = writeln!(io::stdout().lock(), "{}", line.as_ref());
}

/// Writes a value of the result as JSON for people and programs.
pub(super) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    print(serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Says something to the person.
pub(super) fn say(line: impl AsRef<str>) {
    let _ = writeln!(io::stderr().lock(), "{}", line.as_ref());
}

/// Whether somebody sits at the keyboard.
pub(super) fn is_interactive() -> bool {
    io::stdin().is_terminal()
}

/// Reads a secret: from the keyboard without showing it, or from standard input. One line end at the end is not part of it.
pub(super) fn read_secret(prompt: &str) -> Result<Secret, Failure> {
    let text = if is_interactive() {
        rpassword::prompt_password(format!("{prompt}: "))?
    } else {
        let mut text = String::new();
        let most = Secret::LARGEST as u64 + 2;
        io::stdin().lock().take(most).read_to_string(&mut text)?;
        let end = text.strip_suffix('\n').map(|t| t.strip_suffix('\r').unwrap_or(t)).map(str::len);
        text.truncate(end.unwrap_or(text.len()));
        text
    };
    Ok(Secret::new(text)?)
}

/// Reads a new password: twice from the keyboard, or one line of standard input.
pub(super) fn read_password() -> Result<Secret, Failure> {
    if !is_interactive() {
        let mut line = String::new();
        io::stdin().lock().take(Secret::LARGEST as u64).read_line(&mut line)?;
        return Ok(Secret::new(line.trim_end_matches(['\r', '\n']))?);
    }
    let (first, again) = (read_secret("Password")?, read_secret("Again")?);
    if first == again { Ok(first) } else { Err(Failure::failed("the two passwords differ; nothing was changed")) }
}

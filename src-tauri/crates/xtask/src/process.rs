//! Starting programs so that the person sees what runs, and stopping them cleanly. Which programs and in what order is
//! each command's own business.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long a program may take to stop after it was asked to, before it is killed.
const PATIENCE: Duration = Duration::from_secs(15);
const GLANCE: Duration = Duration::from_millis(100);

/// A headline of what comes next.
pub(crate) fn announce(text: &str) {
    println!("==> {text}");
}

/// Is a program of this name on the search path?
pub(crate) fn on_path(program: &str) -> bool {
    let Some(path) = env::var_os("PATH") else { return false };
    env::split_paths(&path).any(|folder| folder.join(format!("{program}{}", env::consts::EXE_SUFFIX)).is_file())
}

/// Runs a program with its output in full view; an exit code other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    println!("  $ {shown}");
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// Runs a program that reads a secret from its standard input; the secret is not shown.
pub(crate) fn feed(command: &mut Command, secret: &str) -> Result<()> {
    let shown = show(command);
    println!("  $ {shown}");
    let mut child = command.stdin(Stdio::piped()).spawn().with_context(|| format!("cannot start `{shown}`"))?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(secret.as_bytes()).with_context(|| format!("`{shown}` did not read its input"))?;
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// Runs a program and returns what it wrote to its standard output; its errors stay in view.
pub(crate) fn capture(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    if !output.status.success() {
        bail!("`{shown}` ended with {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{shown}` wrote something that is not UTF-8"))
}

/// Runs a program with its output in view, and returns that output by lines as well: the way to read a test runner's
/// closing line while a person watches.
pub(crate) fn tee(command: &mut Command) -> Result<(ExitStatus, Vec<String>)> {
    let shown = show(command);
    println!("  $ {shown}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{shown}`"))?;
    let (sender, lines) = mpsc::channel();
    let mut streams: Vec<Box<dyn Read + Send>> = Vec::new();
    streams.extend(child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>));
    streams.extend(child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>));
    for stream in streams {
        let sender = sender.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    let mut seen = Vec::new();
    for line in lines {
        println!("{line}");
        seen.push(line);
    }
    Ok((child.wait()?, seen))
}

/// Gives the terminal to a program for good: on Unix it takes this process's place, so that Ctrl-C and the exit code are
/// its own; elsewhere we wait for it.
#[cfg(unix)]
pub(crate) fn hand_over(command: &mut Command) -> Result<()> {
    let shown = show(command);
    println!("  $ {shown}");
    let error = std::os::unix::process::CommandExt::exec(command);
    Err(error).with_context(|| format!("cannot start `{shown}`"))
}

#[cfg(not(unix))]
pub(crate) fn hand_over(command: &mut Command) -> Result<()> {
    run(command)
}

/// The command line as a person would type it.
fn show(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Receives one message when the person presses Ctrl-C or the machine asks us to end.
///
/// # Errors
/// When called twice in one process.
pub(crate) fn stop_signal() -> Result<Receiver<()>> {
    let (sender, receiver) = mpsc::channel();
    ctrlc::set_handler(move || {
        // The receiver is gone when the command has already ended; then there is nothing left to stop.
        let _ = sender.send(());
    })
    .context("cannot listen for Ctrl-C")?;
    Ok(receiver)
}

/// Programs that run side by side and stop together, the last started first. Dropping the group stops it.
pub(crate) struct Group {
    logs: PathBuf,
    members: Vec<Member>,
}

struct Member {
    name: &'static str,
    log: PathBuf,
    child: Child,
}

impl Group {
    /// A group whose programs write their output to `<logs>/<name>.log`.
    pub(crate) fn new(logs: &Path) -> Result<Group> {
        fs::create_dir_all(logs).with_context(|| format!("cannot make {}", logs.display()))?;
        Ok(Group { logs: logs.to_owned(), members: Vec::new() })
    }

    /// Starts a program in a process group of its own, so that the terminal's Ctrl-C reaches only us and we choose the order.
    pub(crate) fn start(&mut self, name: &'static str, command: &mut Command) -> Result<()> {
        let log = self.logs.join(format!("{name}.log"));
        println!("  $ {}   (its log: {})", show(command), log.display());
        let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        own_group(command);
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        self.members.push(Member { name, log, child });
        Ok(())
    }

    /// The process id of a member.
    pub(crate) fn pid(&self, name: &str) -> Option<u32> {
        self.members.iter().find(|member| member.name == name).map(|member| member.child.id())
    }

    /// Waits until `ready` says yes.
    ///
    /// # Errors
    /// When `limit` passes, Ctrl-C is pressed, or a member ends before that; the end of its log is part of the error.
    pub(crate) fn wait_until(
        &mut self,
        what: &str,
        limit: Duration,
        stop: &Receiver<()>,
        ready: impl Fn() -> bool,
    ) -> Result<()> {
        let deadline = Instant::now() + limit;
        while !ready() {
            if let Some((name, status)) = self.ended()? {
                bail!("{name} ended with {status} before {what}:\n{}", self.tail(name));
            }
            if stop.recv_timeout(GLANCE / 10) != Err(RecvTimeoutError::Timeout) {
                bail!("stopped while waiting until {what}");
            }
            if Instant::now() > deadline {
                bail!("waited {} s until {what}; see the logs in {}", limit.as_secs(), self.logs.display());
            }
        }
        Ok(())
    }

    /// Waits until Ctrl-C is pressed or a member ends, and returns that member's name and status in the latter case.
    pub(crate) fn wait_for_end(&mut self, stop: &Receiver<()>) -> Result<Option<(&'static str, ExitStatus)>> {
        loop {
            if let Some(ended) = self.ended()? {
                return Ok(Some(ended));
            }
            if stop.recv_timeout(GLANCE) != Err(RecvTimeoutError::Timeout) {
                return Ok(None);
            }
        }
    }

    /// The last lines that a member wrote.
    pub(crate) fn tail(&self, name: &str) -> String {
        let log = self.members.iter().find(|member| member.name == name).map(|member| &member.log);
        let text = log.and_then(|log| fs::read(log).ok()).unwrap_or_default();
        let lines: Vec<String> = text.lines().map_while(Result::ok).collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    fn ended(&mut self) -> Result<Option<(&'static str, ExitStatus)>> {
        for member in &mut self.members {
            if let Some(status) = member.child.try_wait()? {
                return Ok(Some((member.name, status)));
            }
        }
        Ok(None)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        while let Some(mut member) = self.members.pop() {
            if matches!(member.child.try_wait(), Ok(Some(_))) {
                continue;
            }
            println!("  stopping {}", member.name);
            ask_to_end(&mut member.child);
            let deadline = Instant::now() + PATIENCE;
            while matches!(member.child.try_wait(), Ok(None)) {
                if Instant::now() > deadline {
                    println!("  {} did not stop in {} s and is killed", member.name, PATIENCE.as_secs());
                    let _ = member.child.kill();
                    let _ = member.child.wait();
                }
                std::thread::park_timeout(GLANCE);
            }
        }
    }
}

#[cfg(unix)]
fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

#[cfg(unix)]
fn ask_to_end(child: &mut Child) {
    // An error means that it has ended meanwhile, which the caller sees next.
    let _ = rustix::process::kill_process(rustix::process::Pid::from_child(child), rustix::process::Signal::TERM);
}

#[cfg(not(unix))]
fn ask_to_end(child: &mut Child) {
    let _ = child.kill();
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn logs(name: &str) -> PathBuf {
        env::temp_dir().join(format!("pult-xtask-{name}-{}", std::process::id()))
    }

    #[test]
    fn dropping_a_group_ends_its_programs() -> Result<()> {
        let folder = logs("drop");
        let mut group = Group::new(&folder)?;
        group.start("endless", Command::new("tail").args(["-f", "/dev/null"]))?;
        let id = group.pid("endless").and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
        let id = id.context("a started program has an id")?;
        assert!(rustix::process::test_kill_process(id).is_ok());
        drop(group);
        assert!(rustix::process::test_kill_process(id).is_err());
        Ok(fs::remove_dir_all(folder)?)
    }

    #[test]
    fn a_program_that_ends_early_is_named_with_its_last_words() -> Result<()> {
        let folder = logs("early");
        let (_sender, stop) = mpsc::channel();
        let mut group = Group::new(&folder)?;
        group.start("broken", Command::new("sh").args(["-c", "echo no such database; exit 3"]))?;
        let waited = group.wait_until("it is ready", Duration::from_secs(60), &stop, || false);
        let error = waited.expect_err("a program that ended is not ready").to_string();
        assert!(error.contains("broken ended with exit status: 3"), "{error}");
        assert!(error.contains("no such database"), "{error}");
        Ok(fs::remove_dir_all(folder)?)
    }

    #[test]
    fn output_is_returned_line_by_line() -> Result<()> {
        let (status, mut lines) = tee(Command::new("sh").args(["-c", "echo one; echo two >&2; exit 1"]))?;
        lines.sort();
        assert_eq!((status.code(), lines), (Some(1), vec!["one".to_owned(), "two".to_owned()]));
        Ok(())
    }

    #[test]
    fn a_secret_reaches_the_program_by_its_input() -> Result<()> {
        feed(Command::new("grep").arg("--quiet").arg("^tulip$"), "tulip")?;
        assert!(feed(Command::new("grep").arg("--quiet").arg("^tulip$"), "rose").is_err());
        Ok(())
    }
}

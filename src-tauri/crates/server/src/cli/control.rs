//! The engine's local door: a socket in the data folder that takes commands from this computer, one JSON line each.
//!
//! Asked `{"command": …, "request": …}`, it answers `{"ok": …}` or `{"error": …}`,
//! perhaps after lines `{"progress": …}`. Whoever owns the data folder may use it, as they
//! could the database itself; the kernel says who is at the other end. Deliberately not here: what commands do (`verbs`).

use std::{path::Path, time::Duration};

use pult_engine::error::ApiError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The socket's name within the data folder.
pub const FILE: &str = "control.sock";
/// The longest line taken, bytes.
const LONGEST: u64 = 16 << 20;
/// How long an engine may take to accept.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    command: String,
    #[serde(default)]
    request: Value,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Progress(Value),
    Ok(Value),
    Error(ApiError),
}

#[cfg(unix)]
pub(super) use here::Line;
#[cfg(unix)]
pub use here::open;

#[cfg(unix)]
mod here {
    use std::{fs, io, os::unix::fs::PermissionsExt};

    use pult_engine::{Engine, clock::Clock, error::ErrorCode};
    use tokio::{
        io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
        net::{UnixListener, UnixStream},
        sync::mpsc,
    };

    use super::*;
    use crate::cli::{
        exit::{Exit, Failure},
        verbs,
    };

    /// Opens the door; it closes when the engine stops. The caller has the data folder, so a socket that lies there is dead.
    ///
    /// # Errors
    /// When the socket cannot be made, for instance because its path is too long for one.
    pub fn open(engine: &Engine, clock: Clock) -> io::Result<()> {
        let path = engine.data_folder().join(FILE);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        let engine = engine.clone();
        tokio::spawn(async move {
            let stop = engine.stop_signal().clone();
            loop {
                let stream = tokio::select! {
                    accepted = listener.accept() => match accepted {
                        Ok((stream, _)) => stream,
                        Err(error) => {
                            tracing::warn!(%error, "a command could not be taken");
                            tokio::time::sleep(Duration::from_millis(100)).await;
                            continue;
                        }
                    },
                    () = stop.cancelled() => break,
                };
                if !is_allowed(&stream) {
                    tracing::warn!("somebody without a right to the data folder tried to give a command");
                    continue;
                }
                let (engine, clock) = (engine.clone(), clock.clone());
                tokio::spawn(async move {
                    let stop = engine.stop_signal().clone();
                    tokio::select! {
                        ended = talk(stream, &engine, &clock) => {
                            if let Err(error) = ended {
                                tracing::debug!(%error, "a command's connection broke off");
                            }
                        }
                        () = stop.cancelled() => {}
                    }
                });
            }
            // Left behind it would only be found dead.
            let _ = fs::remove_file(&path);
        });
        Ok(())
    }

    /// The owner of this process or the system's administrator.
    fn is_allowed(stream: &UnixStream) -> bool {
        let me = rustix::process::geteuid().as_raw();
        stream.peer_cred().is_ok_and(|peer| peer.uid() == me || peer.uid() == 0)
    }

    async fn talk(stream: UnixStream, engine: &Engine, clock: &Clock) -> io::Result<()> {
        let (from, mut to) = stream.into_split();
        let mut from = BufReader::new(from);
        while let Some(line) = read_line(&mut from).await? {
            let (tell, mut told) = mpsc::channel(16);
            let answering = async move {
                let answer = match serde_json::from_slice::<Question>(&line) {
                    Err(error) => Answer::Error(ApiError::field("request", error.to_string())),
                    Ok(question) => {
                        // Whoever looks away for a moment misses steps, not the outcome.
                        let progress = |step| drop(tell.try_send(Answer::Progress(step)));
                        match give(engine, clock, question, &progress).await {
                            Ok(value) => Answer::Ok(value),
                            Err(error) => Answer::Error(error),
                        }
                    }
                };
                // The other end is awaited below for as long as this one is there.
                let _ = tell.send(answer).await;
            };
            let telling = async {
                while let Some(answer) = told.recv().await {
                    write_line(&mut to, &answer).await?;
                }
                io::Result::Ok(())
            };
            // A person who goes away ends what they began.
            let mut both = std::pin::pin!(async { tokio::join!(answering, telling).1 });
            tokio::select! {
                written = &mut both => written?,
                _ = from.fill_buf() => match from.buffer().is_empty() {
                    true => return Ok(()),
                    false => both.await?,
                },
            }
        }
        Ok(())
    }

    async fn give(
        engine: &Engine,
        clock: &Clock,
        question: Question,
        tell: verbs::Tell<'_>,
    ) -> Result<Value, ApiError> {
        #[cfg(feature = "hand-clock")]
        if question.command == "clock.set" {
            let now = question.request.get("now").and_then(Value::as_str).and_then(|t| t.parse().ok());
            let now: pult_domain::Instant =
                now.ok_or_else(|| ApiError::field("now", "is an instant such as 2026-11-20T09:15:00Z"))?;
            clock.set(now);
            return Ok(serde_json::json!({ "now": clock.now().to_string() }));
        }
        #[cfg(not(feature = "hand-clock"))]
        let _ = clock;
        verbs::call(engine, &question.command, question.request, tell).await
    }

    async fn read_line(from: &mut (impl tokio::io::AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = from.take(LONGEST).read_until(b'\n', &mut line).await?;
        match line.last() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(line)),
            Some(_) if read as u64 == LONGEST => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "the line is too long"))
            }
            Some(_) => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    async fn write_line(to: &mut (impl tokio::io::AsyncWrite + Unpin), line: &impl Serialize) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        to.write_all(&bytes).await?;
        to.flush().await
    }

    /// A line to a running engine.
    pub(in crate::cli) struct Line(BufReader<UnixStream>);

    impl Line {
        /// Connects; nothing when no engine listens there.
        pub(in crate::cli) async fn open(folder: &Path) -> Result<Option<Self>, Failure> {
            let path = folder.join(FILE);
            match tokio::time::timeout(PATIENCE, UnixStream::connect(&path)).await {
                Ok(Ok(stream)) => Ok(Some(Self(BufReader::new(stream)))),
                Ok(Err(error)) if error.kind() == io::ErrorKind::PermissionDenied => Err(Failure::new(
                    Exit::Unreachable,
                    format!("{} may be used by the engine's own account only: try `sudo -u pult`", path.display()),
                )),
                // Nobody there, a socket left behind by a crash, or a path no socket can have.
                Ok(Err(_)) => Ok(None),
                Err(_) => Err(Failure::new(Exit::Unreachable, "the running engine does not answer")),
            }
        }

        /// Gives a command and waits for its answer, however long it takes.
        pub(in crate::cli) async fn call(
            &mut self,
            command: &str,
            request: Value,
            tell: verbs::Tell<'_>,
        ) -> Result<Value, Failure> {
            let gone = |error: io::Error| {
                Failure::new(
                    Exit::Unreachable,
                    format!("the running engine broke off ({error}): look whether it did what was asked"),
                )
            };
            let question = Question { command: command.to_owned(), request };
            write_line(&mut self.0, &question).await.map_err(gone)?;
            loop {
                let line = read_line(&mut self.0).await.map_err(gone)?;
                let line = line.ok_or_else(|| gone(io::ErrorKind::UnexpectedEof.into()))?;
                return match serde_json::from_slice(&line)? {
                    Answer::Progress(step) => {
                        tell(step);
                        continue;
                    }
                    Answer::Ok(value) => Ok(value),
                    Answer::Error(error) if error.code == ErrorCode::NotFound && error.message == "no such command" => {
                        Err(Failure::failed("the running engine does not know this command: is it of another version?"))
                    }
                    Answer::Error(error) => Err(error.into()),
                };
            }
        }
    }
}

#[cfg(not(unix))]
pub(super) use elsewhere::{Line, open};

#[cfg(not(unix))]
mod elsewhere {
    use pult_engine::{Engine, clock::Clock};

    use super::*;
    use crate::cli::{exit::Failure, verbs};

    /// This system has no such sockets: while the engine runs, its console is used.
    pub(in crate::cli) fn open(_: &Engine, _: Clock) -> std::io::Result<()> {
        Ok(())
    }

    /// There is none.
    pub(in crate::cli) enum Line {}

    impl Line {
        pub(in crate::cli) async fn open(_: &Path) -> Result<Option<Self>, Failure> {
            Ok(None)
        }

        pub(in crate::cli) async fn call(&mut self, _: &str, _: Value, _: verbs::Tell<'_>) -> Result<Value, Failure> {
            match *self {}
        }
    }
}

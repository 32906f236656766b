//! Up to fifty commands in one request (contracts/bitrix24 4): one request for the bucket, each command on its own method's time.
//!
//! Deliberately not here: files, which a batch may not carry, and dividing more than fifty (the caller knows what belongs together).

use pult_domain::Failure;
use serde_json::{Map, Value, json};

use crate::{CallError, Exchange};

use super::{
    super::{
        form,
        loose::{entry, number},
    },
    BUCKET_FULL, Call, Client, Intent, Key, Success, Trouble,
    answer::complaint,
};

/// The most commands of a batch.
pub const MAX_COMMANDS: usize = 50;
/// The method of the batch itself.
const BATCH: &str = "batch";

/// One command of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// Its name among the others, by which a later one may use its result as `$result[name][field]`; not a number.
    pub name: String,
    /// The method.
    pub method: &'static str,
    /// Whether it may be repeated.
    pub intent: Intent,
    /// Its parameters.
    pub params: Value,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq)]
pub enum Ran {
    /// It was done.
    Done(Success),
    /// It was refused, or failed.
    Failed(Trouble),
    /// It was not carried out, because one before it failed.
    NotRun,
}

impl Command {
    /// A command that may be repeated.
    #[must_use]
    pub fn repeatable(name: String, method: &'static str, params: Value) -> Self {
        Self { name, method, intent: Intent::Repeatable, params }
    }

    /// A command that must not be repeated blindly.
    #[must_use]
    pub fn once(name: String, method: &'static str, params: Value) -> Self {
        Self { name, method, intent: Intent::Once, params }
    }
}

impl Ran {
    /// The outcome as that of a call of its own.
    ///
    /// # Errors
    /// What to do next. What was not carried out may be asked for again.
    pub fn outcome(self) -> Result<Success, Trouble> {
        match self {
            Self::Done(success) => Ok(success),
            Self::Failed(trouble) => Err(trouble),
            Self::NotRun => {
                let detail = "the portal did not carry a command of the batch out".to_owned();
                Err(CallError::Retry { after: None, detail }.into())
            }
        }
    }
}

impl Client {
    /// Runs the commands in order; with `halt` the first failure ends the chain. The outcomes are in the order of the commands.
    ///
    /// # Errors
    /// When the batch as a whole did not go: nothing ran, unless the error says that nobody knows. A batch of which every command is
    /// repeatable is repeatable itself.
    pub async fn batch(
        &self,
        key: Key,
        commands: &[Command],
        halt: bool,
        exchanges: &mut Vec<Exchange>,
    ) -> Result<Vec<Ran>, Trouble> {
        if commands.len() > MAX_COMMANDS {
            let reason = format!("a batch of {} commands; at most {MAX_COMMANDS} go at once", commands.len());
            return Err(CallError::Refused { reason, why: Failure::Unsupported }.into());
        }
        for command in commands {
            self.is_rested(key, command.method)?;
        }
        let cmd: Map<_, _> = commands.iter().map(|command| (command.name.clone(), line(command).into())).collect();
        let params = json!({"halt": i32::from(halt), "cmd": cmd});
        let call = match commands.iter().all(|command| command.intent == Intent::Repeatable) {
            true => Call::repeatable(key, BATCH, params),
            false => Call::once(key, BATCH, params),
        };
        let success = self.call(&call, exchanges).await?;
        let ran: Vec<_> = commands.iter().map(|command| outcome(&success.result, command)).collect();
        for (command, ran) in commands.iter().zip(&ran) {
            if let Ran::Failed(trouble) = ran {
                self.note(key, command.method, &Err(trouble.clone()));
            }
        }
        if ran.iter().any(|ran| matches!(ran, Ran::Failed(trouble) if trouble.code == BUCKET_FULL)) {
            self.pace().refused(self.now(), rand::random());
        }
        Ok(ran)
    }
}

fn line(command: &Command) -> String {
    match form::query(&command.params) {
        query if query.is_empty() => command.method.to_owned(),
        query => format!("{}?{query}", command.method),
    }
}

/// What the answer's maps say of one command; each of them is an empty list where it has no entry at all.
fn outcome(result: &Value, command: &Command) -> Ran {
    let of = |map: &str| entry(entry(result, map)?, &command.name);
    if let Some(error) = of("result_error") {
        let none = Value::Null;
        let code = entry(error, "error").unwrap_or(&none);
        // Failures within a batch come under the batch's own good status; what they mean is told by their codes alone.
        return Ran::Failed(complaint(200, code, entry(error, "error_description"), command.method, command.intent));
    }
    let count = |map: &str| of(map).and_then(number).and_then(|n| n.try_into().ok());
    match of("result") {
        Some(value) => Ran::Done(Success {
            result: value.clone(),
            total: count("result_total"),
            next: count("result_next"),
            reset_in: None,
        }),
        None => Ran::NotRun,
    }
}

//! Brings tasks up to date and adds files to them (behaviour/erp_tasks 6.9 and 6.10, contracts/bitrix24 6).
//!
//! A task's files are replaced as a whole, so each task is looked at before it is changed; with that the work may be repeated.
//! Deliberately not here: a task anew in the place of one that is gone (the rule's).

use std::collections::{BTreeMap, BTreeSet};

use pult_domain::areas::erp::{TaskUpdate, Update};
use serde_json::{Value, json};

use crate::{CallError, Exchange};

use super::{
    super::{
        Bitrix24,
        client::{Command, Success, Trouble},
        loose::{entry, flag, items, number, text as word},
    },
    has_to_wait, load, reason, text,
};

/// The method that shows a task.
pub(super) const GET: &str = "tasks.task.get";
/// The method that changes one.
pub(super) const UPDATE: &str = "tasks.task.update";
/// The method that tells of which object on the disk a task's file is.
const ATTACHED: &str = "disk.attachedObject.get";
/// The status of a task that somebody has completed.
const COMPLETED: i64 = 5;

/// What a look at a task says of it.
enum Seen {
    /// It is at work, with these files as the portal names them.
    Open(Vec<String>),
    Completed,
    /// It is not shown: it is gone, or the webhook may not see it.
    Hidden(String),
}

/// What a second look says, where a first was not enough.
#[derive(Default)]
struct Closer {
    /// The webhook's owner sees everybody's tasks.
    admin: bool,
    /// Tasks that a list shows all the same.
    listed: BTreeSet<i64>,
    /// Objects on the disk, by the files of tasks.
    objects: BTreeMap<String, i64>,
}

impl Bitrix24 {
    /// Brings each task up to date by itself.
    pub(super) async fn update(
        &self,
        tasks: &[TaskUpdate],
        said: &mut Vec<Exchange>,
    ) -> Result<Vec<(String, Update)>, CallError> {
        let look = |(n, task): (usize, &TaskUpdate)| {
            let select = ["ID", "STATUS", "REAL_STATUS", "UF_TASK_WEBDAV_FILES"];
            Command::repeatable(format!("get_{n}"), GET, json!({"taskId": task.task, "select": select}))
        };
        let commands: Vec<_> = tasks.iter().enumerate().map(look).collect();
        let mut seen = vec![];
        for ran in self.run(&commands, said).await? {
            seen.push(ran.outcome().map_or_else(refused, |success| Ok(shown(&success.result)))?);
        }
        let closer = self.look_closer(tasks, &seen, said).await?;
        let (mut became, mut changes) = (BTreeMap::new(), vec![]);
        for (n, (task, seen)) in tasks.iter().zip(seen).enumerate() {
            let update = match seen {
                Seen::Completed => Update::Completed,
                Seen::Hidden(detail) => closer.of_hidden(task.task, detail),
                Seen::Open(files) => match change(task, files, &closer) {
                    Some(fields) => {
                        let params = json!({"taskId": task.task, "fields": fields});
                        changes.push((n, Command::repeatable(format!("set_{n}"), UPDATE, params)));
                        continue;
                    }
                    None => Update::Done,
                },
            };
            became.insert(n, update);
        }
        let commands: Vec<_> = changes.iter().map(|(_, command)| command.clone()).collect();
        for ((n, _), ran) in changes.into_iter().zip(self.run(&commands, said).await?) {
            became.insert(n, changed(ran.outcome())?);
        }
        Ok(tasks.iter().map(|task| task.key.clone()).zip(became.into_values()).collect())
    }

    /// Looks again where it matters: at tasks that were not shown, and at the files of those that are to have more.
    async fn look_closer(
        &self,
        tasks: &[TaskUpdate],
        seen: &[Seen],
        said: &mut Vec<Exchange>,
    ) -> Result<Closer, CallError> {
        let (mut hidden, mut files) = (vec![], BTreeSet::new());
        for (task, seen) in tasks.iter().zip(seen) {
            match seen {
                Seen::Hidden(_) => hidden.push(task.task),
                Seen::Open(known) if !task.files.is_empty() => files.extend(known.iter().cloned()),
                Seen::Open(_) | Seen::Completed => {}
            }
        }
        // A file on the disk that was not attached yet names itself.
        files.retain(|file| object(file).is_none());
        let mut commands: Vec<_> = files
            .iter()
            .map(|file| Command::repeatable(format!("file_{file}"), ATTACHED, json!({"id": file})))
            .collect();
        if !hidden.is_empty() {
            commands.push(Command::repeatable("owner".to_owned(), "profile", json!({})));
            let params = json!({"filter": {"ID": hidden}, "select": ["ID"], "start": 0});
            commands.push(Command::repeatable("listed".to_owned(), load::METHOD, params));
        }
        let mut closer = Closer::default();
        for (command, ran) in commands.iter().zip(self.run(&commands, said).await?) {
            match ran.outcome() {
                Err(trouble) if has_to_wait(&trouble.error) => return Err(trouble.error),
                // A file that may not be seen is none of ours, and without the rest a task is not said to be gone.
                Err(_) => {}
                Ok(success) => closer.note(command, &success.result),
            }
        }
        Ok(closer)
    }
}

impl Closer {
    fn note(&mut self, command: &Command, result: &Value) {
        match command.method {
            ATTACHED => {
                let file = entry(&command.params, "id").and_then(word);
                let object = entry(result, "OBJECT_ID").and_then(number);
                self.objects.extend(file.zip(object));
            }
            load::METHOD => {
                let rows = entry(result, "tasks").map(items).unwrap_or_default();
                self.listed.extend(rows.into_iter().filter_map(|row| entry(row, "id").and_then(number)));
            }
            _ => self.admin = entry(result, "ADMIN").is_some_and(flag),
        }
    }

    /// Only who sees all tasks can say that one is gone; otherwise it would be made a second time.
    fn of_hidden(&self, task: i64, detail: String) -> Update {
        match (self.listed.contains(&task), self.admin) {
            (true, _) => Update::Failed { detail },
            (false, true) => Update::Gone,
            (false, false) => {
                let why = "the owner of erp.bitrix_webhook is not an administrator and may not see it";
                Update::Failed { detail: format!("{detail}: it is gone, or {why}") }
            }
        }
    }
}

/// The object that a file on the disk is, written as it is attached.
fn object(file: &str) -> Option<i64> {
    file.strip_prefix('n')?.parse().ok()
}

fn shown(result: &Value) -> Seen {
    let Some(task) = entry(result, "task").filter(|task| entry(task, "id").is_some()) else {
        return Seen::Hidden(format!("{GET} shows no task"));
    };
    let status = entry(task, "realStatus").or_else(|| entry(task, "status")).and_then(number);
    if status == Some(COMPLETED) {
        return Seen::Completed;
    }
    let files = entry(task, "ufTaskWebdavFiles").map(items).unwrap_or_default();
    Seen::Open(files.into_iter().filter_map(word).collect())
}

/// What a look that was refused says: the portal refuses tasks that are gone and those it does not show alike.
fn refused(trouble: Trouble) -> Result<Seen, CallError> {
    match trouble.error {
        CallError::Refused { reason, .. } => Ok(Seen::Hidden(reason)),
        other => Err(other),
    }
}

/// The fields to change; none where the task is as it should be.
fn change(task: &TaskUpdate, mut files: Vec<String>, closer: &Closer) -> Option<Value> {
    let mut fields = task.fields.as_ref().map_or_else(|| json!({}), text::fields);
    let there: BTreeSet<i64> =
        files.iter().filter_map(|file| object(file).or_else(|| closer.objects.get(file).copied())).collect();
    let missing: BTreeSet<i64> = task.files.iter().copied().filter(|file| !there.contains(file)).collect();
    if !missing.is_empty() {
        files.extend(missing.into_iter().map(|file| format!("n{file}")));
        fields["UF_TASK_WEBDAV_FILES"] = json!(files);
    }
    (fields != json!({})).then_some(fields)
}

/// What the answer to a change says of it.
///
/// # Errors
/// Where it is to be tried again.
pub(super) fn changed(outcome: Result<Success, Trouble>) -> Result<Update, CallError> {
    match outcome {
        Ok(_) => Ok(Update::Done),
        Err(trouble) if has_to_wait(&trouble.error) => Err(trouble.error),
        Err(trouble) => Ok(Update::Failed { detail: reason(trouble.error) }),
    }
}

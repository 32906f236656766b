//! Makes tasks, and finds out which of them are there when nobody knows (behaviour/erp_tasks 6.8 and 8).
//!
//! The portal takes no key of ours: each task carries its own in `XML_ID`, by which no list can be filtered. One whose making is in
//! doubt is looked for by project, title and day, and known by that mark. Deliberately not here: making it again (the rule's).

use std::sync::{PoisonError, atomic::Ordering};

use jiff::SignedDuration;
use pult_domain::{
    Failure, Instant,
    areas::erp::{Creation, NewTask},
};
use serde_json::{Value, json};

use crate::{CallError, Exchange};

use super::{
    super::{
        Bitrix24,
        client::{self, Command, First, Key, Ran, Success, Trouble},
        loose::{entry, number, text as word},
    },
    has_to_wait, load, reason, text,
};

/// The method that makes a task.
pub(super) const ADD: &str = "tasks.task.add";
/// The mark by which people find tasks that came from documents.
const TAG: &str = "1c";
/// How far the portal's clock may be behind ours.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);
/// The longest the portal works on a request.
const LONGEST: SignedDuration = SignedDuration::from_secs(60);

/// What is known of a task so far.
#[derive(Debug, Clone)]
enum Known {
    Became(Creation),
    /// It was not made, and may be made later.
    Waits(CallError),
    /// Nobody knows whether it was made.
    Doubt(String),
}

impl Bitrix24 {
    /// Makes the tasks, each by itself: what one is refused for does not concern the others.
    pub(super) async fn create(
        &self,
        tasks: &[NewTask],
        since: Instant,
        said: &mut Vec<Exchange>,
    ) -> Result<Vec<(String, Creation)>, CallError> {
        let tags = !self.desk.tagless.load(Ordering::Relaxed);
        let commands: Vec<_> = tasks.iter().enumerate().map(|(n, task)| command(n, task, tags)).collect();
        let began = (self.clock)();
        let outcome = self.client.batch(Key::Tasks, &commands, false, said).await;
        if matches!(&outcome, Err(Trouble { error: CallError::OutcomeUnknown { .. }, .. })) {
            self.note_doubt(began);
        }
        let ran = outcome?;
        // Which field is to blame is said in no code: whatever was refused is tried once more without the one that can be spared.
        let is_refused = |ran: &Ran| {
            let Ran::Failed(trouble) = ran else { return false };
            tags && matches!(trouble.error, CallError::Refused { why: Failure::Refused, .. })
        };
        let refused: Vec<usize> = (0..ran.len()).filter(|n| is_refused(&ran[*n])).collect();
        let mut known: Vec<Known> = ran.into_iter().map(|ran| made(ran.outcome())).collect();
        if !refused.is_empty() {
            let commands: Vec<_> = refused.iter().map(|n| command(*n, &tasks[*n], false)).collect();
            match self.client.batch(Key::Tasks, &commands, false, said).await {
                Ok(ran) => {
                    for (n, ran) in refused.iter().zip(ran) {
                        known[*n] = made(ran.outcome());
                        if matches!(known[*n], Known::Became(Creation::Created { .. })) {
                            self.desk.tagless.store(true, Ordering::Relaxed);
                        }
                    }
                }
                Err(trouble) => refused.iter().for_each(|n| known[*n] = made(Err(trouble.clone()))),
            }
        }
        self.settle_doubts(tasks, since, &mut known, said).await?;
        let some = known.iter().any(|known| matches!(known, Known::Became(Creation::Created { .. })));
        let mut became = vec![];
        for (task, known) in tasks.iter().zip(known) {
            let creation = match known {
                Known::Became(creation) => creation,
                Known::Waits(error) if !some => return Err(error),
                Known::Waits(_) | Known::Doubt(_) => Creation::Missing,
            };
            became.push((task.key.clone(), creation));
        }
        Ok(became)
    }

    /// Looks for the tasks in doubt at once, while nothing else of the effect is.
    async fn settle_doubts(
        &self,
        tasks: &[NewTask],
        since: Instant,
        known: &mut [Known],
        said: &mut Vec<Exchange>,
    ) -> Result<(), CallError> {
        let doubt = |known: &Known| match known {
            Known::Doubt(detail) => Some(detail.clone()),
            _ => None,
        };
        let Some(detail) = known.iter().find_map(doubt) else { return Ok(()) };
        let doubtful: Vec<usize> = (0..known.len()).filter(|n| doubt(&known[*n]).is_some()).collect();
        let asked: Vec<_> = doubtful.iter().map(|n| &tasks[*n]).collect();
        let found = self.look_up(&asked, since, said).await.map_err(|_| CallError::OutcomeUnknown { detail })?;
        for (n, creation) in doubtful.into_iter().zip(found) {
            known[n] = Known::Became(creation);
        }
        Ok(())
    }

    /// Remembers that we did not wait for the portal to the end, where that is so: it works on for as long as it gives a request.
    pub(in super::super) fn note_doubt(&self, began: Instant) {
        let gone_by = (self.clock)().duration_since(began);
        if gone_by.unsigned_abs() >= client::TOTAL {
            let until = began.checked_add(LONGEST).unwrap_or(began);
            *self.desk.busy.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
        }
    }

    /// What has become of each of these tasks, where nobody knows.
    pub(super) async fn find_created(
        &self,
        tasks: &[NewTask],
        since: Instant,
    ) -> Result<Vec<(String, Creation)>, CallError> {
        let found = self.look_up(&tasks.iter().collect::<Vec<_>>(), since, &mut vec![]).await?;
        let busy = *self.desk.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if found.contains(&Creation::Missing) && busy.is_some_and(|until| (self.clock)() < until) {
            let detail = "the portal may still be at work on the tasks that are missing".to_owned();
            return Err(CallError::OutcomeUnknown { detail });
        }
        Ok(tasks.iter().map(|task| task.key.clone()).zip(found).collect())
    }

    async fn look_up(
        &self,
        tasks: &[&NewTask],
        since: Instant,
        said: &mut Vec<Exchange>,
    ) -> Result<Vec<Creation>, Trouble> {
        let since = text::stamp(since.checked_sub(CLOCKS).unwrap_or(since));
        let command = |(n, task): (usize, &&NewTask)| {
            let mut filter = json!({"TITLE": text::title(&task.fields.title), ">=CREATED_DATE": since});
            if let Some(project) = task.fields.project {
                filter["GROUP_ID"] = json!(project);
            }
            let select = ["ID", "TITLE", "XML_ID"];
            let params = json!({"filter": filter, "select": select, "order": {"ID": "asc"}, "start": 0});
            Command::repeatable(format!("find_{n}"), load::METHOD, params)
        };
        let commands: Vec<_> = tasks.iter().enumerate().map(command).collect();
        let mut firsts = vec![];
        for (command, ran) in commands.iter().zip(self.run(&commands, said).await?) {
            let page = ran.outcome()?;
            firsts.push(First { command: command.clone(), listing: load::LISTING, page });
        }
        let mut found = vec![];
        for (task, rows) in tasks.iter().zip(self.client.rest(Key::Tasks, firsts, said).await?) {
            let rows = rows?;
            let ours = rows.iter().filter(|row| entry(row, "xmlId").and_then(word).as_deref() == Some(&task.key));
            let id = ours.filter_map(|row| entry(row, "id").and_then(number)).min();
            found.push(id.map_or(Creation::Missing, |task| Creation::Created { task }));
        }
        Ok(found)
    }
}

fn command(n: usize, task: &NewTask, tags: bool) -> Command {
    Command::once(format!("task_{n}"), ADD, json!({"fields": fields(task, tags)}))
}

fn fields(task: &NewTask, tags: bool) -> Value {
    let mut fields = text::fields(&task.fields);
    fields["RESPONSIBLE_ID"] = json!(task.responsible);
    fields["XML_ID"] = json!(task.key);
    fields["ALLOW_TIME_TRACKING"] = json!("Y");
    if let Some(author) = task.author {
        fields["CREATED_BY"] = json!(author);
    }
    if let Some((start, end)) = task.planned {
        fields["START_DATE_PLAN"] = json!(text::stamp(start));
        fields["END_DATE_PLAN"] = json!(text::stamp(end));
        fields["MATCH_WORK_TIME"] = json!("Y");
    }
    if let Some(estimate) = task.estimate_s {
        fields["TIME_ESTIMATE"] = json!(estimate);
    }
    if tags {
        fields["TAGS"] = json!([TAG]);
    }
    fields
}

fn made(outcome: Result<Success, Trouble>) -> Known {
    match outcome.map(|success| created(&success.result)) {
        Ok(Some(task)) => Known::Became(Creation::Created { task }),
        Ok(None) => Known::Doubt(format!("{ADD} named no task")),
        Err(Trouble { error: error @ CallError::Refused { .. }, .. }) => {
            Known::Became(Creation::Refused { detail: reason(error) })
        }
        Err(Trouble { error, .. }) if has_to_wait(&error) => Known::Waits(error),
        Err(Trouble { error: error @ CallError::Unreachable { .. }, .. }) => Known::Waits(error),
        Err(Trouble { error, .. }) => Known::Doubt(reason(error)),
    }
}

/// The id of the task that an answer shows.
pub(super) fn created(result: &Value) -> Option<i64> {
    entry(entry(result, "task")?, "id").and_then(number).filter(|id| *id > 0)
}

/// What the answer to the making of one task says of it.
///
/// # Errors
/// As the making itself.
pub(super) fn understood(outcome: Result<Success, Trouble>) -> Result<Creation, CallError> {
    match made(outcome) {
        Known::Became(creation) => Ok(creation),
        Known::Waits(error) => Err(error),
        Known::Doubt(detail) => Err(CallError::OutcomeUnknown { detail }),
    }
}

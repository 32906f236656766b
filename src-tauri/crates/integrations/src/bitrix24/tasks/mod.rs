//! Tasks for documents: the directory of the house, how busy people are, tasks made and brought up to date, files on the disk
//! (behaviour/erp_tasks 4 to 6 and 8, contracts/bitrix24 6).
//!
//! All of it goes by the webhook of tasks, and wherever the portal allows it by batches. Deliberately not here: who is given what,
//! and when (the rule's).

mod create;
mod directory;
mod load;
mod schedule;
mod survey;
mod text;
mod understand;
mod update;
mod upload;

use std::sync::{Arc, Mutex, atomic::AtomicBool};

use pult_domain::{Effect, Instant, areas::erp};

use crate::{Bodies, CallError, Exchange, Settled};

use super::{
    Bitrix24,
    client::{Command, Key, MAX_COMMANDS, Ran, Trouble},
};

use self::upload::{Order, Shelves};

pub(super) use self::understand::{KINDS, METHODS, understood};

/// Where the content of a document's files is found.
#[derive(Clone)]
pub struct Contents {
    /// What documents came in.
    pub records: Arc<dyn Bodies>,
    /// The decoded content of the file at a place, counted from 0, in the body a document came in.
    pub file: fn(&[u8], usize) -> Option<Vec<u8>>,
}

/// What is remembered between two effects; nothing of it outlives the process.
#[derive(Default)]
pub(super) struct Desk {
    shelves: Shelves,
    /// The portal takes no tags on a new task.
    tagless: AtomicBool,
    /// Until then the portal may still be at work on a batch of new tasks whose answer we did not wait for.
    busy: Mutex<Option<Instant>>,
}

/// Whether the work has to wait, for a limit or for a person: nothing can be concluded from the failure.
fn has_to_wait(error: &CallError) -> bool {
    matches!(error, CallError::Retry { .. } | CallError::Locked { .. } | CallError::Unauthorized { .. })
}

/// The reason of a failure.
fn reason(error: CallError) -> String {
    match error {
        CallError::Refused { reason, .. } => reason,
        CallError::Retry { detail, .. }
        | CallError::Locked { detail }
        | CallError::Unauthorized { detail }
        | CallError::Unreachable { detail }
        | CallError::OutcomeUnknown { detail } => detail,
    }
}

impl Bitrix24 {
    /// Carries out an effect of documents; `None` for any other.
    pub(super) async fn work(&self, effect: &Effect, said: &mut Vec<Exchange>) -> Option<Result<erp::Fact, CallError>> {
        Some(match effect {
            Effect::ReadDirectory { parts, root, project } => {
                let reading = self.read_directory(*parts, root, project, said).await;
                reading.map(|reading| erp::Fact::DirectoryRead { reading: Box::new(reading) })
            }
            Effect::SurveyStaff { document, people, metric, author } => {
                let survey = self.survey(people, *metric, author.as_deref(), said).await;
                survey.map(|survey| erp::Fact::Surveyed { document: *document, survey: Box::new(survey) })
            }
            Effect::CreateTasks { document, since, tasks } => {
                let tasks = self.create(tasks, *since, said).await;
                tasks.map(|tasks| erp::Fact::Created { document: *document, tasks })
            }
            Effect::UploadFile { document, record, place, file, folder, number } => {
                let order = Order { record: *record, place: *place, file, folder: *folder, number };
                let uploaded = self.upload(&order, said).await;
                uploaded.map(|id| erp::Fact::Uploaded { document: *document, sha256: file.sha256.clone(), file: id })
            }
            Effect::UpdateTasks { document, tasks } => {
                let tasks = self.update(tasks, said).await;
                tasks.map(|tasks| erp::Fact::Updated { document: *document, tasks })
            }
            _ => return None,
        })
    }

    /// Finds out what became of an effect of documents that is in doubt. What changes nothing when it is done twice needs no finding
    /// out; an update looks at each task before it changes it.
    pub(super) async fn settle_work(
        &self,
        effect: &Effect,
        receipt: impl FnOnce(erp::Fact) -> Settled,
    ) -> Option<Settled> {
        let found = match effect {
            Effect::CreateTasks { document, since, tasks } => self.find_created(tasks, *since).await.map(|tasks| {
                let some = tasks.iter().any(|(_, became)| matches!(became, erp::Creation::Created { .. }));
                some.then_some(erp::Fact::Created { document: *document, tasks })
            }),
            Effect::UploadFile { document, record, place, file, folder, number } => {
                let order = Order { record: *record, place: *place, file, folder: *folder, number };
                let sha256 = file.sha256.clone();
                let found = self.find_uploaded(&order).await;
                found.map(|id| id.map(|file| erp::Fact::Uploaded { document: *document, sha256, file }))
            }
            Effect::ReadDirectory { .. } | Effect::SurveyStaff { .. } | Effect::UpdateTasks { .. } => Ok(None),
            _ => return None,
        };
        Some(match found {
            Ok(Some(fact)) => receipt(fact),
            Ok(None) => Settled::NotDone,
            // Whatever stands in the way of finding out, the doubt remains: nothing is repeated before it is settled.
            Err(error) => Settled::Unknown(CallError::OutcomeUnknown { detail: reason(error) }),
        })
    }

    /// Runs commands that do not depend on one another, as many at a time as a batch holds.
    async fn run(&self, commands: &[Command], said: &mut Vec<Exchange>) -> Result<Vec<Ran>, Trouble> {
        let mut all = Vec::with_capacity(commands.len());
        for some in commands.chunks(MAX_COMMANDS) {
            all.extend(self.client.batch(Key::Tasks, some, false, said).await?);
        }
        Ok(all)
    }
}

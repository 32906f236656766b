//! What one answer of the portal means to the effects of documents: the receipt where it brings one, nothing where it is a step.
//!
//! How busy people are, and what became of several tasks, no single answer tells. Deliberately not here: carrying them out.

use pult_domain::{
    Effect, Failure,
    areas::erp::{Fact, Reading},
};

use crate::{Asked, CallError, Method, transport::http::Answer};

use super::{
    super::client::{Intent, read},
    create,
    directory::{self, DEPARTMENTS, PEOPLE, PROJECTS},
    load, schedule, survey, update,
    upload::{self, CHILDREN, MAKE_FOLDER, PUT, STORAGES},
};

/// The effects of documents.
pub(in super::super) const KINDS: [&str; 5] =
    ["read_directory", "survey_staff", "create_tasks", "upload_file", "update_tasks"];

/// The methods they take.
pub(in super::super) const METHODS: [Method; 13] = {
    const fn of(name: &'static str, kind: &'static str) -> Method {
        Method { name, kind }
    }
    [
        of(schedule::METHOD, KINDS[0]),
        of(PROJECTS, KINDS[0]),
        of(PEOPLE, KINDS[0]),
        of(DEPARTMENTS, KINDS[0]),
        of(survey::ABSENCES, KINDS[1]),
        of(load::METHOD, KINDS[1]),
        of(create::ADD, KINDS[2]),
        of(STORAGES, KINDS[3]),
        of(CHILDREN, KINDS[3]),
        of(MAKE_FOLDER, KINDS[3]),
        of(PUT, KINDS[3]),
        of(update::GET, KINDS[4]),
        of(update::UPDATE, KINDS[4]),
    ]
};

/// What an answer means; `None` where its method is not one of these.
pub(in super::super) fn understood(asked: &Asked<'_>, answer: &Answer) -> Option<Result<Option<Fact>, CallError>> {
    let method = METHODS.iter().find(|method| method.name == asked.method)?;
    let intent = if [create::ADD, PUT].contains(&method.name) { Intent::Once } else { Intent::Repeatable };
    let outcome = read(answer, method.name, intent);
    let part = |reading: Reading| Ok(Some(Fact::DirectoryRead { reading: Box::new(reading) }));
    Some(match (asked.effect, method.name) {
        (Effect::ReadDirectory { project, .. }, name) if method.kind == KINDS[0] => {
            outcome.map_err(CallError::from).and_then(|page| {
                let rows = page.result.as_array().map_or(&[][..], Vec::as_slice);
                part(match name {
                    DEPARTMENTS => Reading { departments: Some(directory::departments(rows)), ..Reading::default() },
                    PEOPLE => Reading { people: Some(directory::people(rows)), ..Reading::default() },
                    PROJECTS => Reading { projects: Some(directory::projects(rows, project)), ..Reading::default() },
                    _ => Reading { schedule: Some(schedule::read(&page.result)), ..Reading::default() },
                })
            })
        }
        (Effect::CreateTasks { document, tasks, .. }, create::ADD) => match &tasks[..] {
            [only] => create::understood(outcome)
                .map(|became| Some(Fact::Created { document: *document, tasks: vec![(only.key.clone(), became)] })),
            _ => Err(several(method)),
        },
        (Effect::UpdateTasks { document, tasks }, update::UPDATE) => match &tasks[..] {
            [only] => update::changed(outcome)
                .map(|became| Some(Fact::Updated { document: *document, tasks: vec![(only.key.clone(), became)] })),
            _ => Err(several(method)),
        },
        (Effect::UploadFile { document, file, .. }, PUT) => outcome
            .map_err(CallError::from)
            .and_then(|success| upload::put(&success.result))
            .map(|id| Some(Fact::Uploaded { document: *document, sha256: file.sha256.clone(), file: id })),
        (effect, _) if effect.kind() == method.kind => outcome.map(|_| None).map_err(CallError::from),
        (effect, _) => Err(CallError::not_ours(effect)),
    })
}

fn several(method: &Method) -> CallError {
    let reason = format!("an answer of {} is the answer to one task", method.name);
    CallError::Refused { reason, why: Failure::Unsupported }
}

//! Invented effects of documents: what the preview of an answer takes it to be the answer to.
//!
//! Deliberately not here: anything that is ever carried out.

use super::{FileRef, Metric, NewTask, Parts, Root, TaskFields, TaskText, TaskUpdate};
use crate::{DocumentId, Effect, Instant, RecordId};

/// An effect of a kind.
pub(crate) fn example(kind: &str) -> Option<Effect> {
    let document = DocumentId(1);
    let fields = TaskFields {
        title: "00-000123: Швейный цех".to_owned(),
        text: TaskText { words: vec![], items: vec![], number: "00-000123".to_owned(), date: None },
        deadline: None,
        project: Some(7),
    };
    let key = "8f0c:Швейный цех".to_owned();
    Some(match kind {
        "read_directory" => Effect::ReadDirectory {
            parts: Parts { departments: true, people: true, project: true, schedule: true },
            root: Root { name: "Производство".to_owned(), id: None },
            project: "Задачи из 1с".to_owned(),
        },
        "survey_staff" => {
            Effect::SurveyStaff { document, people: vec![41, 42], metric: Metric::RemainingTime, author: None }
        }
        "create_tasks" => Effect::CreateTasks {
            document,
            since: Instant::UNIX_EPOCH,
            tasks: vec![NewTask { key, fields, responsible: 41, author: None, planned: None, estimate_s: None }],
        },
        "upload_file" => Effect::UploadFile {
            document,
            record: RecordId(1),
            place: 0,
            file: FileRef { name: "draft.pdf".to_owned(), sha256: "0".repeat(64), size: 4 },
            folder: None,
            number: "00-000123".to_owned(),
        },
        "update_tasks" => Effect::UpdateTasks {
            document,
            tasks: vec![TaskUpdate { key, task: 8017, fields: Some(fields), files: vec![] }],
        },
        _ => return None,
    })
}

//! One document while a decision about it is made: every change is noted for the store and done to the copy at hand, so that the next
//! question sees it.
//!
//! Deliberately not here: which step comes next (`hops`).

use crate::{
    Answer, Audience, Decision, DocumentId, Effect, EffectOrder, Explanation, Instant, Level, Notice, NoticeChange,
    NoticeClass, RecordId, Subject, TimerChange,
    areas::erp::{
        Change, Chosen, Directory, Document, Kept, KeptFile, KeptTask, Policy, Stage, State, TaskState, TaskUpdate,
        Trouble,
    },
};

use super::super::Considered;

/// A document in the hands of a rule.
pub(super) struct Work<'k> {
    pub(super) kept: Kept,
    pub(super) at: Instant,
    policy: &'k Policy,
    directory: &'k Directory,
    changes: Vec<Change>,
    effects: Vec<EffectOrder>,
    timers: Vec<TimerChange>,
    notices: Vec<NoticeChange>,
    /// Who was considered for each line, and who was the next.
    choices: Vec<(String, Vec<Considered>, Option<String>)>,
}

impl Kept {
    /// The task of a key.
    #[must_use]
    pub fn task(&self, key: &str) -> Option<&KeptTask> {
        self.tasks.iter().find(|task| task.key == key)
    }
}

impl<'k> Work<'k> {
    /// Takes a known document up.
    pub(super) fn on(kept: &Kept, at: Instant, policy: &'k Policy, directory: &'k Directory) -> Self {
        Self {
            kept: kept.clone(),
            at,
            policy,
            directory,
            changes: vec![],
            effects: vec![],
            timers: vec![],
            notices: vec![],
            choices: vec![],
        }
    }

    /// Takes a new one up.
    pub(super) fn begin(
        id: DocumentId,
        document: &Document,
        record: RecordId,
        at: Instant,
        policy: &'k Policy,
        directory: &'k Directory,
    ) -> Self {
        let kept = Kept {
            id,
            state: State::Received,
            stage: None,
            document: document.clone(),
            record,
            queued: None,
            tasks: vec![],
            files: vec![],
            tries: 0,
            trouble: None,
        };
        let mut work = Self::on(&kept, at, policy, directory);
        work.change(Change::Begin { id, document: Box::new(document.clone()), record, at });
        work
    }

    pub(super) fn policy(&self) -> &'k Policy {
        self.policy
    }

    pub(super) fn directory(&self) -> &'k Directory {
        self.directory
    }

    pub(super) fn change(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Begins the work anew.
    pub(super) fn again(&mut self, document: &Document, record: RecordId, tries: u32) {
        let (id, at) = (self.kept.id, self.at);
        self.change(Change::Again { id, document: Box::new(document.clone()), record, tries, at });
        let kept = &mut self.kept;
        (kept.document, kept.record, kept.queued, kept.tries) = (document.clone(), record, None, tries);
        (kept.state, kept.stage, kept.trouble) = (State::Received, None, None);
        kept.tasks.retain(|task| task.task.is_some());
        for task in &mut kept.tasks {
            (task.state, task.order, task.detail) = (TaskState::Stale, None, None);
        }
        kept.files.retain(|file| file.file.is_some());
        self.timers.push(TimerChange::Lift { key: retry_key(id) });
    }

    pub(super) fn stage(&mut self, stage: Stage) {
        if self.kept.stage != Some(stage) {
            self.kept.stage = Some(stage);
            self.change(Change::Stage { id: self.kept.id, stage, at: self.at });
        }
    }

    pub(super) fn task(&mut self, key: &str, state: TaskState, task: Option<i64>, detail: Option<String>) {
        let (id, at) = (self.kept.id, self.at);
        let Some(kept) = self.kept.tasks.iter_mut().find(|task| task.key == key) else { return };
        kept.state = state;
        kept.task = task.or(kept.task);
        kept.detail.clone_from(&detail);
        if state != TaskState::Creating {
            kept.order = None;
        }
        self.change(Change::Task { id, key: key.to_owned(), state, task, detail, at });
    }

    pub(super) fn attached(&mut self, key: &str, files: &[i64]) {
        let id = self.kept.id;
        let Some(kept) = self.kept.tasks.iter_mut().find(|task| task.key == key).filter(|_| !files.is_empty()) else {
            return;
        };
        kept.files.extend(files);
        self.change(Change::Attached { id, key: key.to_owned(), files: files.to_vec() });
    }

    pub(super) fn lose(&mut self, key: &str) {
        self.kept.tasks.retain(|task| task.key != key);
        self.change(Change::Lose { id: self.kept.id, key: key.to_owned() });
    }

    pub(super) fn file(&mut self, file: KeptFile) {
        self.change(Change::File { id: self.kept.id, sha256: file.sha256.clone(), file: file.file });
        self.kept.files.retain(|kept| kept.sha256 != file.sha256);
        self.kept.files.push(file);
    }

    /// Somebody is given a task; `next` would be without them.
    pub(super) fn give(&mut self, chosen: Chosen, next: Option<String>) {
        self.choices.push((chosen.name.clone(), chosen.considered.clone(), next));
        self.kept.tasks.push(KeptTask {
            key: chosen.order.key.clone(),
            state: TaskState::Creating,
            responsible: chosen.order.responsible,
            task: None,
            order: Some(chosen.order.clone()),
            files: vec![],
            detail: None,
        });
        self.change(Change::Choose { id: self.kept.id, chosen: Box::new(chosen), at: self.at });
    }

    /// The first trouble is the one told.
    pub(super) fn trouble(&mut self, trouble: Trouble) {
        if self.kept.trouble.is_none() {
            self.kept.trouble = Some(trouble.clone());
            self.change(Change::Trouble { id: self.kept.id, trouble });
        }
    }

    pub(super) fn owe(&mut self, subject: Subject, not_after: Option<Instant>, effect: Effect) {
        // Whoever sent the document waits for the answer.
        self.effects.push(EffectOrder { subject, not_after, urgent: true, effect });
    }

    pub(super) fn owe_ours(&mut self, effect: Effect) {
        self.owe(Subject::document(self.kept.id), None, effect);
    }

    /// Keys of the tasks that stand there.
    pub(super) fn keys(&self, state: TaskState) -> Vec<String> {
        self.kept.tasks.iter().filter(|task| task.state == state).map(|task| task.key.clone()).collect()
    }

    /// What is to be done to tasks that are there: new words for those that were there before, files for all.
    pub(super) fn to_update(&self) -> Vec<TaskUpdate> {
        let kept = &self.kept;
        let files: Vec<i64> = kept.files.iter().filter_map(|file| file.file).collect();
        let update = |task: &KeptTask| {
            let stale = task.state == TaskState::Stale;
            if !stale && task.state != TaskState::Created {
                return None;
            }
            let missing: Vec<i64> = files.iter().filter(|file| !task.files.contains(file)).copied().collect();
            let line = kept.document.lines.iter().find(|line| line.key == task.key);
            let fields = line.filter(|_| stale).map(|line| self.fields(line));
            (fields.is_some() || !missing.is_empty()).then_some(TaskUpdate {
                key: task.key.clone(),
                task: task.task?,
                fields,
                files: missing,
            })
        };
        kept.tasks.iter().filter_map(update).collect()
    }

    /// The document is settled: kept, told, and tried again by itself where that may help.
    pub(super) fn settle(&mut self, state: State) {
        let (id, at, trouble) = (self.kept.id, self.at, self.kept.trouble.clone());
        (self.kept.state, self.kept.stage) = (state, None);
        self.change(Change::Settle { id, state, trouble, at });
        let key = format!("erp.document/{id}");
        if state == State::Done {
            self.notices.push(NoticeChange::Clear { key });
        } else {
            let values = [("number", self.kept.document.number.clone().into()), ("state", state.as_ref().into())];
            self.notices.push(NoticeChange::Raise(Notice {
                key,
                class: NoticeClass::Document,
                level: if state == State::UpdateFailed { Level::Info } else { Level::Warning },
                subject: Subject::document(id),
                code: "erp.document".to_owned(),
                values: values
                    .map(|(name, value): (&str, serde_json::Value)| (name.to_owned(), value))
                    .into_iter()
                    .collect(),
                to: Audience::Everyone,
            }));
        }
        if state == State::UpdateFailed
            && let Some(due) = next_try(at, self.kept.tries)
        {
            self.timers.push(TimerChange::Set { key: retry_key(id), due });
        }
    }

    pub(super) fn into_decision(self, mut explanation: Explanation) -> Decision<Change> {
        // Of several choices each would have its own: the table of candidates tells them apart, one sentence would not.
        if let [(_, _, Some(next))] = &self.choices[..] {
            explanation.otherwise = Some(format!("erp.without_chosen:{next}"));
        }
        for (name, rows, _) in &self.choices {
            explanation.candidates.extend(rows.iter().map(|row| crate::Candidate {
                name: format!("{name}: {}", if row.name.is_empty() { row.id.to_string() } else { row.name.clone() }),
                chosen: row.chosen,
                reason: format!("erp.{}", row.reason.as_ref()),
            }));
        }
        Decision {
            changes: self.changes,
            effects: self.effects,
            timers: self.timers,
            notices: self.notices,
            answer: Some(super::answer(&self.kept)),
            explanation,
        }
    }
}

fn retry_key(id: DocumentId) -> String {
    format!("retry/{id}")
}

/// Five minutes, then twice as long each time, six hours at most; after ten tries it waits for a person.
fn next_try(at: Instant, tries: u32) -> Option<Instant> {
    const FIRST_MIN: i64 = 5;
    const LONGEST_MIN: i64 = 360;
    let pause = (tries < 10).then(|| (FIRST_MIN << tries).min(LONGEST_MIN))?;
    at.checked_add(jiff::SignedDuration::from_mins(pause)).ok()
}

/// Whether an answer says that the work goes on.
impl Answer {
    /// The document still being worked on.
    #[must_use]
    pub fn document_underway(&self) -> Option<DocumentId> {
        match self {
            Self::DocumentUnderway { document, .. } => Some(*document),
            _ => None,
        }
    }
}

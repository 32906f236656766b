//! The hops of a document: what is missing still, and what is asked for it.
//!
//! Deliberately not here: what an answer changes (`super`).

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::{FAILED_FOR, STALE_AT_MOST, work::Work};
use crate::{
    Effect, Instant, Subject,
    areas::erp::{
        Change, Chosen, FileRef, Known, Line, NewTask, Schedule, Stage, State, Survey, TaskFields, TaskState, TaskText,
        Trouble,
        choice::{Nobody, Office},
        directory::{Lives, normal},
    },
};

/// How long a newer directory is waited for while one of yesterday is at hand.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);
/// The longest title of a task.
const TITLE_AT_MOST: usize = 250;

impl Work<'_> {
    /// Does the next thing that is missing; the word says what it is.
    pub(super) fn go_on(&mut self) -> &'static str {
        if self.kept.stage.is_none() && self.kept.state != State::Received {
            return self.stage_word();
        }
        let missing = self.missing();
        if !self.keys(TaskState::Creating).is_empty() {
            self.create();
        } else if !missing.is_empty() {
            self.prepare(&missing);
        } else if !self.files_missing().is_empty() {
            self.upload();
        } else if !self.to_update().is_empty() {
            let (document, tasks) = (self.kept.id, self.to_update());
            self.stage(Stage::Update);
            self.owe_ours(Effect::UpdateTasks { document, tasks });
        } else {
            self.finish();
        }
        self.stage_word()
    }

    /// Ends the work on this document as it stands.
    pub(super) fn stop(&mut self, trouble: Trouble, rule: &'static str) -> &'static str {
        if self.take_up_queued() {
            return rule;
        }
        self.kept.trouble = Some(trouble);
        let some = self.kept.tasks.iter().any(|task| task.task.is_some());
        self.settle(if some { State::Partial } else { State::Error });
        rule
    }

    /// What is under way, or what has become of it.
    pub(super) fn stage_word(&self) -> &'static str {
        match (self.kept.stage, self.kept.state) {
            (Some(Stage::Directory), _) => "directory",
            (Some(Stage::Survey), _) => "survey",
            (Some(Stage::Creation), _) => "creation",
            (Some(Stage::Files), _) => "files",
            (Some(Stage::Update), _) => "update",
            (None, State::Received) => "received",
            (None, State::Partial) => "partial",
            (None, State::Done) => "done",
            (None, State::UpdateFailed) => "update_failed",
            (None, State::Error) => "error",
        }
    }

    /// Lines that nobody has been given.
    fn missing(&self) -> Vec<Line> {
        let kept = &self.kept;
        kept.document.lines.iter().filter(|line| kept.task(&line.key).is_none()).cloned().collect()
    }

    /// Reads what is to be known before anybody can be chosen.
    fn prepare(&mut self, missing: &[Line]) {
        let (at, policy, directory) = (self.at, self.policy(), self.directory());
        if !policy.portal {
            self.stop(Trouble::NotConnected, "");
            return;
        }
        let stale = directory.is_complete(at, Lives::all(STALE_AT_MOST));
        let failed_lately = directory.failed.is_some_and(|failed| at.duration_since(failed) < FAILED_FOR);
        let enough = directory.is_complete(at, policy.lives) || failed_lately && stale;
        if !enough {
            self.stage(Stage::Directory);
            if directory.reading.is_none() {
                let (root, project) = (policy.root.clone(), policy.project.clone());
                let parts = directory.wanting(at, policy.lives);
                let not_after = stale.then(|| at.checked_add(PATIENCE).unwrap_or(at));
                self.change(Change::Reading { since: Some(at), failed: directory.failed });
                self.owe(Subject::directory(), not_after, Effect::ReadDirectory { parts, root, project });
            }
            return;
        }
        match self.candidates(missing) {
            Err(trouble) => {
                self.stop(trouble, "");
            }
            Ok(people) => {
                self.stage(Stage::Survey);
                let (document, author) = (self.kept.id, self.kept.document.author.clone());
                let metric = policy.metric;
                self.owe_ours(Effect::SurveyStaff { document, people, metric, author });
            }
        }
    }

    /// Everybody who may be given a line: asked for before anything is created, so that one wrong line creates nothing.
    fn candidates(&self, missing: &[Line]) -> Result<Vec<i64>, Trouble> {
        self.project()?;
        let mut people = BTreeSet::new();
        for line in missing {
            let (_, staff) = self.directory().staff_of(&self.policy().root, &line.name)?;
            people.extend(staff.iter().map(|person| person.id));
        }
        Ok(people.into_iter().collect())
    }

    /// The project of the wanted name, exactly so written where several differ in case only.
    fn project(&self) -> Result<Option<i64>, Trouble> {
        let (policy, projects) =
            (self.policy(), self.directory().projects.as_ref().map_or(&[][..], |kept| &kept.value));
        let exact = projects.iter().find(|project| project.name == policy.project);
        let found = exact.or_else(|| projects.iter().find(|project| normal(&project.name) == normal(&policy.project)));
        match found {
            Some(project) => Ok(Some(project.id)),
            None if policy.project_required => Err(Trouble::NoProject { name: policy.project.clone() }),
            None => Ok(None),
        }
    }

    /// Gives every missing line to the least busy of its sub-department, and has the tasks created.
    pub(super) fn choose(&mut self, survey: &Survey, known: &Known) -> &'static str {
        let at = self.at;
        let mut office = Office::new(survey, &known.reserved, &known.last_given, self.policy());
        let mut given = vec![];
        for line in self.missing() {
            let chosen = self.directory().staff_of(&self.policy().root, &line.name).and_then(|(department, staff)| {
                let estimate_s = line.planned_minutes.map(|minutes| minutes.saturating_mul(60));
                let choice = office.choose(&staff, estimate_s, at).map_err(|nobody| no_choice(nobody, &line.name))?;
                let responsible = choice.id;
                let planned = self.planned(&line);
                let mut fields = self.fields(&line);
                fields.deadline = fields.deadline.or(planned.map(|(_, end)| end));
                let author = survey.author;
                let order = NewTask { key: line.key.clone(), fields, responsible, author, planned, estimate_s };
                Ok((Chosen { name: line.name.clone(), department, order, considered: choice.considered }, choice.next))
            });
            match chosen {
                Ok(chosen) => given.push(chosen),
                // Not one of the lines is given out.
                Err(trouble) => return self.stop(trouble, "surveyed.nobody"),
            }
        }
        for (chosen, next) in given {
            self.give(chosen, next);
        }
        self.create();
        "surveyed"
    }

    fn create(&mut self) {
        let tasks: Vec<NewTask> = self.kept.tasks.iter().filter_map(|task| task.order.clone()).collect();
        self.stage(Stage::Creation);
        let (document, since) = (self.kept.id, self.at);
        self.owe_ours(Effect::CreateTasks { document, since, tasks });
    }

    /// Files whose content is not on the portal's disk, and was not refused.
    fn files_missing(&self) -> Vec<(usize, FileRef)> {
        let kept = &self.kept;
        if kept.tasks.iter().all(|task| task.task.is_none()) {
            return vec![];
        }
        let known = |file: &FileRef| kept.files.iter().any(|known| known.sha256 == file.sha256);
        let mut seen = BTreeSet::new();
        let files = kept.document.files.iter().cloned().enumerate();
        files.filter(|(_, file)| !known(file) && seen.insert(file.sha256.clone())).collect()
    }

    fn upload(&mut self) {
        if self.kept.stage == Some(Stage::Files) {
            return;
        }
        self.stage(Stage::Files);
        let (document, record, number) = (self.kept.id, self.kept.record, self.kept.document.number.clone());
        for (place, file) in self.files_missing() {
            let folder = self.policy().folder;
            self.owe_ours(Effect::UploadFile { document, record, place, file, folder, number: number.clone() });
        }
    }

    /// Goes on with what came while the document was being worked on; whether there was anything.
    fn take_up_queued(&mut self) -> bool {
        let Some((document, record)) = self.kept.queued.clone() else { return false };
        self.again(&document, record, 0);
        self.go_on();
        true
    }

    /// Everything was done that could be.
    fn finish(&mut self) {
        if self.take_up_queued() {
            return;
        }
        let refused = self.kept.document.lines.iter().zip(1u32..).find_map(|(line, number)| {
            let task = self.kept.task(&line.key).filter(|task| task.state == TaskState::Refused)?;
            let detail = task.detail.clone().unwrap_or_default();
            Some(Trouble::LineRefused { line: number, name: line.name.clone(), detail })
        });
        if let Some(trouble) = refused {
            self.stop(trouble, "");
            return;
        }
        let failed = !self.keys(TaskState::UpdateFailed).is_empty() || self.kept.files.iter().any(|f| f.file.is_none());
        if failed {
            return self.settle(State::UpdateFailed);
        }
        for key in self.keys(TaskState::Created).into_iter().chain(self.keys(TaskState::Stale)) {
            self.task(&key, TaskState::Done, None, None);
        }
        self.kept.trouble = None;
        self.settle(State::Done);
    }

    /// What a line's task says.
    pub(super) fn fields(&self, line: &Line) -> TaskFields {
        let document = &self.kept.document;
        let title = line.title.as_ref().or(document.title.as_ref()).cloned();
        let title = title.unwrap_or_else(|| format!("{}: {}", document.number, line.name));
        let words = [&document.description, &line.description].into_iter().flatten().cloned().collect();
        TaskFields {
            title: title.chars().take(TITLE_AT_MOST).collect(),
            text: TaskText {
                words,
                items: line.items.clone(),
                number: document.number.clone(),
                date: document.date.clone(),
            },
            deadline: self.deadline(line),
            // Where it is not known any more, the task keeps the one it has.
            project: self.project().ok().flatten(),
        }
    }

    fn deadline(&self, line: &Line) -> Option<Instant> {
        let moment = line.deadline.or(self.kept.document.deadline)?;
        moment.instant(&self.policy().zone, &self.schedule())
    }

    fn schedule(&self) -> Schedule {
        self.directory().schedule.as_ref().map_or_else(Schedule::usual, |kept| kept.value.clone())
    }

    /// From the next working moment, for as long as the line takes.
    fn planned(&self, line: &Line) -> Option<(Instant, Instant)> {
        let schedule = self.schedule();
        let (zone, work) = (&self.policy().zone, SignedDuration::from_mins(line.planned_minutes?.into()));
        let start = schedule.after(self.at, SignedDuration::ZERO, zone)?;
        Some((start, schedule.after(start, work, zone)?))
    }
}

fn no_choice(nobody: Nobody, name: &str) -> Trouble {
    let name = name.to_owned();
    match nobody {
        Nobody::Inactive => Trouble::NoStaff { name },
        Nobody::Unknown { reason } => Trouble::LoadsUnknown { name, reason },
    }
}

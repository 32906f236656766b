//! Calls about files: bringing one, looking at it, taking it away.

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde_json::{Value, json};

use super::{Answer, Done, Refused, Right, Room, bare, done, said, text};
use crate::redmine::{
    refused::{Fault, Wrong},
    world::issue::File,
};

impl Room<'_> {
    /// Brings a file, which waits to be attached.
    pub(super) fn upload(self) -> Done {
        let by = self.person()?;
        match self.asked.kind().as_str() {
            "application/octet-stream" => {}
            // Read as a document before anybody asks what for.
            "application/json" if self.asked.document().is_err() => return Ok((bare(400), Vec::new())),
            _ => return Ok((bare(406), Vec::new())),
        }
        let world = &self.state.world;
        if !world.may_somewhere(self.who, Right::AddIssues) && !world.may_somewhere(self.who, Right::AddIssueNotes) {
            return Err(Refused::Denied);
        }
        let most = self.state.switches.largest_file;
        if self.asked.body.len() > most {
            return Err(Refused::Wrong(vec![Wrong::new("base", Fault::TooLarge(most))]));
        }
        let name = self.asked.parameter("filename").filter(|name| !name.is_empty()).unwrap_or("upload");
        let kind = self.asked.parameter("content_type").map_or_else(|| kind_of(name).to_owned(), str::to_owned);
        let id = self.state.world.keep(name, &kind, self.asked.body.clone(), by, self.now);
        let token = self.state.world.files.get(&id).map(File::token);
        Ok((Answer::new(201, json!({ "upload": { "id": id, "token": token } })), Vec::new()))
    }

    /// Attaches files that wait to an issue, as Easy Redmine does without a change of the issue.
    pub(super) fn attach(self) -> Done {
        let order = self.asked.part("attach");
        let kind = order.get("entity_type").and_then(Value::as_str);
        let id = order.get("entity_id").and_then(text).filter(|_| kind == Some("Issue")).ok_or(Refused::ABSENT)?;
        let id = self.issue(&id)?.id;
        let uploads = order.get("attachments").cloned().unwrap_or_default();
        let asked = [("uploads".to_owned(), uploads)].into_iter().collect();
        let deeds = self.state.update(self.person()?, id, &asked, self.now)?;
        Ok((done(), deeds))
    }

    /// A file that is attached to an issue that is seen.
    fn file(&self, id: &str) -> Result<&File, Refused> {
        let file = id.parse().ok().and_then(|id: u64| self.state.world.files.get(&id)).ok_or(Refused::ABSENT)?;
        let issue = file.issue.and_then(|id| self.state.world.issues.get(&id));
        let seen = match issue {
            Some(issue) => self.state.world.sees(self.who, issue),
            None => self.who == Some(file.author),
        };
        if seen { Ok(file) } else { Err(Refused::Denied) }
    }

    pub(super) fn attachment(self, id: &str) -> Done {
        said(json!({ "attachment": self.view().file(self.file(id)?) }))
    }

    /// Its bytes; a wrong name is no file.
    pub(super) fn download(self, id: &str, name: Option<&str>) -> Done {
        let known = id.parse().ok().and_then(|id: u64| self.state.world.files.get(&id));
        if known.is_none_or(|file| name.is_some_and(|name| name != file.filename)) {
            return Err(Refused::ABSENT);
        }
        let file = self.file(id)?;
        let coded: String = url::form_urlencoded::byte_serialize(file.filename.as_bytes()).collect();
        let disposition = format!("attachment; filename*=UTF-8''{}", coded.replace('+', "%20"));
        let answer = Answer::file(file.content.clone())
            .with(CONTENT_TYPE, &file.content_type)
            .with(CONTENT_DISPOSITION, &disposition);
        Ok((answer, Vec::new()))
    }
}

/// What a file is by its name.
pub(in crate::redmine) fn kind_of(name: &str) -> &'static str {
    match name.rsplit('.').next().map(str::to_lowercase).as_deref() {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("pdf") => "application/pdf",
        Some("txt" | "log") => "text/plain",
        Some("json") => "application/json",
        Some("zip") => "application/zip",
        _ => "application/octet-stream",
    }
}

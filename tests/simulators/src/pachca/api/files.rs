//! Files: uploads in two steps, files of a message that is written, and links to download.

use jiff::Timestamp;
use rand::Rng;
use serde_json::Value;

use super::{Asked, Done, Refused, Route, UPLOAD, refused::Problems};
use crate::{
    pachca::{Space, space::State},
    service::{multipart, wire::Answer},
};

/// Longest name of a file, in characters.
const LONGEST: usize = 255;
const TYPES: [&str; 4] = ["file", "image", "audio", "voice"];

/// The first step: the fields of a form for one file.
pub(super) fn announce(space: &Space, state: &mut State, now: Timestamp) -> Answer {
    let mut chance = rand::rng();
    let mut word = || format!("{:016x}{:016x}", chance.random::<u64>(), chance.random::<u64>());
    let policy = word();
    let at = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let fields = [
        ("Content-Disposition", "attachment".to_owned()),
        ("acl", "private".to_owned()),
        ("policy", policy.clone()),
        ("x-amz-credential", format!("simulator/{}/ru-1/s3/aws4_request", &at[..8])),
        ("x-amz-algorithm", "AWS4-HMAC-SHA256".to_owned()),
        ("x-amz-date", at),
        ("x-amz-signature", word()),
        ("key", format!("attaches/files/1/{}/${{filename}}", word())),
    ];
    let mut body: Value =
        fields.iter().map(|(name, value)| ((*name).to_owned(), Value::from(value.as_str()))).collect();
    body["direct_url"] = format!("http://{}{UPLOAD}", space.front).into();
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    state.world.uploads.forms.insert(policy, fields.to_vec());
    Answer::new(201, body)
}

/// The second: the fields as they were given and in that order, the file last. The form is good for one file.
pub(super) fn take(state: &mut State, asked: &Asked) -> Done {
    let refuse = |code: &str| Refused::one(403, "base", Value::Null, code);
    let parts = multipart::parts(&asked.content_type, &asked.body);
    let parts = parts.ok_or_else(|| Refused::one(400, "base", Value::Null, "wrong_params"))?;
    let Some((file, fields)) = parts.split_last().filter(|(file, _)| file.name == "file") else {
        return Err(Refused::one(400, "file", Value::Null, "required"));
    };
    let name = file.filename.clone().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Refused::one(400, "file", Value::Null, "required"))?;
    let text = |content: &[u8]| String::from_utf8_lossy(content).into_owned();
    let given: Vec<(String, String)> = fields.iter().map(|part| (part.name.clone(), text(&part.content))).collect();
    let policy = given.iter().find(|(name, _)| name == "policy").map(|(_, value)| value.clone()).unwrap_or_default();
    if state.world.uploads.forms.get(&policy) != Some(&given) {
        return Err(refuse("access_denied"));
    }
    let key = given.iter().find(|(name, _)| name == "key").map(|(_, value)| value.replace("${filename}", &name));
    state.world.uploads.forms.remove(&policy);
    state.world.uploads.kept.insert(key.unwrap_or_default(), (name, file.content.clone()));
    Ok(Answer::empty(204))
}

/// A file of a message to be.
pub(super) struct Wanted {
    key: String,
    name: String,
    file_type: String,
}

impl Wanted {
    /// Puts the uploaded file into the world; answers its id.
    pub(super) fn keep(self, state: &mut State) -> u64 {
        if let Some(known) = state.world.files.values().find(|file| file.key == self.key) {
            return known.id;
        }
        let (_, content) = state.world.uploads.kept.remove(&self.key).unwrap_or_default();
        state.world.keep(Some(self.key), &self.name, &self.file_type, content)
    }
}

/// The files that the body asks for; none when it says nothing of them.
pub(super) fn read(state: &State, fields: &Value, problems: &mut Problems) -> Option<Vec<Wanted>> {
    let given = fields.get("files").filter(|given| !given.is_null())?;
    let Some(rows) = given.as_array() else {
        problems.add("files", given, "invalid");
        return None;
    };
    let file = |row: &Value| {
        problems.text(row, "key", 1_024);
        problems.text(row, "name", LONGEST);
        match row["file_type"].as_str() {
            Some(kind) if TYPES.contains(&kind) => {}
            _ if row["file_type"].is_null() => problems.add("file_type", &Value::Null, "blank"),
            _ => problems.add("file_type", &row["file_type"], "inclusion"),
        }
        let of = |key: &str| row[key].as_str().map(str::to_owned);
        let wanted = Wanted { key: of("key")?, name: of("name")?, file_type: of("file_type")? };
        let kept = state.world.uploads.kept.get(&wanted.key).map(|(_, content)| content.len());
        let kept = kept
            .or_else(|| state.world.files.values().find(|file| file.key == wanted.key).map(|file| file.content.len()));
        match (kept, row["size"].as_u64()) {
            (None, _) => problems.add("key", &row["key"], "not_found"),
            (_, None) => problems.add("size", &row["size"], "blank"),
            (Some(kept), Some(size)) if u64::try_from(kept) != Ok(size) => {
                problems.add("size", &row["size"], "invalid")
            }
            _ => {}
        }
        Some(wanted)
    };
    Some(rows.iter().filter_map(file).collect())
}

/// A download by link.
pub(super) fn give(space: &Space, state: &State, asked: &Asked, route: Option<&Route>, now: Timestamp) -> Done {
    let id = route.and_then(|route| route.id.parse().ok()).unwrap_or_default();
    if asked.authorization.is_some() {
        return Err(Refused::one(400, "base", Value::Null, "wrong_params"));
    }
    if !space.follows(id, &asked.query, now) {
        return Err(Refused::one(403, "base", Value::Null, "access_denied"));
    }
    let file = state.world.files.get(&id).ok_or_else(Refused::nowhere)?;
    Ok(Answer::file(file.content.clone()))
}

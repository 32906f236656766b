//! Puts a document's files on the portal's disk: in a folder of the document's number, each under a name of its own
//! (behaviour/erp_tasks 6.10, contracts/bitrix24 6).
//!
//! Files may not go by batch. One whose upload is in doubt is looked for in its folder by name and size. Deliberately not here: whose
//! tasks they are added to (`update`).

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use data_encoding::{BASE64, HEXLOWER};
use pult_domain::{Failure, RecordId, areas::erp::FileRef};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{CallError, Exchange, transport::mask::HIDDEN};

use super::super::{
    Bitrix24,
    client::{Call, Key, Listing, Trouble, UPLOAD},
    loose::{entry, number, text as word},
};

/// The method that lists storages.
pub(super) const STORAGES: &str = "disk.storage.getlist";
/// The method that lists what is in a folder.
pub(super) const CHILDREN: &str = "disk.folder.getchildren";
/// The method that makes a folder.
pub(super) const MAKE_FOLDER: &str = "disk.folder.addsubfolder";
/// The method that puts a file into a folder.
pub(super) const PUT: &str = "disk.folder.uploadFile";
/// The portal's code for a name that is taken.
const TAKEN: &str = "DISK_OBJ_22000";
/// The portal's code for a file that it could not save, which may help itself.
const UNSAVED: &str = "ERROR_COULD_NOT_SAVE_FILE";
/// The most read of a folder.
const ROWS: Listing = Listing { under: None, id: "ID", most: 5_000 };
/// The most folders and files remembered.
const REMEMBERED: usize = 1_000;
/// The most characters of a folder's name.
const MAX_NAME: usize = 100;

/// A file to put on the disk.
pub(super) struct Order<'o> {
    pub(super) record: RecordId,
    pub(super) place: usize,
    pub(super) file: &'o FileRef,
    pub(super) folder: Option<i64>,
    pub(super) number: &'o str,
}

/// What is known of the disk.
#[derive(Default)]
pub(super) struct Shelves(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Documents' folders, by the folder around them (none for the common disk) and their names.
    folders: HashMap<(Option<i64>, String), i64>,
    /// What files we put there are, by their content.
    files: HashMap<i64, String>,
}

impl Shelves {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn remember<K: std::hash::Hash + Eq, V>(map: &mut HashMap<K, V>, key: K, value: V) {
    // All of it can be read again.
    if map.len() >= REMEMBERED {
        map.clear();
    }
    map.insert(key, value);
}

impl Bitrix24 {
    /// Puts the file there, once; its id.
    pub(super) async fn upload(&self, order: &Order<'_>, said: &mut Vec<Exchange>) -> Result<i64, CallError> {
        let content = self.content(order).await?;
        let outcome = self.put(order, &content, said).await;
        for exchange in said {
            without_content(&mut exchange.request, &content);
        }
        let id = outcome?;
        remember(&mut self.desk.shelves.known().files, id, order.file.sha256.clone());
        Ok(id)
    }

    /// The content of the file in base64, as it is in the record still.
    async fn content(&self, order: &Order<'_>) -> Result<String, CallError> {
        let name = &order.file.name;
        let gone = |what: &str| CallError::Refused { reason: format!("{name}: {what}"), why: Failure::DoesNotExist };
        let body = self.contents.records.body(order.record).await;
        let body = body.ok_or_else(|| gone("the document it came with is not kept any more; have it sent again"))?;
        let (read, place) = (self.contents.file, order.place);
        // A document may have tens of megabytes.
        let read = tokio::task::spawn_blocking(move || {
            let content = read(&body, place)?;
            Some((HEXLOWER.encode(&Sha256::digest(&content)), BASE64.encode(&content)))
        });
        match read.await.ok().flatten() {
            None => Err(gone("the document's record holds no such file")),
            Some((sha256, _)) if !sha256.eq_ignore_ascii_case(&order.file.sha256) => {
                Err(gone("the document's record holds another content"))
            }
            Some((_, content)) => Ok(content),
        }
    }

    async fn put(&self, order: &Order<'_>, content: &str, said: &mut Vec<Exchange>) -> Result<i64, CallError> {
        let (mut forgotten, mut saved_anew) = (false, false);
        loop {
            let folder = self.folder(order, said).await?;
            let name = &order.file.name;
            let params = json!({
                "id": folder, "data": {"NAME": name}, "fileContent": [name, content], "generateUniqueName": true,
            });
            let call = Call::once(Key::Tasks, PUT, params).within(UPLOAD);
            match self.client.call(&call, said).await {
                Ok(success) => return put(&success.result),
                Err(Trouble { code, .. }) if code == UNSAVED && !saved_anew => saved_anew = true,
                // The folder we remember may have been thrown away.
                Err(Trouble { error: CallError::Refused { why: Failure::DoesNotExist, .. }, .. }) if !forgotten => {
                    forgotten = true;
                    self.desk.shelves.known().folders.remove(&place(order));
                }
                Err(trouble) => return Err(trouble.error),
            }
        }
    }

    /// The document's folder; it is made where there is none.
    async fn folder(&self, order: &Order<'_>, said: &mut Vec<Exchange>) -> Result<i64, CallError> {
        let place = place(order);
        let known = self.desk.shelves.known().folders.get(&place).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let around = self.around(order, said).await?;
        let folder = match self.find_folder(around, &place.1, said).await? {
            Some(folder) => folder,
            None => self.make_folder(around, &place.1, said).await?,
        };
        remember(&mut self.desk.shelves.known().folders, place, folder);
        Ok(folder)
    }

    /// The folder around the documents' folders: the one of the settings, else the common disk.
    async fn around(&self, order: &Order<'_>, said: &mut Vec<Exchange>) -> Result<i64, CallError> {
        if let Some(folder) = order.folder {
            return Ok(folder);
        }
        let call = Call::repeatable(Key::Tasks, STORAGES, json!({"filter": {"ENTITY_TYPE": "common"}}));
        let rows = self.client.list(call, ROWS, said).await?;
        common(&rows).ok_or_else(|| CallError::Refused {
            reason: "the portal shows no common disk: name a folder in erp.disk_folder_id".to_owned(),
            why: Failure::DoesNotExist,
        })
    }

    async fn find_folder(&self, around: i64, name: &str, said: &mut Vec<Exchange>) -> Result<Option<i64>, CallError> {
        let params = json!({"id": around, "filter": {"NAME": name, "TYPE": "folder"}});
        let rows = self.client.list(Call::repeatable(Key::Tasks, CHILDREN, params), ROWS, said).await?;
        let is_it = |row: &&Value| {
            let of = |key: &str| entry(row, key).and_then(word);
            of("TYPE").as_deref() == Some("folder")
                && of("NAME").is_some_and(|n| n.to_lowercase() == name.to_lowercase())
        };
        Ok(rows.iter().find(is_it).and_then(id))
    }

    async fn make_folder(&self, around: i64, name: &str, said: &mut Vec<Exchange>) -> Result<i64, CallError> {
        // Made twice it is one: the name is taken then.
        let call = Call::repeatable(Key::Tasks, MAKE_FOLDER, json!({"id": around, "data": {"NAME": name}}));
        match self.client.call(&call, said).await {
            Ok(success) => put(&success.result),
            Err(Trouble { code, error }) if code == TAKEN => self.find_folder(around, name, said).await?.ok_or(error),
            Err(trouble) => Err(trouble.error),
        }
    }

    /// The file's id, where it is in its folder after all.
    pub(super) async fn find_uploaded(&self, order: &Order<'_>) -> Result<Option<i64>, CallError> {
        let mut said = vec![];
        let around = self.around(order, &mut said).await?;
        let Some(folder) = self.find_folder(around, &place(order).1, &mut said).await? else { return Ok(None) };
        let call = Call::repeatable(Key::Tasks, CHILDREN, json!({"id": folder}));
        let rows = self.client.list(call, ROWS, &mut said).await?;
        let known = self.desk.shelves.known();
        let is_another = |id: &i64| known.files.get(id).is_some_and(|sha256| *sha256 != order.file.sha256);
        let found = rows.iter().filter(|row| is_file(row, order.file)).filter_map(id);
        // The last of them: others of the name were there before.
        Ok(found.filter(|id| !is_another(id)).max())
    }
}

/// Where a document's files belong.
fn place(order: &Order<'_>) -> (Option<i64>, String) {
    let allowed = |c: char| !c.is_control() && !r#"/\:*?"<>|"#.contains(c);
    let name: String = order.number.chars().map(|c| if allowed(c) { c } else { '_' }).take(MAX_NAME).collect();
    let name = name.trim_matches(|c: char| c.is_whitespace() || c == '.');
    (order.folder, if name.is_empty() { "1c" } else { name }.to_owned())
}

fn id(row: &Value) -> Option<i64> {
    entry(row, "ID").and_then(number).filter(|id| *id > 0)
}

/// The root folder of the common disk; of the first, where there are several.
fn common(rows: &[Value]) -> Option<i64> {
    let is_common = |row: &&Value| entry(row, "ENTITY_TYPE").and_then(word).as_deref() == Some("common");
    let storage = rows.iter().filter(is_common).min_by_key(|row| id(row))?;
    entry(storage, "ROOT_OBJECT_ID").and_then(number)
}

/// Whether something in a folder is this file, under its name or the one that the portal made of it.
fn is_file(row: &Value, file: &FileRef) -> bool {
    let of = |key: &str| entry(row, key).and_then(word);
    let (stem, end) =
        file.name.rsplit_once('.').map_or((file.name.as_str(), String::new()), |(stem, end)| (stem, format!(".{end}")));
    let numbered = |name: &str| {
        let between = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(end.as_str()));
        between.is_some_and(|mark| mark.chars().all(|c| c.is_ascii_digit() || "() _-".contains(c)))
    };
    of("TYPE").as_deref() == Some("file")
        && entry(row, "SIZE").and_then(number).is_some_and(|size| u64::try_from(size) == Ok(file.size))
        && of("NAME").is_some_and(|name| numbered(&name))
}

/// The id of what was put on the disk. The other id of a file, of what is within, is of no use to tasks.
pub(super) fn put(result: &Value) -> Result<i64, CallError> {
    id(result)
        .ok_or_else(|| CallError::OutcomeUnknown { detail: "the portal named nothing it put on the disk".to_owned() })
}

/// Takes a file's content out of what is kept of a request.
fn without_content(request: &mut String, content: &str) {
    let beginning = &content[..content.len().min(32)];
    let Some(from) = request.find("\"fileContent\"").filter(|_| !beginning.is_empty()) else { return };
    if let Some(at) = request[from..].find(beginning).map(|at| from + at) {
        let end = request[at..].find('"').map_or(request.len(), |end| at + end);
        request.replace_range(at..end, &format!("{HIDDEN} ({} characters)", content.len()));
    }
}

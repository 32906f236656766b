//! Storages, folders and files.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

/// The first object that is made, and the first inner file.
const OBJECTS: u64 = 7_751;
const FILES: u64 = 19_034;

/// A storage.
#[derive(Clone, Debug, Serialize)]
pub struct Storage {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: &'static str,
    /// `user`, `group` or `common`.
    pub entity_type: &'static str,
    /// Whose.
    pub entity_id: &'static str,
    /// Its root folder.
    pub root: u64,
}

/// A folder or a file.
#[derive(Clone, Debug, Serialize)]
pub struct Object {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Where it is; a root is nowhere.
    pub parent: Option<u64>,
    /// Its storage.
    pub storage: u64,
    /// Number of the inner file; none of a folder.
    pub file: Option<u64>,
    /// When it was made.
    pub at: Timestamp,
    /// The bytes of a file.
    #[serde(skip)]
    pub content: Vec<u8>,
}

/// The disk.
pub struct Disk {
    /// Storages.
    pub storages: Vec<Storage>,
    /// Folders and files by id.
    pub objects: BTreeMap<u64, Object>,
    /// Where an upload in two steps goes, by its token.
    pub(in crate::bitrix24) uploads: BTreeMap<String, Upload>,
    next_object: u64,
    next_file: u64,
}

/// An upload that was announced.
#[derive(Clone, Debug)]
pub(in crate::bitrix24) struct Upload {
    pub(in crate::bitrix24) folder: u64,
    pub(in crate::bitrix24) unique: bool,
}

/// Why a file or folder is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::bitrix24) enum Clash {
    /// There is one of this name.
    Name,
    /// There is no such folder.
    Folder,
}

impl Disk {
    pub(super) fn new(now: Timestamp) -> Self {
        let storage = |id, name, entity_type, entity_id, root| Storage { id, name, entity_type, entity_id, root };
        let storages = vec![
            storage(1, "Общий диск", "common", "shared_files_s1", 11),
            storage(7, "Олег Сервисный", "user", "7", 4_100),
            storage(219, "Задачи из 1с", "group", "34", 4_410),
        ];
        let root = |storage: &Storage| {
            let (id, name) = (storage.root, storage.name.to_owned());
            (id, Object { id, name, parent: None, storage: storage.id, file: None, at: now, content: Vec::new() })
        };
        let objects = storages.iter().map(root).collect();
        Self { storages, objects, uploads: BTreeMap::new(), next_object: OBJECTS, next_file: FILES }
    }

    /// A folder by its id.
    pub(in crate::bitrix24) fn folder(&self, id: u64) -> Option<&Object> {
        self.objects.get(&id).filter(|object| object.file.is_none())
    }

    /// What lies in a folder, by id.
    pub(in crate::bitrix24) fn children(&self, folder: u64) -> impl Iterator<Item = &Object> {
        self.objects.values().filter(move |object| object.parent == Some(folder))
    }

    /// Makes a file, or a folder without `content`; `unique` finds another name when there is one of this.
    pub(in crate::bitrix24) fn make(
        &mut self,
        folder: u64,
        name: &str,
        content: Option<Vec<u8>>,
        unique: bool,
        at: Timestamp,
    ) -> Result<u64, Clash> {
        let storage = self.folder(folder).ok_or(Clash::Folder)?.storage;
        let taken = |name: &str| self.children(folder).any(|child| child.name.to_lowercase() == name.to_lowercase());
        let name = match taken(name) {
            false => name.to_owned(),
            true if unique => {
                let (stem, end) = name.rsplit_once('.').map_or((name, String::new()), |(a, b)| (a, format!(".{b}")));
                (1..).map(|number| format!("{stem} ({number}){end}")).find(|name| !taken(name)).unwrap_or_default()
            }
            true => return Err(Clash::Name),
        };
        let id = self.next_object;
        self.next_object += 1;
        let file = content.is_some().then(|| {
            self.next_file += 1;
            self.next_file - 1
        });
        let content = content.unwrap_or_default();
        self.objects.insert(id, Object { id, name, parent: Some(folder), storage, file, at, content });
        Ok(id)
    }
}

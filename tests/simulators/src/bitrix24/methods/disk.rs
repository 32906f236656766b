//! `disk.*`: storages, folders, uploads in one step and in two, files attached elsewhere.

use data_encoding::BASE64;
use rand::Rng;
use serde_json::{Value, json};

use super::{Call, Method};
use crate::bitrix24::{
    OWNER,
    answer::{Done, Refusal, Reply, stamp},
    params::{Params, fits, flag, id, paged, text},
    world::{
        disk::{Clash, Disk, Object, Storage, Upload},
        tasks::Task,
    },
};

const SCOPE: &[&str] = &["disk"];

pub(super) const METHODS: &[Method] = &[
    Method::new("disk.storage.getlist", SCOPE, storages),
    Method::new("disk.folder.getchildren", SCOPE, children),
    Method::new("disk.folder.addsubfolder", SCOPE, add_folder),
    Method::new("disk.attachedobject.get", SCOPE, attached),
    Method::new("disk.folder.uploadfile", SCOPE, upload).alone(),
    Method::new("disk.storage.uploadfile", SCOPE, upload_to_storage).alone(),
];

fn argument(name: &str) -> Refusal {
    Refusal::bad("ERROR_ARGUMENT", &format!("Invalid value of parameter {{Parameter #0 [ <required> ${name} ]}}"))
}

fn not_found(id: u64) -> Refusal {
    Refusal::bad("ERROR_NOT_FOUND", &format!("Could not find entity with id `{id}`"))
}

pub(in crate::bitrix24) fn clashed(clash: Clash, folder: u64) -> Refusal {
    match clash {
        Clash::Folder => not_found(folder),
        Clash::Name => Refusal::bad("DISK_OBJ_22000", "An object with this name already exists"),
    }
}

fn storages(call: &mut Call<'_>, params: &Params) -> Done {
    let mut filter = params.get("filter").as_object().cloned().unwrap_or_default();
    if call.switches.ignore_filters.iter().any(|name| name == call.name) {
        filter.clear();
    }
    let value = |storage: &Storage, key: &str| {
        let one = |text: &str| Some(vec![text.to_owned()]);
        match key {
            "ID" => one(&storage.id.to_string()),
            "NAME" => one(storage.name),
            "ENTITY_TYPE" => one(storage.entity_type),
            "ENTITY_ID" => one(storage.entity_id),
            "ROOT_OBJECT_ID" => one(&storage.root.to_string()),
            _ => None,
        }
    };
    let row = |storage: &Storage| {
        json!({
            "ID": storage.id.to_string(), "NAME": storage.name, "CODE": null, "MODULE_ID": "disk",
            "ENTITY_TYPE": storage.entity_type, "ENTITY_ID": storage.entity_id,
            "ROOT_OBJECT_ID": storage.root.to_string(),
        })
    };
    let rows = call.world.disk.storages.iter().filter(|storage| fits(&filter, |key| value(storage, key)));
    Ok(paged(rows.map(row).collect(), params.start()))
}

fn children(call: &mut Call<'_>, params: &Params) -> Done {
    let folder = id(params.get("id")).ok_or_else(|| argument("id"))?;
    call.world.disk.folder(folder).ok_or_else(|| not_found(folder))?;
    let mut filter = params.get("filter").as_object().cloned().unwrap_or_default();
    if call.switches.ignore_filters.iter().any(|name| name == call.name) {
        filter.clear();
    }
    let value = |object: &Object, key: &str| {
        let one = |text: &str| Some(vec![text.to_owned()]);
        match key {
            "ID" => one(&object.id.to_string()),
            "NAME" => one(&object.name),
            "TYPE" => one(if object.file.is_some() { "file" } else { "folder" }),
            "PARENT_ID" => one(&object.parent.unwrap_or_default().to_string()),
            _ => None,
        }
    };
    let children = call.world.disk.children(folder).filter(|object| fits(&filter, |key| value(object, key)));
    // Here, and not after an upload, ids are text.
    let row = |object: &Object| {
        let mut row = row(object);
        for key in ["ID", "FILE_ID"] {
            if let Some(text) = text(&row[key]) {
                row[key] = text.into();
            }
        }
        row
    };
    Ok(paged(children.map(row).collect(), params.start()))
}

/// A file or folder as the portal shows it after it was made.
pub(in crate::bitrix24) fn row(object: &Object) -> Value {
    let mut row = json!({
        "ID": object.id, "NAME": object.name, "CODE": null, "STORAGE_ID": object.storage.to_string(),
        "PARENT_ID": object.parent.unwrap_or_default().to_string(), "DELETED_TYPE": 0,
        "CREATE_TIME": stamp(object.at), "UPDATE_TIME": stamp(object.at), "DELETE_TIME": null,
        "CREATED_BY": OWNER.to_string(), "UPDATED_BY": OWNER.to_string(), "DELETED_BY": null,
        "DETAIL_URL": format!("https://portal.example/docs/path/{}", object.name),
    });
    match object.file {
        Some(file) => {
            row["TYPE"] = "file".into();
            row["GLOBAL_CONTENT_VERSION"] = 1.into();
            row["FILE_ID"] = file.into();
            row["SIZE"] = object.content.len().to_string().into();
            row["DOWNLOAD_URL"] = "https://portal.example/rest/download.json?token=OPAQUE".into();
        }
        None => {
            row["TYPE"] = "folder".into();
            row["REAL_OBJECT_ID"] = object.id.to_string().into();
        }
    }
    row
}

fn shown(disk: &Disk, id: u64) -> Done {
    disk.objects.get(&id).map(|object| Reply::new(row(object))).ok_or_else(|| not_found(id))
}

/// `data.NAME`, which is a name and no path.
fn name(params: &Params) -> Result<Option<String>, Refusal> {
    match text(&params.get("data")["NAME"]).filter(|name| !name.trim().is_empty()) {
        Some(name) if name.contains(['/', '\\']) => Err(argument("data")),
        name => Ok(name),
    }
}

fn nameless() -> Refusal {
    Refusal::bad("DISK_BASE_SERVICE_22001", "Required field NAME is not set")
}

fn add_folder(call: &mut Call<'_>, params: &Params) -> Done {
    let folder = id(params.get("id")).ok_or_else(|| argument("id"))?;
    let name = name(params)?.ok_or_else(nameless)?;
    let made = call.world.disk.make(folder, &name, None, false, call.now);
    shown(&call.world.disk, made.map_err(|clash| clashed(clash, folder))?)
}

/// An attachment of a task that the webhook's owner may see; its numbers are text.
fn attached(call: &mut Call<'_>, params: &Params) -> Done {
    let number = id(params.get("id")).ok_or_else(|| argument("id"))?;
    let visible = |task: &&Task| call.switches.admin || task.concerns(OWNER);
    let mut files = call
        .world
        .tasks
        .all
        .values()
        .filter(visible)
        .flat_map(|task| task.files.iter().map(move |(attachment, object)| (task, *attachment, *object)));
    let (task, attachment, object) =
        files.find(|(_, attachment, _)| *attachment == number).ok_or_else(|| not_found(number))?;
    let object = call.world.disk.objects.get(&object).ok_or_else(|| not_found(number))?;
    Ok(Reply::new(json!({
        "ID": attachment.to_string(), "OBJECT_ID": object.id.to_string(), "MODULE_ID": "tasks",
        "ENTITY_TYPE": "tasks_task", "ENTITY_ID": task.id.to_string(), "CREATE_TIME": stamp(task.changed_at),
        "CREATED_BY": OWNER.to_string(), "DOWNLOAD_URL": "https://portal.example/rest/download.json?token=OPAQUE",
        "NAME": object.name, "SIZE": object.content.len().to_string(),
    })))
}

fn upload(call: &mut Call<'_>, params: &Params) -> Done {
    let folder = id(params.get("id")).ok_or_else(|| argument("id"))?;
    call.world.disk.folder(folder).ok_or_else(|| not_found(folder))?;
    let unique = flag(params.get("generateUniqueName"));
    if params.get("fileContent").is_null() {
        let token = format!("{:032x}", rand::rng().random::<u128>());
        let url = format!("http://{}/rest/upload.json?token={token}", call.front);
        call.world.disk.uploads.insert(token, Upload { folder, unique });
        return Ok(Reply::new(json!({ "field": "file", "uploadUrl": url })));
    }
    put(call, params, folder, unique)
}

fn upload_to_storage(call: &mut Call<'_>, params: &Params) -> Done {
    let wanted = id(params.get("id")).ok_or_else(|| argument("id"))?;
    let storage = call.world.disk.storages.iter().find(|storage| storage.id == wanted);
    let folder = storage.ok_or_else(|| not_found(wanted))?.root;
    for required in ["data", "fileContent"] {
        if params.get(required).is_null() {
            return Err(argument(required));
        }
    }
    put(call, params, folder, flag(params.get("generateUniqueName")))
}

fn put(call: &mut Call<'_>, params: &Params, folder: u64, unique: bool) -> Done {
    let name = name(params)?.ok_or_else(nameless)?;
    let unsaved = || Refusal::bad("ERROR_COULD_NOT_SAVE_FILE", "Could not save file");
    let encoded = text(&params.get("fileContent")[1]).ok_or_else(unsaved)?;
    let content = BASE64.decode(encoded.as_bytes()).map_err(|_| unsaved())?;
    let made = call.world.disk.make(folder, &name, Some(content), unique, call.now);
    shown(&call.world.disk, made.map_err(|clash| clashed(clash, folder))?)
}

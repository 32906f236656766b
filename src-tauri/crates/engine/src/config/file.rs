//! The configuration file: reading it, and changing single settings while everything else in it stays as written.
//!
//! Deliberately not here: watching the file. Edits made by hand take effect at the next start or the next [`ConfigFile::set`].

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::Value as Json;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::check::unknown;
use super::{Config, ConfigError, Place, Problem, ProblemCode, fields};

/// Largest file read; a real one has a few KiB.
const LARGEST: u64 = 1 << 20;

/// A configuration file that can be changed. All calls block: from async code use `spawn_blocking`.
#[derive(Debug)]
pub struct ConfigFile {
    path: PathBuf,
    place: Place,
    // One change at a time: each reads the file anew, so none is lost and hand edits in between are kept.
    changing: Mutex<()>,
}

impl ConfigFile {
    /// The file at `path`, which need not exist yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), place: Place::Server, changing: Mutex::new(()) }
    }

    /// The same as the file of an installation of this kind; without it, of a server.
    #[must_use]
    pub fn of(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// A command of the command line as it is typed for these settings.
    #[must_use]
    pub fn command(&self, words: &str) -> String {
        self.place.command(&self.path, words)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Changes settings, all or none: checks the whole result, keeps comments and order, replaces the file at once.
    ///
    /// Each change is a dotted path of [`Config::describe`] and its value; `null` takes the setting out of the file, so
    /// that its default applies. A file that does not exist is begun.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with every problem of the result (then nothing is written), [`ConfigError::Read`] and
    /// [`ConfigError::Write`] as the disk has it.
    pub fn set(&self, changes: &[(&str, Json)]) -> Result<Config, ConfigError> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match read(&self.path) {
            Err(ConfigError::Missing { .. }) => String::new(),
            other => other?,
        };
        let invalid = |problems| ConfigError::Invalid { file: self.path.clone(), problems };
        let text = edit(&before, changes).map_err(invalid)?;
        let config = Config::parse(&text).map_err(invalid)?;
        if text != before {
            replace(&self.path, text.as_bytes(), Mode::Keep)
                .map_err(|error| ConfigError::Write { file: self.path.clone(), reason: error.to_string() })?;
        }
        Ok(config)
    }
}

/// Reads a configuration file whole, up to [`LARGEST`].
pub(super) fn read(path: &Path) -> Result<String, ConfigError> {
    let failed = |reason: &str| ConfigError::Read { file: path.to_owned(), reason: reason.to_owned() };
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)) {
        Ok(_) if bytes.len() as u64 > LARGEST => Err(failed("it is larger than 1 MiB; this is not a configuration")),
        Ok(_) => String::from_utf8(bytes).map_err(|_| failed("it is not UTF-8 text; save it as UTF-8")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ConfigError::Missing { file: path.to_owned() }),
        Err(error) => Err(failed(&format!("{error}; check its rights"))),
    }
}

/// Applies changes to a text. Values are converted by form only; the whole is judged afterwards.
pub(super) fn edit(text: &str, changes: &[(&str, Json)]) -> Result<String, Vec<Problem>> {
    // An unreadable text is reported by the parser proper, with line and cause.
    let Ok(mut document) = text.parse::<DocumentMut>() else {
        return Config::parse(text).map(|_| text.to_owned());
    };
    let mut found = Vec::new();
    for (path, json) in changes {
        let Some(field) = fields().find(|field| field.path == *path) else {
            found.push(unknown(path, None));
            continue;
        };
        let value = match json {
            Json::Null => None,
            json => match toml_value(json) {
                Some(value) => Some(value),
                None => {
                    let message = format!("expected {}", field.expects());
                    let path = (*path).to_owned();
                    found.push(Problem { code: ProblemCode::NotAllowed, path, line: None, message, shape: None });
                    continue;
                }
            },
        };
        put(document.as_table_mut(), path, value);
    }
    if found.is_empty() { Ok(document.to_string()) } else { Err(found) }
}

/// Sets or removes one setting, creating its sections when needed.
fn put(root: &mut Table, path: &str, value: Option<Value>) {
    let (parents, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut table: &mut dyn TableLike = root;
    for parent in parents.split('.').filter(|parent| !parent.is_empty()) {
        if !table.contains_key(parent) {
            if value.is_none() {
                return;
            }
            let mut section = Table::new();
            // Without own settings it needs no header; below `a.b = 1` it must be written that way as well.
            section.set_implicit(true);
            section.set_dotted(table.is_dotted());
            table.insert(parent, Item::Table(section));
        }
        match table.get_mut(parent).and_then(Item::as_table_like_mut) {
            Some(inner) => table = inner,
            // Not a section: the check of the whole says so.
            None => return,
        }
    }
    let Some(mut value) = value else {
        table.remove(name);
        return;
    };
    match table.get_mut(name).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            if let (Value::Array(old), Value::Array(new)) = (&*old, &mut value) {
                keep_layout(old, new);
            }
            *value.decor_mut() = decor;
            *old = value;
        }
        None => {
            table.remove(name);
            table.insert(name, Item::Value(value));
        }
    }
}

/// Takes over the lines and comments of the items that stay in a list. What stands behind an item on its line goes with
/// it, although TOML counts it to the item after.
fn keep_layout(old: &Array, new: &mut Array) {
    let before = |value: &Value| value.decor().prefix().and_then(|raw| raw.as_str()).unwrap_or_default().to_owned();
    let split = |blank: String| {
        let (line, below) = blank.split_at(blank.find('\n').unwrap_or(0));
        (line.to_owned(), below.to_owned())
    };
    let bare = |value: &Value| {
        let mut value = value.clone();
        value.decor_mut().clear();
        value.to_string()
    };
    let end = old.trailing().as_str().unwrap_or_default().to_owned();
    let gaps: Vec<_> = old.iter().map(before).chain([end]).map(split).collect();
    let items: Vec<_> = old.iter().map(bare).collect();
    // A new item stands like the last one, without its comment.
    let usual = items.len().checked_sub(1).map_or(" ", |last| gaps[last].1.as_str());
    let usual = match usual.rfind('\n') {
        Some(at) => usual[at..].to_owned(),
        None => " ".to_owned(),
    };
    let mut behind = gaps[0].0.clone();
    for (index, value) in new.iter_mut().enumerate() {
        let found = items.iter().position(|item| *item == bare(value));
        if let Some(found) = found {
            *value = old.get(found).cloned().unwrap_or_else(|| value.clone());
        }
        let own = found.map_or(usual.as_str(), |found| gaps[found].1.as_str());
        let own = if index == 0 && !own.contains('\n') { "" } else { own };
        value.decor_mut().set_prefix(format!("{behind}{own}"));
        behind = found.map_or_else(String::new, |found| gaps[found + 1].0.clone());
    }
    new.set_trailing(format!("{behind}{}", gaps[items.len()].1));
    new.set_trailing_comma(old.trailing_comma());
}

/// The TOML form of a JSON value; `None` for what TOML has no word for (null inside, numbers over 63 bits).
pub(super) fn toml_value(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(flag) => (*flag).into(),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            None if number.is_u64() => return None,
            None => number.as_f64()?.into(),
        },
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => Value::Array(items.iter().map(toml_value).collect::<Option<Array>>()?),
        Json::Object(members) => {
            let mut table = InlineTable::new();
            for (name, member) in members {
                // A member without a value is one that is not set.
                if !member.is_null() {
                    table.insert(name.as_str(), toml_value(member)?);
                }
            }
            Value::InlineTable(table)
        }
    })
}

/// Rights of a replaced file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Those of the file before, or the platform's usual ones.
    Keep,
    /// Its owner only.
    Owner,
}

/// Replaces a file at once and durably: a crash leaves the old or the new content, never a part of it.
pub(crate) fn replace(path: &Path, content: &[u8], mode: Mode) -> io::Result<()> {
    // A link keeps being one: what it points to is replaced.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Created for its owner only, before anything is in it.
    let mut file = tempfile::Builder::new().prefix(".pult-").tempfile_in(folder)?;
    file.write_all(content)?;
    if mode == Mode::Keep {
        keep_rights(&path, file.as_file())?;
    }
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    sync_folder(folder)
}

#[cfg(unix)]
fn keep_rights(path: &Path, file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let rights = match fs::metadata(path) {
        Ok(before) => before.permissions(),
        Err(_) => fs::Permissions::from_mode(0o644),
    };
    file.set_permissions(rights)
}

#[cfg(not(unix))]
fn keep_rights(_: &Path, _: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

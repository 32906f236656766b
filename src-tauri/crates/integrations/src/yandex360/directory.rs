//! Reads the directory whole, and finds somebody's department in it (contracts/yandex_tracker 7).
//!
//! An address is looked for among people's own, then among their other names, then among their contacts. Deliberately not here: what is
//! told of it (`delivery`).

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use http::{HeaderValue, header};
use jiff::SignedDuration;
use pult_domain::{Failure, Instant};
use reqwest::Method;
use serde_json::Value;
use tokio::sync::Mutex;

use crate::{
    CallError, Exchange,
    transport::{http::Answer, mask::Mask},
};

use super::{TOKEN, Yandex360};

/// The path of people.
pub(super) const USERS: &str = "users";
/// The path of departments.
pub(super) const DEPARTMENTS: &str = "departments";
/// Rows of a page.
const PAGE: &str = "100";
/// Pages of one list: a server that never ends must not keep us for ever.
pub(super) const MAX_PAGES: u32 = 500;
/// How long what was read holds.
const FRESH: SignedDuration = SignedDuration::from_hours(6);
/// The most characters of a name, an address or a refusal.
const MAX_TEXT: usize = 500;

/// The directory as it was read.
#[derive(Debug, Default)]
pub(super) struct Directory {
    /// Departments by people's own addresses, by their other names, and by their contacts.
    by_address: [HashMap<String, i64>; 3],
    names: HashMap<i64, String>,
    people: usize,
}

/// What was read last, and when.
#[derive(Default)]
pub(super) struct Shelf(Mutex<Option<(Instant, Arc<Directory>)>>);

impl Shelf {
    /// What is known without asking.
    pub(super) fn known(&self) -> Option<Arc<Directory>> {
        self.0.try_lock().ok()?.as_ref().map(|(_, directory)| Arc::clone(directory))
    }
}

fn word(value: &Value) -> Option<String> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(|text| text.chars().take(MAX_TEXT).collect())
}

/// A whole number, or its digits as text.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

impl Directory {
    pub(super) fn size(&self) -> (usize, usize) {
        (self.people, self.names.len())
    }

    /// Adds people, except those who do not work there and programs.
    pub(super) fn add_people(&mut self, rows: &[Value]) {
        for row in rows {
            let is = |name: &str| row[name].as_bool();
            if is("isDismissed") == Some(true) || is("isRobot") == Some(true) || is("isEnabled") == Some(false) {
                continue;
            }
            let Some(department) = number(&row["departmentId"]) else { continue };
            self.people += 1;
            let email = word(&row["email"]);
            let domain = email.as_deref().and_then(|email| email.split_once('@')).map(|(_, domain)| domain);
            let list = |name: &str| row[name].as_array().into_iter().flatten();
            let aliases = list("aliases").filter_map(word).filter_map(|alias| match alias.contains('@') {
                true => Some(alias),
                false => domain.map(|domain| format!("{alias}@{domain}")),
            });
            let contacts = list("contacts").filter(|contact| contact["type"] == "email");
            let contacts: Vec<String> = contacts.filter_map(|contact| word(&contact["value"])).collect();
            let groups = [email.clone().into_iter().collect(), aliases.collect::<Vec<_>>(), contacts];
            for (known, addresses) in self.by_address.iter_mut().zip(groups) {
                for address in addresses {
                    known.entry(address.to_lowercase()).or_insert(department);
                }
            }
        }
    }

    /// Adds departments.
    pub(super) fn add_departments(&mut self, rows: &[Value]) {
        self.names.extend(rows.iter().filter_map(|row| number(&row["id"]).zip(word(&row["name"]))));
    }

    /// The name of the department of whoever has this address.
    pub(super) fn department(&self, email: &str) -> Option<String> {
        let email = email.trim().to_lowercase();
        let id = self.by_address.iter().find_map(|known| known.get(&email))?;
        self.names.get(id).cloned()
    }

    /// The same directory with these departments in place of its own.
    pub(super) fn with_departments(&self, rows: &[Value]) -> Self {
        let mut other = Self { by_address: self.by_address.clone(), names: HashMap::new(), people: self.people };
        other.add_departments(rows);
        other
    }
}

/// The rows of a page, and how many pages there are.
pub(super) fn rows<'c>(content: &'c Value, list: &str) -> Result<(&'c [Value], u32), CallError> {
    let rows = content[list]
        .as_array()
        .ok_or_else(|| CallError::Unreachable { detail: format!("the answer is not a list of {list}") })?;
    let pages = number(&content["pages"]).and_then(|pages| u32::try_from(pages).ok()).unwrap_or(1);
    Ok((rows, pages.min(MAX_PAGES)))
}

/// The answer's content, or what to do next.
pub(super) fn judge(answer: &Answer, mask: &Mask) -> Result<Value, CallError> {
    answer.worth_reading()?;
    let status = answer.status.as_u16();
    let content = serde_json::from_slice::<Value>(&answer.body);
    let words = content.as_ref().ok().and_then(|content| word(&content["message"]));
    let words = words.map_or_else(|| format!("HTTP {status}"), |words| mask.hide(&words).into_owned());
    let refused = |why| Err(CallError::Refused { reason: words.clone(), why });
    match (status, content) {
        (200..=299, Ok(content)) => Ok(content),
        (200..=299, Err(_)) => Err(CallError::Unreachable { detail: "the answer is not JSON".to_owned() }),
        (401, _) => Err(CallError::Unauthorized { detail: words }),
        (403, _) => refused(Failure::Rights),
        (404, _) => refused(Failure::DoesNotExist),
        _ => refused(Failure::Refused),
    }
}

impl Yandex360 {
    pub(super) fn mask(&self) -> Mask {
        Mask::new(self.credentials.secret(TOKEN).as_deref())
    }

    /// The directory, read anew where what was read is old; the old one where it cannot be.
    pub(super) async fn directory(&self, said: &mut Vec<Exchange>) -> Result<Arc<Directory>, CallError> {
        // Whoever comes meanwhile waits for the same reading.
        let mut known = self.shelf.0.lock().await;
        let now = (self.clock)();
        if let Some((at, directory)) = known.as_ref().filter(|(at, _)| now.duration_since(*at) < FRESH) {
            tracing::trace!(%at, "the directory as it was read");
            return Ok(Arc::clone(directory));
        }
        match (self.read(said).await, known.as_ref()) {
            (Ok(directory), _) => {
                let directory = Arc::new(directory);
                *known = Some((now, Arc::clone(&directory)));
                Ok(directory)
            }
            (Err(error), Some((_, old))) => {
                tracing::warn!(%error, "the directory could not be read again, and the old one is used");
                Ok(Arc::clone(old))
            }
            (Err(error), None) => Err(error),
        }
    }

    /// Reads the directory whole.
    pub(super) async fn read(&self, said: &mut Vec<Exchange>) -> Result<Directory, CallError> {
        let mut directory = Directory::default();
        directory.add_people(&self.list(USERS, said).await?);
        directory.add_departments(&self.list(DEPARTMENTS, said).await?);
        Ok(directory)
    }

    /// All pages of a list; a row that comes twice counts once.
    async fn list(&self, list: &str, said: &mut Vec<Exchange>) -> Result<Vec<Value>, CallError> {
        let (mut all, mut seen) = (vec![], HashSet::new());
        let mut page = 1;
        loop {
            let content = self.page(list, page, said).await?;
            let (rows, pages) = rows(&content, list)?;
            all.extend(rows.iter().filter(|row| seen.insert(row["id"].to_string())).cloned());
            if page >= pages || rows.is_empty() {
                return Ok(all);
            }
            page += 1;
        }
    }

    async fn page(&self, list: &str, page: u32, said: &mut Vec<Exchange>) -> Result<Value, CallError> {
        let unset = |detail: &str| CallError::Unauthorized { detail: detail.to_owned() };
        let token = self.credentials.secret(TOKEN).filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| unset("no token has been set"))?;
        let mut pass = HeaderValue::from_str(&format!("OAuth {}", token.trim()))
            .map_err(|_| unset("the token holds what no token can hold"))?;
        pass.set_sensitive(true);
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["directory", "v1", "org", self.settings.org_id.trim(), list]);
        }
        url.query_pairs_mut().append_pair("page", &page.to_string()).append_pair("perPage", PAGE);
        let request = self.http.request(Method::GET, url).header(header::AUTHORIZATION, pass).build();
        let request = request.map_err(|_| CallError::Refused {
            reason: "the address cannot be asked".to_owned(),
            why: Failure::Refused,
        })?;
        self.pace.turn().await;
        let mask = Mask::new([token.trim()]);
        let spoken = self.http.send(request, &mask).await;
        said.push(spoken.exchange);
        judge(&spoken.outcome?, &mask)
    }
}

//! What each call does: reads out of the world, or changes it and tells the change by webhook.

use axum::http::Method;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Answer, Asked, Refused, Route};
use crate::okdesk::{
    desk::{Desk, State, write},
    filter::{Keyset, Page, Wanted},
    hook,
    issue::{Author, Issue, comment_object, rate_object},
    switches::{Hit, Miss, RateAnswer, Rated},
    world::{PRIORITIES, RATES, Rating, STATUSES, TYPES},
};

type Done = Result<Answer, Refused>;

/// Who acts over REST: the employee that the token belongs to.
const TOKEN_OWNER: Author = Author::Employee(15);

pub(super) fn act(desk: &Desk, asked: &Asked, route: Route) -> Done {
    let now = desk.hands.now();
    let mut guard = desk.state();
    let state = &mut *guard;
    let ok = |body: Value| Ok(Answer::new(200, body));
    match route.name {
        "issue" => ok(whole(state, issue(state, route.id)?)),
        "issues" => create(desk, state, asked, now),
        "issues/list" => list(state, &asked.query),
        "issues/count" => {
            let wanted = Wanted::count(&asked.query, now)?;
            let fitting = state.world.issues.values().filter(|issue| wanted.fits(issue));
            ok(fitting.map(|issue| issue.id).collect())
        }
        "issues/statuses" => ok(dictionary(&STATUSES)),
        "issues/priorities" => ok(dictionary(&PRIORITIES)),
        "rates" => rate(desk, state, asked, route.id, now),
        "comments" if asked.method == Method::GET => {
            let comments = &issue(state, route.id)?.comments;
            ok(comments.iter().map(|comment| comment_object(comment, &state.world)).collect())
        }
        "comments" => comment(desk, state, asked, route.id, now),
        "statuses" => status(desk, state, asked, route.id, now),
        "assignees" | "deadlines" | "types" | "parameters" => patch(desk, state, asked, route, now),
        "attachments" => {
            issue(state, route.id)?;
            Err(Refused::list(404, "Файл не найден"))
        }
        "contact" => {
            let contact = state.world.contact(route.id).ok_or_else(|| Refused::list(404, "Контакт не найден"))?;
            let mut shown = contact.rest();
            // A secret of the person's: whoever reads contacts must not let it get into a log.
            shown["authentication_code"] = json!(format!("AUTH-CODE-OF-{}", contact.id));
            ok(shown)
        }
        "contacts" => ok(find_contact(state, &asked.query)),
        "employees/list" => {
            let page = Page::numbered(&asked.query)?;
            let wanted = asked.query["search_string"].as_str().unwrap_or_default().to_lowercase();
            let fits = |shown: &Value| wanted.is_empty() || shown.to_string().to_lowercase().contains(&wanted);
            let rows = state.world.employees.iter().map(|employee| employee.rest()).filter(fits);
            ok(rows.skip(page.skip).take(page.size).collect())
        }
        "companies/list" => {
            let page = Keyset::of(&asked.query)?;
            let after = |id: u64| page.from.is_none_or(|from| if page.reverse { id < from } else { id > from });
            let mut rows: Vec<_> = state.world.companies.iter().filter(|(id, _)| after(*id)).collect();
            if page.reverse {
                rows.reverse();
            }
            ok(rows.into_iter().take(page.size).map(|(id, name)| json!({ "id": id, "name": name })).collect())
        }
        _ => {
            Keyset::of(&asked.query)?;
            ok(json!([]))
        }
    }
}

fn issue(state: &State, id: u64) -> Result<&Issue, Refused> {
    state.world.issues.get(&id).ok_or_else(|| Refused::list(404, "Заявка не найдена"))
}

fn issue_mut(state: &mut State, id: u64) -> Result<&mut Issue, Refused> {
    state.world.issues.get_mut(&id).ok_or_else(|| Refused::list(404, "Заявка не найдена"))
}

fn whole(state: &State, issue: &Issue) -> Value {
    issue.rest(&state.world, state.switches.status_times)
}

fn dictionary(table: &[(&str, &str)]) -> Value {
    let row = |(index, (code, name)): (usize, &(&str, &str))| json!({ "id": index + 1, "code": code, "name": name });
    table.iter().enumerate().map(row).collect()
}

/// The body as an object. What is not announced as JSON is not read; what is and is not JSON is refused.
fn body(asked: &Asked) -> Result<Value, Refused> {
    if !asked.json {
        return Ok(json!({}));
    }
    match serde_json::from_slice::<Value>(&asked.body) {
        Ok(body) if body.is_object() => Ok(body),
        _ => Err(Refused::list(400, "Тело запроса не разобрано")),
    }
}

fn text<'a>(body: &'a Value, name: &str) -> Result<&'a str, Refused> {
    match &body[name] {
        Value::Null => Err(Refused::value(&[name], Refused::ABSENT)),
        Value::String(text) if text.trim().is_empty() => Err(Refused::value(&[name], Refused::ABSENT)),
        Value::String(text) => Ok(text),
        _ => Err(Refused::value(&[name], Refused::KIND)),
    }
}

/// A number, or one as text.
fn id(body: &Value, name: &str) -> Result<Option<u64>, Refused> {
    let number = match &body[name] {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number.map(Some).ok_or_else(|| Refused::value(&[name], Refused::KIND))
}

fn instant(body: &Value, name: &str) -> Result<Timestamp, Refused> {
    text(body, name)?.parse().map_err(|_| Refused::value(&[name], Refused::KIND))
}

fn list(state: &State, query: &Value) -> Done {
    let page = Page::numbered(query)?;
    let wanted = Wanted::list(query)?;
    let by_update = match query["sorting"]["field"].as_str() {
        Some("updated_at") => true,
        None | Some("created_at") => false,
        Some(_) => return Err(Refused::value(&["sorting", "field"], Refused::UNFORESEEN)),
    };
    let forward = match query["sorting"]["direction"].as_str() {
        Some("forward") => true,
        None | Some("reverse") => false,
        Some(_) => return Err(Refused::value(&["sorting", "direction"], Refused::UNFORESEEN)),
    };
    let mut rows: Vec<&Issue> = state.world.issues.values().filter(|issue| wanted.fits(issue)).collect();
    rows.sort_by_key(|issue| (if by_update { issue.updated_at } else { issue.created_at }, issue.id));
    if !forward {
        rows.reverse();
    }
    let rows = rows.into_iter().skip(page.skip).take(page.size);
    Ok(Answer::new(200, rows.map(|issue| issue.row(&state.world)).collect()))
}

fn create(desk: &Desk, state: &mut State, asked: &Asked, now: Timestamp) -> Done {
    let body = body(asked)?;
    let fields = &body["issue"];
    let title = text(fields, "title")?.to_owned();
    let number = state.world.next_issue();
    let mut new = Issue::new(number, &title, TOKEN_OWNER, now);
    new.description = fields["description"].as_str().unwrap_or_default().to_owned();
    (new.contact, new.assignee, new.group) =
        (id(fields, "contact_id")?, id(fields, "assignee_id")?, id(fields, "group_id")?);
    if new.contact.is_some_and(|id| state.world.contact(id).is_none()) {
        return Err(Refused::value(&["contact_id"], Refused::UNKNOWN));
    }
    if new.assignee.is_some_and(|id| state.world.employee(id).is_none()) {
        return Err(Refused::value(&["assignee_id"], Refused::UNKNOWN));
    }
    new.kind = coded(fields, "type", &TYPES)?.unwrap_or(new.kind);
    new.priority = coded(fields, "priority", &PRIORITIES)?.unwrap_or(new.priority);
    if !fields["deadline_at"].is_null() {
        new.deadline_at = Some(instant(fields, "deadline_at")?);
    }
    state.world.issues.insert(number, new);
    if state.switches.api_hooks {
        desk.tell(state, number, &hook::new_ticket());
    }
    Ok(Answer::new(200, whole(state, issue(state, number)?)))
}

fn coded(fields: &Value, name: &str, table: &[(&str, &str)]) -> Result<Option<String>, Refused> {
    match &fields[name] {
        Value::Null => Ok(None),
        Value::String(code) if table.iter().any(|(known, _)| known == code) => Ok(Some(code.clone())),
        _ => Err(Refused::value(&[name], Refused::UNFORESEEN)),
    }
}

fn rate(desk: &Desk, state: &mut State, asked: &Asked, number: u64, now: Timestamp) -> Done {
    let body = body(asked)?;
    let known = issue(state, number)?;
    let nested = state.switches.nested_rate && body["rate"].is_null();
    let value = text(if nested { &body["issue"] } else { &body }, "rate")?.to_owned();
    if !RATES.iter().any(|(known, _)| *known == value) {
        return Err(Refused::value(&["rate"], Refused::UNFORESEEN));
    }
    if known.rate.is_some() && state.switches.rated == Rated::Refuse {
        return Err(Refused::value(&["rate"], "уже выставлена"));
    }
    let issue = issue_mut(state, number)?;
    issue.rate = Some(value.clone());
    issue.updated_at = now;
    state.world.ratings.push(Rating { issue: number, rate: value.clone(), at: now, by: "api" });
    if state.switches.api_hooks {
        let event = hook::new_rate(&value, TOKEN_OWNER, &state.world);
        desk.tell(state, number, &event);
    }
    Ok(match state.switches.rate_answer {
        RateAnswer::Json => Answer::new(200, json!({ "id": number, "rate": rate_object(&value) })),
        RateAnswer::Empty => Answer::empty(204),
    })
}

fn comment(desk: &Desk, state: &mut State, asked: &Asked, number: u64, now: Timestamp) -> Done {
    let body = body(asked)?;
    issue(state, number)?;
    let fields = if body["comment"].is_object() { &body["comment"] } else { &body };
    let content = text(fields, "content")?.to_owned();
    let who = id(fields, "author_id")?.ok_or_else(|| Refused::value(&["author_id"], Refused::ABSENT))?;
    let author = match fields["author_type"].as_str() {
        None | Some("employee") => Author::Employee(who),
        Some("contact") => Author::Contact(who),
        Some(_) => return Err(Refused::value(&["author_type"], Refused::UNFORESEEN)),
    };
    if state.world.author_name(author).is_empty() {
        return Err(Refused::value(&["author_id"], Refused::UNKNOWN));
    }
    let public = fields["public"].as_bool().unwrap_or_default();
    let Some(new) = write(&mut state.world, number, &content, author, public, now) else {
        return Err(Refused::list(404, "Заявка не найдена"));
    };
    if state.switches.api_hooks {
        desk.tell(state, number, &hook::new_comment(&new, &state.world));
    }
    Ok(Answer::new(200, comment_object(&new, &state.world)))
}

fn status(desk: &Desk, state: &mut State, asked: &Asked, number: u64, now: Timestamp) -> Done {
    let body = body(asked)?;
    let code = text(&body, "code")?.to_owned();
    if !STATUSES.iter().any(|(known, _)| *known == code) {
        return Err(Refused::value(&["code"], Refused::UNFORESEEN));
    }
    if !issue(state, number)?.may_enter(&code) {
        return Err(Refused::value(&["code"], "переход запрещён"));
    }
    let until = if code == "delayed" { Some(instant(&body, "delay_to")?) } else { None };
    let issue = issue_mut(state, number)?;
    issue.enter(&code, now);
    issue.delayed_to = until;
    let public = body["comment_public"].as_bool().unwrap_or_default();
    let comment = body["comment"]
        .as_str()
        .filter(|text| !text.is_empty())
        .and_then(|text| write(&mut state.world, number, text, TOKEN_OWNER, public, now));
    let silent = body["skip_options"].as_array().is_some_and(|all| all.iter().any(|option| option == "skip_webhooks"));
    if state.switches.api_hooks && !silent {
        let event = hook::new_status(self::issue(state, number)?, TOKEN_OWNER, comment.as_ref(), &state.world);
        desk.tell(state, number, &event);
    }
    Ok(Answer::new(200, whole(state, self::issue(state, number)?)))
}

fn patch(desk: &Desk, state: &mut State, asked: &Asked, route: Route, now: Timestamp) -> Done {
    let body = body(asked)?;
    issue(state, route.id)?;
    let event = match route.name {
        "assignees" => {
            let (assignee, group) = (id(&body, "assignee_id")?, id(&body, "group_id")?);
            if assignee.is_some_and(|id| state.world.employee(id).is_none()) {
                return Err(Refused::value(&["assignee_id"], Refused::UNKNOWN));
            }
            let issue = issue_mut(state, route.id)?;
            (issue.assignee, issue.group) = (assignee, group);
            Some(hook::new_assignee(self::issue(state, route.id)?, TOKEN_OWNER, &state.world))
        }
        "deadlines" => {
            let new = instant(&body, "deadline_at")?;
            let old = issue_mut(state, route.id)?.deadline_at.replace(new);
            Some(hook::new_deadline(self::issue(state, route.id)?, old, TOKEN_OWNER, &state.world))
        }
        "types" => {
            let kind = coded(&body, "type", &TYPES)?.ok_or_else(|| Refused::value(&["type"], Refused::ABSENT))?;
            issue_mut(state, route.id)?.kind = kind;
            None
        }
        _ => match body["custom_parameters"].is_object() {
            true => Some(hook::other("change_ticket_parameter", TOKEN_OWNER, &state.world)),
            false => return Err(Refused::value(&["custom_parameters"], Refused::ABSENT)),
        },
    };
    issue_mut(state, route.id)?.updated_at = now;
    if let Some(event) = event.filter(|_| state.switches.api_hooks) {
        desk.tell(state, route.id, &event);
    }
    Ok(Answer::new(200, whole(state, issue(state, route.id)?)))
}

/// By id, telephone or a word. Mail is no key: whoever asks by it finds nobody.
fn find_contact(state: &State, query: &Value) -> Value {
    let by_id = query["id"].as_str().map(|id| id.parse::<u64>().ok());
    let word = query["search_string"].as_str().map(str::to_lowercase);
    let phone = query["phone"].as_str();
    let found = state.world.contacts.iter().find(|contact| match (by_id, phone, &word) {
        (Some(id), _, _) => Some(contact.id) == id,
        (None, Some(phone), _) => contact.phone.as_deref() == Some(phone),
        (None, None, Some(word)) => contact.short().to_lowercase().contains(word.as_str()),
        (None, None, None) => false,
    });
    match (found, state.switches.contact_hit, state.switches.contact_miss) {
        (Some(contact), Hit::Object, _) => contact.rest(),
        (Some(contact), Hit::List, _) => json!([contact.rest()]),
        (None, _, Miss::List) => json!([]),
        (None, _, Miss::Map) => json!({}),
        (None, _, Miss::Null) => Value::Null,
    }
}

//! Webhooks: the event part, and the issue in the two forms it is met in. Ids are text here and numbers in REST, the rating
//! is a word, people stand elsewhere. Sending is the post's.

use serde_json::{Value, json};
use url::Url;

use super::{
    issue::{Author, Comment, Issue, coded, stamp},
    switches::HookShape,
    world::{COMPANY, Employee, PRIORITIES, STATUSES, TYPES, World, group_name, name_of},
};

/// Whoever did something.
pub(super) fn author(author: Author, world: &World) -> Value {
    let (first, last) = match author {
        Author::Contact(id) => world.contact(id).map(|contact| (contact.first_name.clone(), contact.last_name.clone())),
        Author::Employee(id) => {
            world.employee(id).map(|employee| (employee.first_name.to_owned(), employee.last_name.to_owned()))
        }
    }
    .unwrap_or_default();
    json!({
        "id": author.id().to_string(), "first_name": first, "last_name": last, "patronymic": "", "type": author.kind(),
    })
}

/// A new status.
pub(super) fn new_status(issue: &Issue, by: Author, comment: Option<&Comment>, world: &World) -> Value {
    json!({
        "event_type": "new_ticket_status", "author": author(by, world),
        "old_status": issue.old_status.as_deref().map(|code| coded(&STATUSES, code)),
        "new_status": coded(&STATUSES, &issue.status), "comment": comment.map(comment_part), "attachments": [],
        "parameters": [], "time_entries": null, "old_assignee": null, "new_assignee": null,
    })
}

/// A new issue.
pub(super) fn new_ticket() -> Value {
    json!({ "event_type": "new_ticket", "source": "from_email" })
}

/// A rating, given elsewhere or over REST.
pub(super) fn new_rate(rate: &str, by: Author, world: &World) -> Value {
    json!({ "event_type": "new_csat_rate", "rate": rate, "author": author(by, world) })
}

/// A new comment.
pub(super) fn new_comment(comment: &Comment, world: &World) -> Value {
    json!({
        "event_type": "new_comment", "author": author(comment.author, world), "comment": comment_part(comment),
        "attachments": [],
    })
}

/// Somebody else works on it.
pub(super) fn new_assignee(issue: &Issue, by: Author, world: &World) -> Value {
    json!({
        "event_type": "new_assignee", "author": author(by, world), "old_assignee": null,
        "new_assignee": assignee(issue, world),
    })
}

/// It is due at another time.
pub(super) fn new_deadline(issue: &Issue, old: Option<jiff::Timestamp>, by: Author, world: &World) -> Value {
    json!({
        "event_type": "new_deadline", "author": author(by, world),
        "deadline_at": {
            "auto_recount": false, "old_value": old.map(stamp), "new_value": issue.deadline_at.map(stamp),
        },
    })
}

/// Any other event of a name.
pub(super) fn other(event_type: &str, by: Author, world: &World) -> Value {
    json!({ "event_type": event_type, "author": author(by, world) })
}

/// The body of a webhook.
pub(super) fn body(event: &Value, issue: &Issue, world: &World, shape: HookShape) -> Value {
    let part = if event["event_type"] == "ticket_deleted" {
        json!({ "id": issue.id.to_string(), "title": issue.title })
    } else {
        issue_part(issue, world, shape)
    };
    json!({ "event": event, "issue": part })
}

fn comment_part(comment: &Comment) -> Value {
    json!({ "id": comment.id.to_string(), "is_public": comment.public, "content": comment.content })
}

fn assignee(issue: &Issue, world: &World) -> Value {
    let employee = issue.assignee.and_then(|id| world.employee(id));
    let person = |employee: &Employee| {
        json!({
            "id": employee.id.to_string(), "first_name": employee.first_name, "last_name": employee.last_name,
            "patronymic": "",
        })
    };
    json!({
        "group": issue.group.map(|id| json!({ "id": id.to_string(), "name": group_name(id) })),
        "employee": employee.map(person),
    })
}

fn issue_part(issue: &Issue, world: &World, shape: HookShape) -> Value {
    let contact = issue.contact.and_then(|id| world.contact(id));
    let company = world.companies.first().map(|(_, name)| name.as_str());
    let text = issue.description.replace("<p>", "").replace("</p>", "");
    let mut part = json!({
        "id": issue.id.to_string(), "title": issue.title, "planned_execution_in_hours": null,
        "spent_time_total": "1.5", "parent_id": null, "child_ids": [], "description": text,
        "type": { "code": issue.kind, "name": name_of(&TYPES, &issue.kind), "inner": false },
        "priority": coded(&PRIORITIES, &issue.priority), "status": coded(&STATUSES, &issue.status),
        "old_status": issue.old_status.as_deref().map(|code| coded(&STATUSES, code)), "rate": issue.rate,
        "agreement": null, "maintenance_entity": null, "equipments": [], "author": author(issue.author, world),
        "assignee": assignee(issue, world), "coexecutors": [],
        "observers": { "employees": [], "contacts": [], "groups": [] }, "created_at": stamp(issue.created_at),
        "deadline_at": issue.deadline_at.map(stamp), "planned_reaction_at": null, "start_execution_until": null,
        "completed_at": issue.completed_at.map(stamp), "reacted_at": stamp(issue.created_at),
        "parameters": [{ "code": "floor", "name": "Этаж", "type": "ftstring", "value": "3" }], "attachments": [],
    });
    match shape {
        HookShape::Client => {
            part["client"] = json!({
                "company": { "id": COMPANY.to_string(), "name": company },
                "contact": contact.map(|contact| json!({
                    "id": contact.id.to_string(), "first_name": contact.first_name,
                    "last_name": contact.last_name, "patronymic": "",
                })),
            });
        }
        HookShape::Root => {
            part["id"] = issue.id.into();
            part["contact"] = json!(contact.map(|contact| json!({ "id": contact.id, "name": contact.short() })));
        }
    }
    part
}

/// Where a webhook goes, with its key.
pub(super) fn address(url: &Url, key: Option<&str>) -> Url {
    let mut url = url.clone();
    if let Some(key) = key {
        url.query_pairs_mut().append_pair("key", key);
    }
    url
}

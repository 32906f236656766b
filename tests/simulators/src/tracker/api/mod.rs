//! The calls of Tracker, once they have come in. Each does its work in one step under the lock, so that calls are told apart.

mod comments;
mod files;
mod issues;
mod moves;
mod search;

use axum::http::header::CONTENT_TYPE;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Tracker,
    front::Asked,
    refused::{JSON, Refused},
    route::Route,
    show,
    state::Deed,
    world::{issue::Issue, people::ROBOT},
};
use crate::service::wire::Answer;

/// Rows of a page where the call does not say.
const PAGE: usize = 50;
/// Most rows of a page.
const LARGEST_PAGE: usize = 1_000;

/// A call and what it is about.
struct Call<'a> {
    tracker: &'a Tracker,
    asked: &'a Asked,
    names: Vec<&'a str>,
    now: Timestamp,
}

type Reply = Result<Answer, Refused>;

/// A document.
fn document(status: u16, body: Value) -> Answer {
    Answer::new(status, body).with(CONTENT_TYPE, JSON)
}

/// The value itself, or an array of it.
fn listed(value: Value, list: bool) -> Value {
    if list { json!([value]) } else { value }
}

impl Call<'_> {
    /// The issue that the path names.
    fn issue(&self, world: &super::world::World) -> Result<Issue, Refused> {
        world.issue(self.names.first().copied().unwrap_or_default()).cloned().ok_or_else(Refused::no_issue)
    }

    /// A name of the path.
    fn name(&self, index: usize) -> &str {
        self.names.get(index).copied().unwrap_or_default()
    }

    /// Lets triggers tell what was done.
    fn tell(&self, state: &mut super::state::State, deed: &Deed) {
        state.fire(deed, &self.tracker.post, self.now);
    }

    /// A page of rows that follow one after the other, with a link to the next where there is more.
    fn page<T>(&self, rows: &[T], show: impl Fn(&T) -> Value, id: impl Fn(&T) -> String) -> Reply {
        let size = self.asked.number("perPage", PAGE, LARGEST_PAGE)?;
        let shown = &rows[..rows.len().min(size)];
        let answer = document(200, shown.iter().map(show).collect());
        Ok(match shown.last().filter(|_| rows.len() > size) {
            Some(last) => {
                let link = format!("<{}>; rel=\"next\"", self.asked.address("id", &id(last)));
                answer.with(axum::http::header::LINK, &link)
            }
            None => answer,
        })
    }
}

/// Does what is asked.
pub(super) fn answer(tracker: &Tracker, asked: &Asked, route: &Route) -> Reply {
    let names = route.names.iter().map(String::as_str).collect();
    let call = Call { tracker, asked, names, now: tracker.hands.now() };
    match route.name {
        "myself" => call.myself(),
        "user" => call.user(),
        "queue" => call.queue(),
        "local_fields" => call.local_fields(),
        "trigger_log" => call.trigger_log(),
        "issue_create" => issues::create(&call),
        "issue" => issues::read(&call),
        "issue_change" => issues::change(&call),
        "links" => issues::links(&call),
        "link_add" => issues::link(&call),
        "search" => search::search(&call),
        "count" => search::count(&call),
        "scroll_clear" => search::clear(&call),
        "comments" => comments::list(&call),
        "comment" => comments::read(&call),
        "comment_add" => comments::add(&call),
        "comment_change" => comments::change(&call),
        "comment_delete" => comments::delete(&call),
        "transitions" => moves::list(&call),
        "transition" => moves::execute(&call),
        "changelog" => moves::changelog(&call),
        "attachments" => files::list(&call),
        "attach" => files::attach(&call),
        "attach_temporary" => files::attach_temporary(&call),
        "attachment" => files::read(&call),
        _ => files::download(&call),
    }
}

impl Call<'_> {
    fn myself(&self) -> Reply {
        let state = self.tracker.state();
        let robot = state.world.person(ROBOT).ok_or_else(|| Refused::text(404, Refused::NOBODY))?;
        Ok(document(200, listed(show::person(robot, state.switches.licence), state.switches.myself_list)))
    }

    fn user(&self) -> Reply {
        let state = self.tracker.state();
        let found = state.world.who(&json!(self.name(0))).ok_or_else(|| Refused::text(404, Refused::NOBODY))?;
        let licence = found.login != ROBOT || state.switches.licence;
        Ok(document(200, show::person(found, licence)))
    }

    fn queue(&self) -> Reply {
        let state = self.tracker.state();
        let found = state.world.queues.get(self.name(0)).ok_or_else(no_queue)?;
        Ok(document(200, show::queue(&state.world, found)))
    }

    fn local_fields(&self) -> Reply {
        let state = self.tracker.state();
        let queue = state.world.queues.get(self.name(0)).ok_or_else(no_queue)?;
        let fields = queue.fields.iter().enumerate();
        Ok(document(200, fields.map(|(index, field)| show::local_field(queue, index + 1, field)).collect()))
    }

    fn trigger_log(&self) -> Reply {
        let state = self.tracker.state();
        let queue = state.world.queues.get(self.name(0)).ok_or_else(no_queue)?;
        let number = self.name(1).parse().ok();
        let trigger = queue.triggers.iter().find(|trigger| Some(trigger.id) == number);
        let trigger = trigger.ok_or_else(|| Refused::text(404, "Триггер не существует."))?.id;
        let limit = self.asked.number("limit", 10, 100)?;
        if limit < 10 {
            return Err(Refused::text(400, "Недопустимое значение параметра limit."));
        }
        let bound = |name| match self.asked.parameter(name) {
            None => Ok(None),
            Some(text) => {
                let read = Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text);
                read.map(Some).map_err(|_| Refused::text(400, &format!("Недопустимое значение параметра {name}.")))
            }
        };
        let (from, to) = (bound("from")?, bound("to")?);
        let log = state.log_of(&queue.key, trigger, &self.tracker.post.delivered());
        let fits = |at: Timestamp, issue: &str| {
            from.is_none_or(|from| at >= from)
                && to.is_none_or(|to| at <= to)
                && self.asked.parameter("issueId").is_none_or(|wanted| wanted == issue)
        };
        let rows = log.into_iter().filter(|(at, issue, _)| fits(*at, issue)).take(limit);
        Ok(document(200, rows.map(|(.., row)| row).collect()))
    }
}

fn no_queue() -> Refused {
    Refused::text(404, "Очередь не существует.")
}

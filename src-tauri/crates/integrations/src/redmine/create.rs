//! Creates a ticket, and finds out whether one was created (contracts/redmine 5).
//!
//! The tracker knows no key by which it would make no second one: its description ends with a line of ours. Deliberately not here: asking again
//! (the lanes').

use pult_domain::areas::tickets::{NewTicket, Ticket, has_mark};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{CallError, Exchange};

use super::{
    Easy, Redmine,
    client::As,
    files::{self, Sent},
    loose::{at, cut, number},
    query::{LATEST_FIRST, Tickets},
    text::{self, file_name},
};

/// The most characters of a title.
const MAX_SUBJECT: usize = 255;

/// A ticket that was created, and names of files that are not there.
pub(super) struct Created {
    pub(super) ticket: Ticket,
    pub(super) left: Vec<String>,
}

/// The title in one line.
fn subject(new: &NewTicket) -> String {
    cut(&new.subject.split_whitespace().collect::<Vec<_>>().join(" "), MAX_SUBJECT)
}

impl Redmine {
    /// Creates a ticket, once.
    pub(super) async fn create(&self, new: &NewTicket, said: &mut Vec<Exchange>) -> Result<Created, CallError> {
        let who = As::account(new.account);
        let mut sent = self.send_files(who, &new.files, said).await?;
        let path = ["issues.json"];
        let mut outcome = self.client.change(who, Method::POST, &path, &self.new_issue(new, &sent), said).await;
        if !sent.uploads.is_empty() && outcome.as_ref().is_err_and(|trouble| trouble.is_unwelcome()) {
            // What the tracker calls a file is good for one ticket only, also for one it refuses.
            sent = self.send_files(who, &new.files, said).await?;
            outcome = self.client.change(who, Method::POST, &path, &self.new_issue(new, &sent), said).await;
        }
        let shown = self.created(&outcome?)?;
        // It is there, also where it cannot be read now.
        let ticket = self.ticket(who, shown.card.id.0, said).await;
        let missing = ticket.as_ref().map(|ticket| files::missing(&sent.names, None, ticket)).unwrap_or_default();
        Ok(Created { ticket: ticket.unwrap_or(shown), left: sent.left.into_iter().chain(missing).collect() })
    }

    /// The ticket the answer to a creation shows. It is there, whatever the answer looks like.
    pub(super) fn created(&self, answer: &Value) -> Result<Ticket, CallError> {
        self.ticket_of(answer, None).map_err(|error| CallError::OutcomeUnknown { detail: error.to_string() })
    }

    fn new_issue(&self, new: &NewTicket, sent: &Sent) -> Value {
        let mut issue = Map::new();
        let mut put = |name: &str, value: Value| _ = issue.insert(name.to_owned(), value);
        put("project_id", json!(new.project));
        for (name, value) in
            [("tracker_id", new.tracker), ("priority_id", new.priority), ("assigned_to_id", new.assignee)]
        {
            if let Some(value) = value.filter(|value| *value != 0) {
                put(name, json!(value));
            }
        }
        put("subject", json!(subject(new)));
        put("description", json!(text::description(&new.description, &sent.left, &new.mark)));
        // A tracker that has no such field passes it over.
        if let Some(email) = new.email.as_deref().filter(|email| !email.is_empty() && self.settings.easy != Easy::Off) {
            put("easy_email_to", json!(email));
        }
        if !sent.uploads.is_empty() {
            put("uploads", json!(sent.uploads));
        }
        json!({ "issue": issue })
    }

    /// The ticket that was created for an effect, where it was.
    pub(super) async fn find_created(
        &self,
        new: &NewTicket,
        said: &mut Vec<Exchange>,
    ) -> Result<Option<Created>, CallError> {
        let (who, style, subject) = (As::account(new.account), self.style(said).await?, subject(new));
        let all = Tickets { order: LATEST_FIRST, ..Tickets::ALL };
        // A title of nothing but signs finds nothing: the latest of our own may.
        for wanted in [Tickets { subject: Some(&subject), ..all }, Tickets { own: true, ..all }] {
            let listed = self.client.tickets(who, style, &wanted, said).await?;
            let ours = |row: &&Value| has_mark(at(row, &["description"]).as_str().unwrap_or_default(), &new.mark);
            let Some(row) = listed.rows.iter().find(ours) else { continue };
            let shown = self.created(&json!({ "issue": row }))?;
            let id = number(at(row, &["id"])).unwrap_or_default();
            let ticket = self.ticket(who, id, said).await.unwrap_or(shown);
            let names: Vec<String> = new.files.iter().map(|file| file_name(&file.name)).collect();
            let left = files::missing(&names, None, &ticket);
            return Ok(Some(Created { ticket, left }));
        }
        Ok(None)
    }
}

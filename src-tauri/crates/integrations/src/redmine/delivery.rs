//! What is done at the tracker, and what its answers mean (contracts/redmine 2, 5).
//!
//! Deliberately not here: how each is done (the modules beside).

use std::time::Duration;

use async_trait::async_trait;
use pult_domain::{
    Effect, EffectKey, Fact, FactKey, Failure, Instant, Observed, TicketChangeId, TicketId,
    areas::tickets::{self, Dictionary, Ticket},
};
use serde_json::Value;

use crate::{
    Asked, Attempt, CallError, Delivery, Exchange, LaneTerms, Limit, Method, Settled, transport::http::Answer,
};

use super::{
    NAME, Redmine,
    change::{self, Made},
    client::{self, As, Heard, listed},
    create::Created,
    files, lists,
    loose::{at, list, number},
    notes,
    query::Tickets,
    start,
    trouble::{Intent, judge, refused},
    watch,
};

const CURRENT: &str = "GET users/current";
const ROLE: &str = "GET roles/{id}";
const ISSUE: &str = "GET issues/{id}";
const ISSUES: &str = "GET issues";
const UPLOAD: &str = "POST uploads";
const PUT: &str = "PUT issues/{id}";
const PUT_NOTE: &str = "PUT journals/{id}";
const WATCH: &str = "POST issues/{id}/watchers";
const UNWATCH: &str = "DELETE issues/{id}/watchers/{id}";
const CREATE: &str = "POST issues";
const STATUSES: &str = "GET issue_statuses";
const PRIORITIES: &str = "GET enumerations/issue_priorities";
const TRACKERS: &str = "GET trackers";
const MEMBERSHIPS: &str = "GET projects/{id}/memberships";
const USERS: &str = "GET users";
const PROJECTS: &str = "GET projects";

/// The kinds of effects.
const KINDS: [&str; 7] = [
    "read_ticket",
    "look_for_tickets",
    "read_ticket_lists",
    "change_ticket",
    "create_ticket",
    "rewrite_ticket_note",
    "watch_ticket",
];

/// The methods, those that bring the receipt behind the others of their kind.
const METHODS: [Method; 22] = {
    const fn of(name: &'static str, kind: usize) -> Method {
        Method { name, kind: KINDS[kind] }
    }
    [
        of(ISSUE, 0),
        of(ISSUES, 1),
        of(CURRENT, 2),
        of(STATUSES, 2),
        of(PRIORITIES, 2),
        of(TRACKERS, 2),
        of(MEMBERSHIPS, 2),
        of(USERS, 2),
        of(PROJECTS, 2),
        of(CURRENT, 3),
        of(ROLE, 3),
        of(UPLOAD, 3),
        of(PUT, 3),
        of(ISSUE, 3),
        of(UPLOAD, 4),
        of(CREATE, 4),
        of(CURRENT, 5),
        of(PUT_NOTE, 5),
        of(ISSUE, 5),
        of(WATCH, 6),
        of(UNWATCH, 6),
        of(ISSUE, 6),
    ]
};

/// The most tickets one question names (contracts/redmine 6).
const MAX_ASKED: usize = 100;
/// Requests of one attempt beside files, at the worst that is worth waiting for.
const REQUESTS: u32 = 14;

#[async_trait]
impl Delivery for Redmine {
    fn kinds(&self) -> &'static [&'static str] {
        &KINDS
    }

    fn terms(&self) -> LaneTerms {
        let seconds = |seconds: u32| Duration::from_secs(seconds.max(1).into());
        // Files may have to be sent twice.
        let files = seconds(self.settings.file_timeout_s) * files::MANY * 2;
        LaneTerms { concurrency: client::AT_ONCE, timeout: files + seconds(self.settings.timeout_s) * REQUESTS }
    }

    fn limits(&self, _effect: &Effect) -> Vec<Limit> {
        vec![Limit { key: NAME.to_owned(), per_second_milli: client::PER_SECOND * 1000, burst: client::PER_SECOND }]
    }

    fn methods(&self) -> &'static [Method] {
        &METHODS
    }

    fn understand(&self, asked: &Asked<'_>, answer: &Answer) -> Result<Vec<Observed>, CallError> {
        let called = METHODS.iter().any(|method| method.name == asked.method && method.kind == asked.effect.kind());
        if !called {
            let reason = format!("{} is not called for {}", asked.method, asked.effect.kind());
            return Err(refused(Failure::Unsupported, reason));
        }
        let intent = match asked.method {
            CREATE | PUT | PUT_NOTE => Intent::Once,
            UPLOAD | WATCH | UNWATCH => Intent::Repeatable,
            _ => Intent::Reading,
        };
        let content = judge(answer, intent, &self.client.mask()).map_err(|trouble| match asked.method {
            CURRENT => start::stopped(trouble.error),
            _ => trouble.error,
        })?;
        let fact = self.heard(asked, &content)?;
        Ok(fact.map(|fact| observed(asked.key, asked.at, fact)).into_iter().collect())
    }

    async fn perform(&self, effect: &Effect, key: &EffectKey) -> Attempt {
        let mut exchanges = vec![];
        let Some(outcome) = self.act(effect, &mut exchanges).await else { return Attempt::not_ours(effect) };
        let outcome = match outcome {
            Ok(fact) => Ok(vec![observed(key, (self.clock)(), fact)]),
            Err(error) => Err(self.explained(error, &mut exchanges).await),
        };
        Attempt { exchanges, outcome }
    }

    async fn settle(&self, effect: &Effect, key: &EffectKey) -> Settled {
        match self.became(effect).await {
            Ok(Some(fact)) => Settled::Done(vec![observed(key, (self.clock)(), fact)]),
            Ok(None) => Settled::NotDone,
            Err(error) => Settled::Unknown(error),
        }
    }
}

fn observed(key: &EffectKey, at: Instant, fact: tickets::Fact) -> Observed {
    Observed { key: FactKey(key.0.clone()), at, fact: Fact::Tickets(fact) }
}

fn made(change: TicketChangeId, made: Made) -> tickets::Fact {
    match made {
        Made::Yes { ticket, entries, left } => {
            tickets::Fact::Changed { change, ticket: Box::new(ticket), entries, left }
        }
        Made::Conflict { ticket, fields } => tickets::Fact::Conflict { change, ticket: Box::new(ticket), fields },
    }
}

fn created(change: TicketChangeId, Created { ticket, left }: Created) -> tickets::Fact {
    tickets::Fact::Created { change, ticket: Box::new(ticket), left }
}

fn lists_read(dictionary: Dictionary) -> tickets::Fact {
    tickets::Fact::DictionaryRead { dictionary: Box::new(dictionary) }
}

/// Which of the tickets that were looked for a page shows. A page of others shows that nobody listened.
fn found(asked: &[TicketId], answer: client::Listed) -> Result<tickets::Fact, CallError> {
    let shown: Vec<i64> = answer.rows.iter().filter_map(|row| number(at(row, &["id"]))).collect();
    if answer.total.is_some_and(|total| total > asked.len() as u64)
        || shown.iter().any(|id| !asked.contains(&TicketId(*id)))
    {
        return Err(refused(Failure::Unsupported, "the tracker passes over the question for certain tickets"));
    }
    let found = asked.iter().copied().filter(|ticket| shown.contains(&ticket.0)).collect();
    Ok(tickets::Fact::LookedFor { asked: asked.to_vec(), found })
}

impl Redmine {
    /// A ticket that was read: with our own account it counts, with somebody's it is what they see.
    fn read(&self, ticket: Ticket, account: Option<i64>, from: Option<Instant>, in_scope: bool) -> tickets::Fact {
        let ticket = Box::new(ticket);
        match account {
            Some(account) => tickets::Fact::Seen { account, ticket },
            None => tickets::Fact::Read { ticket, in_scope, from, many: false },
        }
    }

    /// What a good answer says; nothing where it is a step on the way.
    fn heard(&self, asked: &Asked<'_>, content: &Value) -> Result<Option<tickets::Fact>, CallError> {
        let page = |name: &str| listed(Heard { content: content.clone(), date: None }, name);
        let said = match (asked.method, asked.effect) {
            (CURRENT, _) => return start::owner(content).map(|_| None),
            (UPLOAD, _) => return files::token(content).map(|_| None),
            (ROLE, _) => return Ok(None),
            (MEMBERSHIPS, _) => return page("memberships").map(|_| None),
            (USERS, _) => return page("users").map(|_| None),
            (PROJECTS, _) => {
                let projects = list(content, "projects").filter_map(|row| lists::project(row, &[])).collect();
                lists_read(Dictionary { projects, ..Dictionary::default() })
            }
            (ISSUE, Effect::ReadTicket { ticket, account, from }) => {
                let ticket = self.ticket_of(content, Some(ticket.0))?;
                let in_scope = self.scope.known().is_none_or(|scope| scope.holds(ticket.card.project.id));
                self.read(ticket, *account, *from, in_scope)
            }
            (ISSUES, Effect::LookForTickets { tickets }) => found(tickets, page("issues")?)?,
            (ISSUE, Effect::ChangeTicket(change)) => {
                let ticket = self.ticket_of(content, Some(change.ticket.0))?;
                let me = change.account.or_else(|| self.known_me()).unwrap_or_default();
                return Ok(change::became(change, me, &ticket).map(|became| made(change.change, became)));
            }
            (ISSUE, Effect::RewriteTicketNote(rewrite)) => {
                let ticket = self.ticket_of(content, Some(rewrite.ticket.0))?;
                return Ok(notes::became(rewrite, &ticket).map(|became| made(rewrite.change, became)));
            }
            (ISSUE, Effect::WatchTicket(wish)) => {
                let ticket = self.ticket_of(content, Some(wish.ticket.0))?;
                return Ok(watch::became(wish, &ticket).map(|became| made(wish.change, became)));
            }
            (CREATE, Effect::CreateTicket(new)) => {
                created(new.change, Created { ticket: self.created(content)?, left: vec![] })
            }
            _ => return Ok(None),
        };
        Ok(Some(said))
    }

    async fn act(&self, effect: &Effect, said: &mut Vec<Exchange>) -> Option<Result<tickets::Fact, CallError>> {
        Some(match effect {
            Effect::ReadTicket { ticket, account, from } => self.look_at(*ticket, *account, *from, said).await,
            Effect::LookForTickets { tickets } => self.look_for(tickets, said).await,
            Effect::ReadTicketLists {} => self.lists(said).await.map(lists_read),
            Effect::ChangeTicket(change) => self.change(change, said).await.map(|became| made(change.change, became)),
            Effect::RewriteTicketNote(rewrite) => {
                self.rewrite(rewrite, said).await.map(|became| made(rewrite.change, became))
            }
            Effect::WatchTicket(wish) => self.watch(wish, said).await.map(|became| made(wish.change, became)),
            Effect::CreateTicket(new) => self.create(new, said).await.map(|ticket| created(new.change, ticket)),
            _ => return None,
        })
    }

    async fn look_at(
        &self,
        ticket: TicketId,
        account: Option<i64>,
        from: Option<Instant>,
        said: &mut Vec<Exchange>,
    ) -> Result<tickets::Fact, CallError> {
        let ticket = self.ticket(As::account(account), ticket.0, said).await?;
        let in_scope = match account {
            Some(_) => true,
            None => self.scope_with(ticket.card.project.id, said).await?.holds(ticket.card.project.id),
        };
        Ok(self.read(ticket, account, from, in_scope))
    }

    async fn look_for(&self, tickets: &[TicketId], said: &mut Vec<Exchange>) -> Result<tickets::Fact, CallError> {
        let asked: Vec<TicketId> = tickets.iter().take(MAX_ASKED).copied().collect();
        if asked.is_empty() {
            return Ok(tickets::Fact::LookedFor { asked, found: vec![] });
        }
        let ids: Vec<i64> = asked.iter().map(|ticket| ticket.0).collect();
        let style = self.style(said).await?;
        let wanted = Tickets { ids: &ids, ..Tickets::ALL };
        let listed = self.client.tickets(As::Engine, style, &wanted, said).await?;
        if listed.rows.len() < asked.len() {
            // A stranger would find nothing: it is the tickets that are gone, and not our key.
            self.owner(As::Engine, said).await?;
        }
        found(&asked, listed)
    }

    /// What became of an effect that nobody saw; `None` where it was not done, or may be done again without harm.
    async fn became(&self, effect: &Effect) -> Result<Option<tickets::Fact>, CallError> {
        let said = &mut vec![];
        Ok(match effect {
            Effect::ChangeTicket(change) => {
                let me = self.acting(change.account, said).await?;
                let ticket = self.ticket(As::account(change.account), change.ticket.0, said).await?;
                change::became(change, me, &ticket).map(|became| made(change.change, became))
            }
            Effect::RewriteTicketNote(rewrite) => {
                let ticket = self.ticket(As::account(rewrite.account), rewrite.ticket.0, said).await?;
                notes::became(rewrite, &ticket).map(|became| made(rewrite.change, became))
            }
            Effect::WatchTicket(wish) => {
                let ticket = self.ticket(As::account(wish.account), wish.ticket.0, said).await?;
                watch::became(wish, &ticket).map(|became| made(wish.change, became))
            }
            Effect::CreateTicket(new) => self.find_created(new, said).await?.map(|ticket| created(new.change, ticket)),
            _ => None,
        })
    }
}

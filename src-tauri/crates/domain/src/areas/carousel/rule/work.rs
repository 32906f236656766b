//! What a decision about one service gathers while it goes on from ticket to ticket.
//!
//! Deliberately not here: what a fact means (`pass`, `tickets`).

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::super::{
    Assignment, AssignmentState, Change, Known, Outcome, Person, Policy, Service, Stage, Waiting, Way, turn,
};
use crate::{
    AssignmentId, Audience, Candidate, Decision, Effect, EffectOrder, EmployeeId, Explanation, Instant, Level, Notice,
    NoticeChange, NoticeClass, Subject, TicketNumber,
};

/// How long one try at a ticket may take: then the service is free for the next ticket (behaviour/carousel 9.2).
const BURST: SignedDuration = SignedDuration::from_secs(20);
/// When a ticket that could not be given is tried again, by how often it could not; after that it is parked.
const AGAIN: [SignedDuration; 4] = [
    SignedDuration::from_mins(1),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(15),
    SignedDuration::from_mins(60),
];

pub(super) struct Work<'a> {
    service: Service,
    people: Vec<Person>,
    waiting: Vec<Waiting>,
    open: BTreeSet<TicketNumber>,
    next: i64,
    at: Instant,
    away: BTreeSet<EmployeeId>,
    policy: &'a Policy,
    changes: Vec<Change>,
    effects: Vec<EffectOrder>,
    notices: Vec<NoticeChange>,
    last_choice: Option<turn::Choice>,
}

impl<'a> Work<'a> {
    pub(super) fn on(service: &Service, at: Instant, known: &Known, policy: &'a Policy) -> Self {
        let now = at.to_zoned(policy.zone.clone()).datetime();
        Self {
            service: service.clone(),
            away: turn::away(known.members(service), now, policy),
            people: known.members(service).into_iter().map(Person::without_absences).collect(),
            waiting: known.waiting.clone(),
            open: known.open.clone(),
            next: known.next_assignment,
            at,
            policy,
            changes: vec![],
            effects: vec![],
            notices: vec![],
            last_choice: None,
        }
    }

    pub(super) fn change(&mut self, change: Change) {
        self.changes.push(change);
    }

    pub(super) fn raise(&mut self, key: String, level: Level, subject: Subject, code: &str, values: Value) {
        let values = if let Value::Object(values) = values { values } else { Map::new() };
        let class = NoticeClass::Carousel;
        let (code, to) = (code.to_owned(), Audience::Everyone);
        self.notices.push(NoticeChange::Raise(Notice { key, class, level, subject, code, values, to }));
    }

    pub(super) fn clear(&mut self, key: String) {
        self.notices.push(NoticeChange::Clear { key });
    }

    /// An assignment is over.
    pub(super) fn settle(&mut self, kept: &Assignment, outcome: Outcome, detail: Option<&str>) {
        self.open.remove(&kept.ticket);
        self.change(Change::Settle { id: kept.id, outcome, detail: detail.map(str::to_owned), at: self.at });
    }

    /// Tickets of a new list, which replaces the one before; what is known of each stays.
    pub(super) fn list(&mut self, tickets: Vec<TicketNumber>) {
        let known = std::mem::take(&mut self.waiting);
        let fresh = |ticket: TicketNumber| Waiting {
            ticket,
            place: 0,
            tries: 0,
            next_try: None,
            parked: false,
            refused: BTreeSet::new(),
        };
        let of = |ticket: TicketNumber| known.iter().find(|w| w.ticket == ticket).cloned();
        let places = (0..)
            .zip(&tickets)
            .map(|(place, ticket)| Waiting { place, ..of(*ticket).unwrap_or_else(|| fresh(*ticket)) });
        self.waiting = places.collect();
        for waiting in known.iter().filter(|w| w.parked && !tickets.contains(&w.ticket)) {
            self.clear(parked_key(waiting.ticket));
        }
    }

    pub(super) fn forget(&mut self, ticket: TicketNumber) {
        if self.waiting.iter().any(|w| w.ticket == ticket && w.parked) {
            self.clear(parked_key(ticket));
        }
        self.waiting.retain(|waiting| waiting.ticket != ticket);
        self.change(Change::Drop { ticket });
    }

    /// A ticket was given to somebody: whose turn was the last, and what that person has had today.
    pub(super) fn given(&mut self, person: EmployeeId) {
        self.service.last = Some(person);
        self.change(Change::Turn { service: self.service.id, last: person });
        self.count(person);
    }

    fn count(&mut self, person: EmployeeId) {
        if let Some(person) = self.people.iter_mut().find(|p| p.id == person) {
            person.given_today = person.given_today.saturating_add(1);
            person.last_given = Some(self.at);
        }
    }

    pub(super) fn refuse(&mut self, ticket: TicketNumber, person: EmployeeId) {
        if let Some(waiting) = self.waiting.iter_mut().find(|w| w.ticket == ticket) {
            waiting.refused.insert(person);
        }
        self.change(Change::Refuse { ticket, person });
    }

    /// A ticket could not be given to anybody: it comes again later, or is parked.
    pub(super) fn put_off(&mut self, ticket: TicketNumber, detail: &str) {
        let Some(waiting) = self.waiting.iter_mut().find(|w| w.ticket == ticket) else { return };
        waiting.tries = waiting.tries.saturating_add(1);
        let again = usize::try_from(waiting.tries).ok().and_then(|tries| AGAIN.get(tries.checked_sub(1)?));
        waiting.next_try = again.and_then(|after| self.at.checked_add(*after).ok());
        waiting.parked = waiting.next_try.is_none();
        let (tries, next_try) = (waiting.tries, waiting.next_try);
        self.change(Change::Retry { ticket, tries, next_try });
        if next_try.is_none() {
            let values = json!({ "ticket": ticket, "service": self.service.name, "detail": detail });
            self.raise(
                parked_key(ticket),
                Level::Warning,
                Subject::service(self.service.id),
                "carousel.parked",
                values,
            );
        }
    }

    /// Whether anybody of the service may be given a ticket now; whoever waits for that to change is told.
    pub(super) fn has_people(&mut self) -> bool {
        let somebody = self.people.iter().any(|person| turn::stands(person, &self.away, self.policy).is_none());
        if somebody == self.service.nobody {
            let (id, name) = (self.service.id, self.service.name.clone());
            self.change(Change::Nobody { service: id, since: (!somebody).then_some(self.at) });
            if somebody {
                self.clear(nobody_key(id));
            } else {
                let values = json!({ "service": name });
                self.raise(nobody_key(id), Level::Warning, Subject::service(id), "carousel.nobody", values);
            }
        }
        somebody
    }

    /// Has the tickets of the service read.
    pub(super) fn look(&mut self) {
        self.stage(Some(Stage::Listing), 0, None);
        let effect = Effect::ListUnassigned { service: self.service.id, oldest_first: self.policy.oldest_first };
        self.order(effect, self.policy.interval.max(BURST));
    }

    /// Goes on with the next ticket, or ends the pass of the service. Says which.
    pub(super) fn go_on(&mut self) -> &'static str {
        if !self.policy.enabled || !self.service.enabled || self.service.removed {
            return self.end("stopped");
        }
        let due: Vec<Waiting> = self.due();
        if self.policy.dry_run {
            return self.rehearse(&due);
        }
        if self.service.ordered >= self.policy.max_per_pass {
            return self.end("enough");
        }
        for waiting in &due {
            let choice = self.choose(waiting);
            let Some(person) = choice.chosen else {
                if !self.has_people() {
                    return self.end("nobody");
                }
                // Everybody was refused for this one: a full circle is enough.
                self.put_off(waiting.ticket, "");
                self.last_choice = Some(choice);
                continue;
            };
            let id = self.assign(waiting.ticket, person, &choice, AssignmentState::Sent);
            self.stage(Some(Stage::Assigning), self.service.ordered.saturating_add(1), None);
            self.order_ticket(id, waiting.ticket, person);
            self.last_choice = Some(choice);
            return "next";
        }
        self.end("done")
    }

    fn due(&self) -> Vec<Waiting> {
        let is_due =
            |w: &&Waiting| !w.parked && w.next_try.is_none_or(|next| next <= self.at) && !self.open.contains(&w.ticket);
        self.waiting.iter().filter(is_due).cloned().collect()
    }

    /// Plans every ticket without giving any away.
    fn rehearse(&mut self, due: &[Waiting]) -> &'static str {
        let limit = usize::try_from(self.policy.max_per_pass).unwrap_or(usize::MAX);
        for waiting in due.iter().take(limit) {
            let choice = self.choose(waiting);
            if let Some(person) = choice.chosen {
                self.assign(waiting.ticket, person, &choice, AssignmentState::Planned);
                self.pretend(person);
            }
        }
        self.end("rehearsed")
    }

    /// Whom each ticket that waits would go to, in the order of the list, were they given away at this moment one after another.
    pub(super) fn plan(mut self) -> Vec<(TicketNumber, turn::Choice)> {
        let waiting = std::mem::take(&mut self.waiting);
        let free = waiting.into_iter().filter(|waiting| !waiting.parked && !self.open.contains(&waiting.ticket));
        let free: Vec<_> = free.collect();
        let mut planned = Vec::with_capacity(free.len());
        for waiting in free {
            let choice = self.choose(&waiting);
            if let Some(person) = choice.chosen {
                self.pretend(person);
            }
            planned.push((waiting.ticket, choice));
        }
        planned
    }

    /// Goes on as if somebody had been given a ticket.
    fn pretend(&mut self, person: EmployeeId) {
        self.service.last = Some(person);
        self.count(person);
    }

    fn choose(&self, waiting: &Waiting) -> turn::Choice {
        let members: Vec<&Person> = self.people.iter().collect();
        turn::choose(&members, self.service.last, &waiting.refused, &self.away, self.policy)
    }

    fn assign(
        &mut self,
        ticket: TicketNumber,
        person: EmployeeId,
        choice: &turn::Choice,
        state: AssignmentState,
    ) -> AssignmentId {
        let id = AssignmentId(self.next);
        self.next += 1;
        self.change(Change::Assign {
            id,
            service: self.service.id,
            ticket,
            person,
            way: Way::Turn,
            state,
            last: self.service.last,
            considered: choice.considered.clone(),
            otherwise: choice.otherwise,
            by: None,
            at: self.at,
        });
        id
    }

    fn order_ticket(&mut self, assignment: AssignmentId, ticket: TicketNumber, person: EmployeeId) {
        let (service, since) = (self.service.id, self.at);
        self.order(Effect::AssignTicket { assignment, service, ticket, person, instead_of: None, since }, BURST);
    }

    /// A person wants a ticket given to another one.
    pub(super) fn reassign(&mut self, kept: &Assignment, to: EmployeeId, by: &str) {
        let id = AssignmentId(self.next);
        self.change(Change::Assign {
            id,
            service: self.service.id,
            ticket: kept.ticket,
            person: to,
            way: Way::Reassigned,
            state: AssignmentState::Sent,
            last: self.service.last,
            considered: vec![],
            otherwise: None,
            by: Some(by.to_owned()),
            at: self.at,
        });
        let (service, ticket, since) = (self.service.id, kept.ticket, self.at);
        let instead_of = Some(kept.person);
        self.order(Effect::AssignTicket { assignment: id, service, ticket, person: to, instead_of, since }, BURST);
    }

    fn order(&mut self, effect: Effect, life: SignedDuration) {
        self.effects.push(EffectOrder {
            subject: Subject::service(self.service.id),
            not_after: self.at.checked_add(life).ok(),
            urgent: false,
            effect,
        });
    }

    /// Ends the pass of the service; `trouble` is why.
    pub(super) fn fail(&mut self, trouble: &str) -> &'static str {
        self.stage(None, 0, Some(trouble.to_owned()));
        "failed"
    }

    fn end(&mut self, how: &'static str) -> &'static str {
        self.stage(None, 0, None);
        how
    }

    fn stage(&mut self, stage: Option<Stage>, ordered: u32, trouble: Option<String>) {
        self.service.ordered = ordered;
        self.change(Change::Stage { service: self.service.id, stage, ordered, trouble, at: self.at });
    }

    /// The decision, explained by the last choice that was made.
    pub(super) fn into_decision(self, mut explanation: Explanation) -> Decision<Change> {
        if let Some(choice) = &self.last_choice {
            explanation.candidates = choice
                .considered
                .iter()
                .map(|c| Candidate {
                    name: c.name.clone(),
                    chosen: choice.chosen == Some(c.person),
                    reason: format!("carousel.{}", c.place.as_ref()),
                })
                .collect();
            explanation.otherwise = choice.otherwise.map(|_| "carousel.otherwise".to_owned());
        }
        Decision {
            changes: self.changes,
            effects: self.effects,
            notices: self.notices,
            ..Decision::nothing(explanation)
        }
    }
}

pub(super) fn nobody_key(service: crate::ServiceId) -> String {
    format!("carousel:nobody/{service}")
}

pub(super) fn parked_key(ticket: TicketNumber) -> String {
    format!("carousel:parked/{ticket}")
}
